"""A list of acts that is uploaded, or of which its page answers what it leaves open."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from communes.requests import AuthenticatedHttpRequest
from models_registry.importing import kept_lists
from models_registry.importing.listed import Listed
from models_registry.importing.questions import given_answers
from models_registry.importing.workbooks import Sheet, read

Reader = Callable[[Sequence[Sheet], Mapping[str, str]], Listed]


def list_of(request: AuthenticatedHttpRequest, what: str, reader: Reader) -> Listed:
    """The list of the file, or of the sheet that the page kept, read with the answers that it gives.

    Raises ``ValidationError`` and ``Unreadable`` with a sentence.
    """
    if kept := request.POST.get("sheet"):
        sheets = [kept_lists.kept_sheet(kept, what)]
    else:
        file = request.FILES.get("file")
        if file is None:
            raise ValidationError("Chọn tệp danh sách.")
        sheets = read(file.name or "", file.read())
    return reader(sheets, given_answers(request.POST.dict()))


def asked_of(found: Listed, what: str) -> dict[str, Any]:
    """What a page needs to ask what a list leaves open; nothing where it leaves nothing open."""
    if not found.questions:
        return {}
    return {
        "questions": found.questions,
        "is_open": bool(found.open_questions),
        "sheet": kept_lists.keep_sheet(found.sheet, what),
    }
