"""A list between its trial and its carrying out: its lines wait in the page, signed, and not for ever."""

from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError

HOURS = 12


def keep(lines: Iterable[Any], what: str) -> str:
    """The lines as the page keeps them; ``what`` they are a list of, so that none is taken for another."""
    return signing.dumps(list(lines), salt=what, compress=True)


def kept(signed: str, what: str) -> list[list[Any]]:
    """The lines that a page kept. Raises ``ValidationError`` where they are old, or not what was kept."""
    try:
        lines: list[list[Any]] = signing.loads(signed, salt=what, max_age=HOURS * 3600)
    except signing.BadSignature as error:
        raise ValidationError("Danh sách đã để quá lâu; hãy tải lên lại.") from error
    return lines
