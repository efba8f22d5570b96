"""What is remembered to save work (``CACHE_URL``). A cache that fails costs time, never an answer."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.cache import cache

Answer = TypeVar("Answer")
logger = logging.getLogger(__name__)


def get(key: str) -> Any:
    """What is remembered, or None."""
    return _tried(lambda: cache.get(key), None)


def get_many(keys: Iterable[str]) -> dict[str, Any]:
    """What is remembered of several."""
    return _tried(lambda: cache.get_many(keys), {})


def remember(what: dict[str, Any], seconds: int | None = None) -> None:
    """Keep some things, for as long as the settings say or for so many seconds."""
    for_so_long = {} if seconds is None else {"timeout": seconds}
    _tried(lambda: cache.set_many(what, **for_so_long), [])


def forget_all() -> bool:
    """Empty it; whether that went."""
    return _tried(_emptied, False)


def _emptied() -> bool:
    cache.clear()
    return True


def _tried(act: Callable[[], Answer], instead: Answer) -> Answer:
    """Do it. A full disk, a server that is away, a file that another version wrote: each raises what it likes."""
    try:
        return act()
    except Exception as error:
        logger.warning("the cache (CACHE_URL) failed: %s: %s", type(error).__name__, error)
        return instead
