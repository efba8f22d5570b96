"""Keys of rows as they come in addresses and forms."""

from collections.abc import Iterable


def row_key(text: str | None) -> int | None:
    """Read a key; None for what no database holds."""
    if text and len(text) < 19 and text.isascii() and text.isdecimal():
        return int(text)
    return None


def row_keys(texts: Iterable[str]) -> set[int]:
    """Read the keys among ``texts``."""
    return {key for text in texts if (key := row_key(text)) is not None}
