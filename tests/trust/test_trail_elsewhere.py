"""What was exported, as a log server keeps it: it proves the table and itself, and says which line cannot be read."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.utils import timezone

from communes.models import TrailEntry
from communes.trail import chain, exports
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
    return list(exports.export(now=timezone.now()))


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


@pytest.fixture(params=["there", "expired"])
def kept(request, cast):
    """Three blocks of three rows, as lines; the table has them, or the lines are the only copy."""
    for number in range(3):
        for who in (cast.lan, cast.hoa, None):
            record(Act.PHONES, f"block {number}", by=who, rows=7)
        chain.seal(now=timezone.now())
    lines = list(exports.export(now=timezone.now()))
    if request.param == "expired":
        assert chain.expire(timezone.now(), now=timezone.now()) == 3
    assert not exports.check_export(lines)
    return lines


@pytest.mark.parametrize(
    "change",
    [{"by": None}, {"username": "another"}, {"rows": 0}, {"what": "x"}, {"mac": "ố"}, {"mac": 1}, {"by": []}],
)
def test_a_line_that_was_changed_where_it_was_kept_shows(kept, change):
    changed = json.dumps(json.loads(kept[5]) | change)
    assert "Dòng 6 trong các dòng đã xuất đã bị sửa." in exports.check_export([*kept[:5], changed, *kept[6:]])
    bare = json.loads(changed)
    bare.pop("mac")
    if change.keys() != {"mac"}:
        assert exports.check_export([*kept[:5], json.dumps(bare), *kept[6:]]), "nor without its own seal"


@pytest.mark.parametrize("column", ["count", "sealed_at"])
def test_what_closes_a_block_cannot_be_changed_either(kept, column):
    changed = json.dumps(json.loads(kept[7]) | {column: 2})
    (found,) = exports.check_export([*kept[:7], changed, *kept[8:]])
    assert found.startswith("Khối 2 đã xuất không còn, hoặc khác")


def test_lines_that_were_removed_or_moved_where_they_were_kept_show(kept):
    for place in (4, 5, 6):
        (found,) = exports.check_export([*kept[:place], *kept[place + 1 :]])
        assert found.startswith("Khối 2 thiếu 1 dòng trong các dòng đã xuất.")
    moved = exports.check_export([*kept[:4], *kept[5:9], kept[4], *kept[9:]])
    assert [one.split(" dòng")[0] for one in moved] == ["Khối 2 thiếu 1", "Khối 3 thừa 1"]
    another = json.loads(kept[0])
    put_in = [*kept[:5], json.dumps(another), *kept[6:]]
    assert "Khối 2 có dòng đã bị sửa trong các dòng đã xuất." in exports.check_export(put_in)


def test_a_file_may_begin_and_end_within_the_chain_and_hold_lines_twice(kept):
    for lines in (kept[4:], kept[:8], kept[4:8], kept * 2, [*kept[:2], *kept], [*kept, *kept[5:]]):
        assert not exports.check_export(lines)
    (begun,) = exports.check_export(kept[1:])
    assert begun.startswith("Khối 1 thiếu 1 dòng") and "nối với tệp trước" in begun
    (ended,) = exports.check_export(kept[:-1])
    assert ended.startswith("3 dòng ở cuối không có khối nào theo sau") and "nối với tệp trước" in ended
    assert not exports.check_export([*kept[1:], *kept[:4]]), "two files joined"


def test_lines_from_before_each_had_its_own_seal_are_proved_by_their_blocks(kept, cast):
    old = [json.dumps({key: value for key, value in json.loads(line).items() if key != "mac"}) for line in kept]
    assert not exports.check_export(old)
    cast.hoa.username = "renamed"
    cast.hoa.save()
    assert not exports.check_export(kept), "a name that was changed since is no fault of a line"


def test_half_a_letter_in_a_line_is_one_that_cannot_be_read(kept):
    half = kept[5].replace("block 1", r"\ud800")
    assert exports.check_export([*kept[:5], half, *kept[5:]]) == ["Không đọc được dòng 6 trong các dòng đã xuất."]


def test_a_row_that_is_hung_on_an_expired_block_shows(cast):
    record(Act.EXPORT, by=cast.lan)
    chain.seal(now=timezone.now())
    list(exports.export(now=timezone.now()))
    chain.expire(timezone.now(), now=timezone.now())
    assert not chain.check()
    QuerySet.update(TrailEntry.objects.all(), block=1, what="x")
    with pytest.raises(CommandError, match="Khối 1 đã hết hạn lưu mà vẫn có 1 dòng"):
        call_command("check_audit")
