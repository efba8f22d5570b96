"""Workbooks that were damaged on the way: read, or refused with a sentence, never a 500."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from models_registry.importing.runs import IMPORTERS
from tests import factories as f
from tests import fuzz
from tests.fuzz.test_pages import BACKEND, ODD
from tests.models_registry.workbooks import keeper

MONTH = "/reports/07999/2025-06/file/"
ENDINGS = ("xlsx", "xlsx", "xlsx", "xls", "ods", "csv", "txt", "xlsm")
FEW = 60  # each is read in a process of its own


def whole(cast):
    """The workbooks the site itself hands out, each with who keeps it and the address that takes it back."""
    yield cast.lan, MONTH, browser(cast.lan).get(f"{MONTH}download/").content
    for kind in IMPORTERS:
        who, address = keeper(cast, kind), f"/register/import/{kind}/"
        yield who, address, b"".join(browser(who).get(f"{address}template/"))


def browser(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def flipped(content, dice):
    """Some bytes are others."""
    bytes_ = bytearray(content)
    for _ in range(dice.choice((1, 3, 50))):
        bytes_[dice.randrange(len(bytes_))] = dice.randrange(256)
    return bytes(bytes_)


def cut(content, dice):
    """The end is missing, or the beginning."""
    place = dice.randrange(len(content))
    return content[:place] if dice.random() < 0.7 else content[place:]


def inside(content, dice):
    """The archive is whole; one of its parts says something else, is broken, missing or there twice."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    victim = dice.choice([name for name in parts if "sheet" in name or "haredStrings" in name] * 3 + list(parts))
    text = parts[victim].decode("utf-8", "replace")
    how = dice.randrange(5)
    if how == 0:
        values = re.findall(r">[^<>]+<", text) or ["><"]
        for value in dice.sample(values, min(len(values), 5)):
            text = text.replace(value, f">{dice.choice(ODD)}<", 1)
    elif how == 1:
        values = re.findall(r'"[^"<>]*"', text) or ['""']
        for value in dice.sample(values, min(len(values), 3)):
            text = text.replace(value, f'"{dice.choice(ODD)}"', 1)
    elif how == 2:
        text = text[: dice.randrange(len(text) + 1)]
    elif how == 3:
        rows = re.findall(r"(?s)<row .*?</row>", text) or [""]
        text = text.replace("</sheetData>", dice.choice(rows) * 3 + "</sheetData>")
    if how == 4:
        del parts[victim]
    else:
        parts[victim] = text.encode("utf-8", "replace")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def as_text(content, dice):
    """Not a workbook at all."""
    rows = [dice.choice([";", ",", "\t"]).join(dice.choices(ODD, k=5)) for _ in range(8)]
    return "\n".join(["Tên tổ;Loại hình;Khu dân cư", *rows]).encode(
        dice.choice(("utf-8", "utf-16", "utf-8-sig")), "replace"
    )


def taken(client, address, name, content):
    """Every page that the file leads to, with its status; what was raised is 500."""
    try:
        with transaction.atomic():
            answer = client.post(address, {"file": SimpleUploadedFile(name, content)})
            told = [(answer.status_code, answer.content.decode())]
            if answer.status_code == 302:
                for page in (answer["Location"], f"{answer['Location']}marked/"):
                    shown = client.get(page)
                    told.append((shown.status_code, b"".join(shown).decode(errors="replace")))
            transaction.set_rollback(True)
    except Exception as error:
        return [(500, f"{type(error).__name__}: {error}")]
    return told


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.usefixtures("in_a_process")
def test_a_damaged_workbook_is_read_or_refused_with_a_sentence(cast):
    f.report(cast.chi_dam, cast.lan)
    books, dice, faults, ends = list(whole(cast)), fuzz.dice(), [], set()
    for _ in range(fuzz.CASES // 10 or FEW):
        who, address, content = dice.choice(books)
        damage = dice.choice((flipped, cut, inside, inside, inside, as_text))
        ending = dice.choice(ENDINGS if damage is not as_text else ("csv", "txt", "xlsx"))
        told = taken(browser(who), address, f"so.{ending}", damage(content, dice))
        ends.add(told[0][0])
        if any(status >= 500 for status, _ in told) or (told[0][0] == 422 and "error" not in told[0][1]):
            faults.append((damage.__name__, ending, address, [status for status, _ in told], told[-1][1][:200]))
    assert not faults, "\n".join(map(repr, faults[:30])) + f"\n{len(faults)} in all"
    assert ends == {302, 422}, "some are read and some refused"
