"""The parts of a Word file, looked at one by one: nothing hidden, nothing live, nothing fetched from elsewhere.

A template is looked at when it is uploaded, and so is every document made with it before it leaves.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

MAX_UNPACKED = 30 * 1024 * 1024
MAX_FILES = 500
BODY = "word/document.xml"
HYPERLINK = "/relationships/hyperlink"
OUR_CHARTS = re.compile(r"word/charts/chart[0-9]+\.xml")
ADDED = ("word/_rels/document.xml.rels", "docProps/core.xml")  # what saving writes where a template has none
XML = (".xml", ".rels", ".svg")
DATA = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".ico", ".wdp"),
    *(".emf", ".wmf", ".emz", ".wmz", ".odttf", ".ttf"),
)
"""The names of pictures and fonts: what else a file holds is XML, and looked through."""
RUNS = ("script", "foreignObject", "style", "set", "animate")
"""What makes a drawing run, change or fetch: Word's own have none of it."""
MOST_CODES = 4000  # letters of field codes in one part
FIELD_CODES = re.compile(
    r'(?:(?:PAGE|NUMPAGES|SECTIONPAGES|DATE|TIME)(?: \\[*@#] ?(?:"[^"]*"|\w+))* ?)*', re.IGNORECASE
)
SOURCES = ("mailMerge", "frameset", "subDoc", "webVideoPr", "OLEObject", "control")
"""What makes Word ask a database, play, run or show something that is not in the file."""
CLICKED = re.compile(r"(?:https?://|mailto:|tel:|#)", re.IGNORECASE)
HELP = "Hãy tải mẫu của hệ thống về, sửa trong Word rồi tải lên."
NO_WORD = f"Đây không phải là tệp Word .docx. {HELP}"
NO_MACROS = "Hãy lưu lại thành .docx (Word Document) không có macro."
BROKEN = f"Không điền thử được mẫu này: tệp bị hỏng hoặc bố trí lạ. {HELP}"


class Unusable(Exception):
    """The file cannot serve as a template; the message says why and what to do, in Vietnamese."""


def check_archive(content: bytes, *, unpacked: int = MAX_UNPACKED, beside: bytes | None = None) -> None:
    """Refuse what is no Word file, hides something or holds something live; raises :class:`Unusable` with a sentence.

    ``unpacked`` is how many bytes it may hold. A document made of the template ``beside`` has no parts but its
    template's and our charts.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if BODY not in names:
                raise Unusable(NO_WORD)
            if len(names) > MAX_FILES:
                raise Unusable(f"Tệp có quá nhiều phần bên trong. {HELP}")
            _check_parts(archive, unpacked)
            if beside is not None:
                _check_made(names, beside)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Unusable(f"Tệp bị hỏng. {HELP}") from error


def _check_parts(archive: zipfile.ZipFile, most: int) -> None:
    """Unpack within bounds; refuse macros, embedded programs, and what is fetched from elsewhere."""
    unpacked = 0
    for info in archive.infolist():
        name = info.filename.lower()
        if "vbaproject" in name or name.endswith(".bin") or "/activex/" in name or "/embeddings/" in name:
            raise Unusable(f"Tệp có macro hoặc đối tượng nhúng. {NO_MACROS}")
        blocks = []
        with archive.open(info) as part:
            while block := part.read(256 * 1024):
                unpacked += len(block)
                if unpacked > most:
                    raise Unusable(f"Tệp bung ra quá lớn. {HELP}")
                blocks.append(block)
        if name.endswith(XML):
            _check_part(name, b"".join(blocks))
        elif not info.is_dir():
            _check_data(name, b"".join(blocks))


def _check_made(names: Iterable[str], template: bytes) -> None:
    """Refuse parts that neither the template had nor a report adds."""
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        known = {*archive.namelist(), *ADDED}
    if strange := [name for name in names if name not in known and not OUR_CHARTS.fullmatch(name)]:
        raise Unusable(f"Điền mẫu ra tệp có phần lạ ({strange[0][:60]}). {HELP}")


def _check_data(name: str, content: bytes) -> None:
    """Refuse what is no picture and no font by its name, or XML under such a name: Word does not go by names."""
    begins = content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    if begins == b"<" or (not name.endswith(DATA) and not name.startswith("[trash]/")):
        raise Unusable(f"Tệp có phần lạ ({name[:60]}). {HELP}")


def _check_type(told: Any) -> None:
    """Refuse a part that is XML by what the file says of it, and not by its name."""
    of = (told.get("PartName") or f".{told.get('Extension', '')}").strip().lower()
    if told.get("ContentType", "").strip().lower().endswith("xml") and not of.endswith(XML):
        raise Unusable(f"Tệp có phần lạ ({of[:60]}). {HELP}")


def _check_part(name: str, content: bytes) -> None:
    if b"\x00" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:  # NUL: not UTF-8, read differently
        raise Unusable(f"Tệp khai báo thực thể XML lạ. {HELP}")
    if name == "[content_types].xml" and b"macroEnabled" in content:
        raise Unusable(f"Tệp có macro. {NO_MACROS}")
    codes = []
    for element in _elements(content):
        tag = etree.QName(element).localname
        if tag == "Relationship":
            _check_link(element)
        elif tag in ("Override", "Default") and name == "[content_types].xml":
            _check_type(element)
        elif tag == "externalData":
            raise Unusable("Mẫu có biểu đồ nối với tệp dữ liệu. Hãy dán biểu đồ thành ảnh.")
        elif tag == "altChunk":
            raise Unusable(f"Mẫu nhúng nội dung của tệp khác. {HELP}")
        elif tag in SOURCES or (tag == "imagedata" and element.get("src")):
            raise Unusable(f"Mẫu nối với nguồn ngoài (trộn thư, khung, đối tượng, ảnh liên kết). {HELP}")
        elif tag in ("instrText", "delInstrText", "fldSimple"):
            own = next((value for key, value in element.attrib.items() if key.endswith("}instr")), "")
            codes.append(own if tag == "fldSimple" else element.text or "")
        elif name.endswith(".svg") and (tag in RUNS or _fetches(element)):
            raise Unusable(f"Mẫu có ảnh SVG mang mã lệnh hoặc lấy nội dung từ nơi khác. {HELP}")
    said = " ".join(" ".join(codes).split())
    if len(said) > MOST_CODES or not FIELD_CODES.fullmatch(said):
        raise Unusable("Mẫu có mã trường của Word ngoài số trang và ngày tháng. Hãy bỏ các mã trường đó.")


def _fetches(element: Any) -> bool:
    """Whether an element of a drawing names something that is not in the drawing."""
    for key, value in element.attrib.items():
        led = etree.QName(key).localname == "href" and not value.strip().startswith(("#", "data:image/"))
        if led or any(not one.lstrip("'\" ").startswith("#") for one in value.lower().split("url(")[1:]):
            return True
    return False


def _elements(content: bytes) -> Iterator[Any]:
    """Walk through a part without keeping it; raises :class:`Unusable` for what is no XML."""
    try:
        walk = etree.iterparse(io.BytesIO(content), resolve_entities=False, no_network=True, load_dtd=False)
        for _, element in walk:
            if isinstance(element.tag, str):
                yield element
            element.clear()
    except etree.XMLSyntaxError as error:
        raise Unusable(BROKEN) from error


def _check_link(link: Any) -> None:
    """Refuse what Word would fetch from elsewhere when it opens the report; what one clicks may be a web address."""
    outside = link.get("TargetMode", "").strip().lower() == "external"
    if outside and not link.get("Type", "").endswith(HYPERLINK):
        raise Unusable("Mẫu lấy nội dung từ nơi khác (ảnh, mẫu, khung liên kết). Hãy bỏ các liên kết ngoài đó.")
    target = link.get("Target", "").strip()
    if outside and not CLICKED.match(target):  # file:, a share, a handler of the system's
        raise Unusable(
            f"Mẫu có liên kết “{target[:60]}”, không phải địa chỉ web (https://…), thư điện tử hay số điện thoại. "
            "Hãy sửa hoặc bỏ liên kết đó."
        )
