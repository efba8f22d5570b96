"""What was exported, as a log server keeps it: it proves the table, and says which line cannot be read."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from communes.trail import chain
from communes.trail.recording import Act, record

pytestmark = pytest.mark.django_db
AS_KEPT = (
    "Nov 30 09:00:01 antq antq-trail {}",
    "<13>1 2026-11-30T09:00:01.987896+00:00 antq antq-trail - - - {}",
    "2026-11-30T09:00:01+07:00 antq antq-trail: {}\n",
)


@pytest.fixture
def exported(cast):
    """The lines of two blocks."""
    for _ in range(2):
        record(Act.EXPORT, '{dấu ngoặc} “và” "nháy"', by=cast.lan)
        chain.seal(now=timezone.now())
    return list(chain.export(now=timezone.now()))


def found_in(tmp_path, content):
    file = tmp_path / "antq-trail.log"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CommandError) as said:
        call_command("check_audit", against=file)
    return str(said.value).splitlines()


@pytest.mark.parametrize("form", AS_KEPT)
def test_lines_are_read_as_a_log_server_keeps_them(exported, tmp_path, form):
    file = tmp_path / "antq-trail.log"
    file.write_text("\n".join(form.format(line) for line in exported) + "\n", encoding="utf-8")
    call_command("check_audit", against=file, stdout=io.StringIO())
    first = json.loads(exported[1])
    forged = form.format(json.dumps(first | {"hash": "0" * 64}))
    assert found_in(tmp_path, forged) == ["Khối 1 đã xuất không còn, hoặc khác với cơ sở dữ liệu."]


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 1, "at": "2026-11-30T02:0',
        '{"block": 3, "hash"',
        '{"block": 3}',
        '{"block": "3", "hash": "0"}',
        '{"block": true, "hash": "0"}',
        '{"message": "of another program"}',
        "last message repeated 2 times",
        '{"id": ' + "[" * 100_000,
        b"\xff\xfe{\x00",
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_others_are_read(exported, tmp_path, line):
    line = line if isinstance(line, bytes) else line.encode()
    content = b"\n".join([*(one.encode() for one in exported[:2]), b"", line, *(one.encode() for one in exported[2:])])
    assert found_in(tmp_path, content) == ["Không đọc được dòng 4 trong các dòng đã xuất."]


def test_a_file_that_is_not_there_or_proves_nothing_is_said_so(exported, tmp_path):
    assert found_in(tmp_path, "\n") == ["Các dòng đã xuất không có khối nào."]
    with pytest.raises(CommandError, match="Không mở được tệp"):
        call_command("check_audit", against=tmp_path / "none")
    with pytest.raises(CommandError, match="Không mở được tệp"):
        call_command("check_audit", against=tmp_path)
