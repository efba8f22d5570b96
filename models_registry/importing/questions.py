"""What a file leaves open, asked of the officer before anything is written: old letters, hidden rows, two columns."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from models_registry.importing import legacy
from models_registry.importing.columns import Field, Layout
from models_registry.importing.continued import ContinuedSheet, repeated
from models_registry.importing.reader import column_name, is_blank
from models_registry.importing.workbooks import Sheet

SHOWN_ROWS = 12
MOST_ANSWERS, BOX = 200, "answer."
LETTERS, HIDDEN, COLUMN, BLANKS = "letters", "hidden", "column", "blanks"
CONTINUED, REPEATED = "continued", "repeated"
CONVERT, KEEP, SKIP, READ, CLEAR = "convert", "keep", "skip", "read", "clear"


@dataclass(frozen=True)
class FileQuestion:
    """One question, its answers as value and words, and the answer given, "" while there is none."""

    key: str
    sentence: str
    choices: tuple[tuple[str, str], ...]
    answer: str
    examples: tuple[tuple[str, str], ...] = ()

    @property
    def as_options(self) -> str:
        """The question as a command asks it, each answer with the option that gives it."""
        choices = "; ".join(f"--answer {quote(f'{self.key}={value}')}: {words}" for value, words in self.choices)
        return f"{self.sentence} {choices}"


def take_answers(parser: ArgumentParser) -> None:
    """Let a command be given answers (``--answer``): pairs of the key of a question and its answer."""
    words = "trả lời điều tệp để ngỏ, ví dụ letters=convert, hidden=skip"
    parser.add_argument("--answer", type=answer_option, action="append", default=[], metavar="CÂU=TRẢ_LỜI", help=words)


def answer_option(said: str) -> tuple[str, str]:
    """What a command's ``--answer`` says: the key of a question and its answer.

    Raises ``argparse.ArgumentTypeError`` for what is none.
    """
    key, equals, answer = said.rpartition("=")
    if not equals:
        raise ArgumentTypeError(f"“{said}” không phải là một câu trả lời; ghi CÂU=TRẢ_LỜI.")
    return key, answer


def given_answers(boxes: Mapping[str, str]) -> dict[str, str]:
    """The answers that a form gives, by the keys of their questions."""
    given = {key.removeprefix(BOX): value[:20] for key, value in boxes.items() if key.startswith(BOX)}
    return dict(list(given.items())[:MOST_ANSWERS])


def answered(answers: Mapping[str, str], key: str, choices: tuple[tuple[str, str], ...]) -> str:
    """The answer given to a question, where it is one of its choices."""
    given = answers.get(key, "")
    return given if given in dict(choices) else ""


def in_unicode(sheets: list[Sheet], answers: Mapping[str, str]) -> tuple[list[Sheet], FileQuestion | None]:
    """The sheets with what is in old letters turned into Unicode, unless the answer forbids it, and the question."""
    letters = legacy.find(sheets)
    if letters is None:
        return sheets, None
    question = about_letters(letters.name, letters.examples, answers)
    return (sheets if question.answer == KEEP else legacy.converted(sheets, letters)), question


def as_above(
    sheet: Sheet, layout: Layout, fields: Sequence[Field], answers: Mapping[str, str], but: Collection[str] = ("name",)
) -> tuple[Sheet, FileQuestion | None]:
    """The sheet with what its "nt" repeat, or with faults in their place where the answer says so, and the question."""
    found = repeated(sheet, layout, fields, read=answers.get(repeated_key(sheet.name)) != KEEP, but=but)
    return (found.sheet, about_repeated(sheet.name, found, answers)) if found else (sheet, None)


def about_letters(name: str, examples: tuple[tuple[str, str], ...], answers: Mapping[str, str]) -> FileQuestion:
    """Whether text of an old encoding is to be turned into Unicode."""
    choices = ((CONVERT, "Đúng, chuyển sang Unicode"), (KEEP, "Không, giữ nguyên chữ trong tệp"))
    sentence = f"Tệp có chữ theo bảng mã {name}. Hệ thống đọc như sau, có đúng không?"
    return FileQuestion(LETTERS, sentence, choices, answered(answers, LETTERS, choices), examples)


def about_hidden(hidden: list[tuple[Sheet, list[int], list[int]]], answers: Mapping[str, str]) -> FileQuestion | None:
    """Whether hidden sheets, rows (of a filter, say) and columns count; None where nothing is hidden."""
    said = []
    for sheet, rows, columns in hidden:
        if sheet.hidden:
            said.append(f"trang ẩn “{sheet.name}”")
        else:
            said += told_rows(sheet.name, rows) + told_columns(sheet.name, columns)
    return asked_hidden(said, answers) if said else None


def told_rows(sheet: str, rows: Collection[int]) -> list[str]:
    """Hidden rows of a sheet, counted from 0, in words."""
    return [f"{len(rows)} dòng ẩn hoặc bị lọc ở trang “{sheet}” (dòng {_some(rows, _row_name)})"] if rows else []


def told_columns(sheet: str, columns: Collection[int]) -> list[str]:
    """Hidden columns of a sheet, counted from 0, in words."""
    return [f"{len(columns)} cột ẩn ở trang “{sheet}” (cột {_some(columns, column_name)})"] if columns else []


def asked_hidden(said: list[str], answers: Mapping[str, str]) -> FileQuestion:
    """Whether what is hidden, as it was said, is to be read."""
    choices = ((SKIP, "Bỏ qua những gì bị ẩn"), (READ, "Đọc cả những gì bị ẩn"))
    return FileQuestion(HIDDEN, f"Tệp có {'; '.join(said)}.", choices, answered(answers, HIDDEN, choices))


def _row_name(row: int) -> str:
    return str(row + 1)


def _some(numbers: Collection[int], name: Callable[[int], str]) -> str:
    return ", ".join(map(name, sorted(numbers)[:SHOWN_ROWS])) + ("…" if len(numbers) > SHOWN_ROWS else "")


def about_continued(sheet: str, found: ContinuedSheet, answers: Mapping[str, str]) -> FileQuestion:
    """Whether blanks below a cell mean what it says."""
    choices = ((READ, "Đúng, như ô ghi ở trên"), (KEEP, "Không, ô trống là chưa ghi"))
    which = ", ".join(f"“{one}”" for one in found.headings)
    sentence = (
        f"Trang “{sheet}”: cột {which} chỉ ghi ở dòng đầu mỗi nhóm, để trống {found.count} ô bên dưới."
        " Hệ thống đọc các ô ấy như ô ghi ở trên, có đúng không?"
    )
    key = f"{CONTINUED}:{sheet[:60]}"
    return FileQuestion(key, sentence, choices, answered(answers, key, choices), found.examples)


def about_repeated(sheet: str, found: ContinuedSheet, answers: Mapping[str, str]) -> FileQuestion:
    """Whether "nt" means what stands above it."""
    choices = ((READ, "Đúng, như ô ở trên"), (KEEP, "Không, nêu các ô ấy thành lỗi"))
    which = ", ".join(f"“{one}”" for one in found.headings)
    sentence = f"Trang “{sheet}”: {found.count} ô ở cột {which} ghi “như trên” (nt). Đọc như ô ở trên, có đúng không?"
    key = repeated_key(sheet)
    return FileQuestion(key, sentence, choices, answered(answers, key, choices), found.examples)


def repeated_key(sheet: str) -> str:
    """The key of that question."""
    return f"{REPEATED}:{sheet[:60]}"


def about_blanks(kept: list[str], answers: Mapping[str, str]) -> FileQuestion | None:
    """Whether blanks take away what the register holds; until that is said they leave it. None where none meets any."""
    cleared = answers.get(BLANKS) == CLEAR
    if not kept and not cleared:
        return None
    choices = ((KEEP, "Giữ nguyên điều danh bạ đang có"), (CLEAR, "Xóa theo tệp: ô trống là chưa có"))
    if cleared:
        return FileQuestion(BLANKS, "Ô trống của tệp xóa điều danh bạ đang có.", choices, CLEAR)
    some = "; ".join(kept[:3]) + ("…" if len(kept) > 3 else "")
    sentence = f"{len(kept)} ô của tệp để trống mà danh bạ đang có ({some})."
    return FileQuestion(BLANKS, sentence, choices, KEEP)


def hidden_rows(sheet: Sheet, first: int) -> list[int]:
    """Rows of data that are hidden and say something."""
    rows = range(first, len(sheet.rows))
    return [row for row in rows if row in sheet.hidden_rows and not all(is_blank(cell) for cell in sheet.rows[row])]


def hidden_columns(sheet: Sheet, layout: Layout, fields: Sequence[Field]) -> list[int]:
    """Columns that a field reads, that a row can do without, that are hidden and say something."""
    optional = [one.name for one in fields if not (one.required or one.part_of)]
    may = {layout.columns[name] for name in optional if name in layout.columns}
    below = sheet.rows[layout.head + 1 :]
    return [
        x for x in sorted(may & sheet.hidden_columns) if any(x < len(row) and not is_blank(row[x]) for row in below)
    ]


def about_columns(sheet: Sheet, layout: Layout, field: Field, answers: Mapping[str, str]) -> FileQuestion | None:
    """Which of several columns that all carry a field's name is meant; None where one does, or all say the same."""
    places = layout.rivals.get(field.name, ())
    columns = {place: [str(row[place]) if place < len(row) else "" for row in sheet.rows] for place in places}
    below = {place: cells[layout.head + 1 :] for place, cells in columns.items() if any(cells[layout.head + 1 :])}
    if len(below) < 2 or len({tuple(cells) for cells in below.values()}) == 1:
        return None
    choices = tuple((str(place), f"Cột {column_name(place)}: {layout.headings[place]}") for place in below)
    key = f"{COLUMN}:{sheet.name[:60]}:{field.name}"
    sentence = f"Trang “{sheet.name}” có {len(below)} cột cùng là “{field.heading}”. Lấy cột nào?"
    return FileQuestion(key, sentence, choices, answered(answers, key, choices))
