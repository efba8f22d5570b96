"""A list between its trial and its carrying out: its lines wait in the page, signed, and not for ever."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError

from models_registry.importing.values import text
from models_registry.importing.workbooks import Sheet, UnreadCell

HOURS = 12
HEAVIEST = 4_000_000  # letters that a page sends back


def keep(lines: Iterable[Any], what: str) -> str:
    """The lines as the page keeps them; ``what`` they are a list of, so that none is taken for another."""
    return signing.dumps(list(lines), salt=what, compress=True)


def kept(signed: str, what: str) -> list[Any]:
    """The lines that a page kept. Raises ``ValidationError`` where they are old, or not what was kept."""
    try:
        lines: list[Any] = signing.loads(signed, salt=what, max_age=HOURS * 3600)
    except signing.BadSignature as error:
        raise ValidationError("Danh sách đã để quá lâu; hãy tải lên lại.") from error
    return lines


def keep_sheet(sheet: Sheet, what: str) -> str:
    """A sheet as the page keeps it until what it leaves open is answered: words, as lists of acts are read.

    Raises ``ValidationError`` where it is too large to be kept.
    """
    rows = [[asdict(one) if isinstance(one, UnreadCell) else _plain(one) for one in row] for row in sheet.rows]
    signed = keep([sheet.name, rows, [[*place, kind] for place, kind in sheet.legacy.items()]], f"sheet of {what}")
    if len(signed) > HEAVIEST:
        raise ValidationError(f"Trang “{sheet.name}” quá lớn; hãy bỏ các cột, trang không cần rồi tải lại.")
    return signed


def kept_sheet(signed: str, what: str) -> Sheet:
    """The sheet that a page kept. Raises ``ValidationError`` as :func:`kept` does."""
    name, rows, legacy = kept(signed, f"sheet of {what}")
    cells = [[UnreadCell(**one) if isinstance(one, dict) else one for one in row] for row in rows]
    return Sheet(str(name), cells, legacy={(row, column): kind for row, column, kind in legacy})


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, (str, int)) else text(cell)
