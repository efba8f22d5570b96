"""The trail while many write, seal, export, expire and check it at once: nothing is lost and no check cries wolf."""

import io
import json
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.utils import timezone

from communes.models import TrailBlock
from communes.trail import chain, exports
from communes.trail.recording import Act, record
from tests.databases import ROOT, empty_database, environment, manage, shell

WRITTEN, WRITERS = 50, 2
BEGIN = """
import itertools, os
from pathlib import Path
from datetime import timedelta
from django.utils import timezone
from communes.models import TrailBlock, TrailEntry
from communes.trail import chain, exports
from communes.trail.recording import Act, record
"""
WRITER = f"{BEGIN}\nfor n in range({WRITTEN}): record(Act.EXPORT, 'one of many', by=None)"
DONE = "Path(os.environ['STOP']).exists()"
EXPIRED = "chain.expire(timezone.now() + timedelta(days=1), now=timezone.now())"
SEALER = f"""{BEGIN}
chain.MOST_ROWS = 7
for turn in itertools.count():
    over = {DONE}
    chain.seal(now=timezone.now())
    if turn % 3 == 0: {EXPIRED}
    if over: break
"""
EXPORTER = f"""{BEGIN}
while True:
    over = {DONE}
    for line in exports.export(now=timezone.now()): print(line, flush=True)
    if over: break
"""
CHECKER = f"""{BEGIN}
while True:
    over = {DONE}
    for fault in chain.check(): print(fault)
    if over: break
"""


def begun(env, code):
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process):
    said, wrong = process.communicate(timeout=900)  # long after the slowest is done
    assert process.returncode == 0, wrong[-2000:]
    return said


def test_nothing_is_lost_while_two_seal_and_expire_what_others_write(migrated, tmp_path):
    stop = tmp_path / "stop"
    with empty_database(tmp_path, "trail", of=migrated) as address:
        env = environment(address, AUDIT_KEY="a-key-of-this-test-that-is-long-enough-for-it", STOP=str(stop))
        writers = [begun(env, WRITER) for _ in range(WRITERS)]
        sealers = [begun(env, SEALER) for _ in range(2)]
        exporter, checker = begun(env, EXPORTER), begun(env, CHECKER)
        for one in writers:
            ended(one)
        stop.touch()
        for one in sealers:
            ended(one)
        assert ended(checker) == ""
        lines = [json.loads(line) for line in ended(exporter).splitlines()]
        manage(env, "audit", "seal")
        lines += [json.loads(line) for line in manage(env, "audit", "export").stdout.splitlines()]
        rows = [line for line in lines if line.get("what") == "one of many"]
        assert len(rows) == len({row["id"] for row in rows}) == WRITTEN * WRITERS
        kept = tmp_path / "lines"
        kept.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        manage(env, "check_audit", "--against", kept)
        # Whatever the sealers came to: theirs may all have been before the first export
        gone = shell(env, f"{BEGIN}{EXPIRED}\nprint(TrailBlock.objects.exclude(expired_at=None).count())")
        assert int(gone) > 0
        manage(env, "check_audit", "--against", kept)


class Full(io.StringIO):
    """A disk that takes what is written and has no room for it."""

    def flush(self):
        raise OSError(28, "No space left on device")


@pytest.mark.django_db
def test_a_block_whose_lines_did_not_leave_is_not_noted_as_exported():
    record(Act.EXPORT, by=None)
    with pytest.raises(OSError, match="No space"):
        call_command("audit", "export", stdout=Full())
    assert TrailBlock.objects.get().exported_at is None


@pytest.mark.django_db
def test_a_block_that_was_noted_as_exported_by_hand_shows(tmp_path):
    for number in range(3):
        record(Act.EXPORT, str(number), by=None)
        chain.seal(now=timezone.now())
    TrailBlock.objects.filter(number=2)._update([(TrailBlock._meta.get_field("exported_at"), None, timezone.now())])
    lines = list(exports.export(now=timezone.now()))
    assert exports.check_export(iter(lines)) == ["Khối 2 thiếu trong các dòng đã xuất."]
    forged = '{"block": 1000000000000, "hash": "x"}'
    assert exports.check_export([*lines, forged])[1:] == [
        "Khối 2 thiếu trong các dòng đã xuất.", "Các khối từ 4 đến 999999999999 thiếu trong các dòng đã xuất.",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("cut", [1, 2])
def test_who_cuts_the_last_rows_and_lets_new_ones_be_sealed_is_found_by_what_was_exported(cut):
    for number in range(3):
        record(Act.EXPORT, str(number), by=None)
        chain.seal(now=timezone.now())
    lines = list(exports.export(now=timezone.now()))
    last = TrailBlock.objects.filter(number__gt=3 - cut)
    for block in last:
        block.entries.all()._raw_delete("default")
    last._raw_delete("default")
    for _ in range(3):  # the numbers are taken again
        record(Act.EXPORT, "new", by=None)
        chain.seal(now=timezone.now())
    assert not chain.check(), "nobody's key was needed"
    found = exports.check_export(iter(lines))
    assert [line.split()[1] for line in found] == [str(number) for number in range(4 - cut, 4)]
    assert all("khác với cơ sở dữ liệu" in line for line in found)


@pytest.mark.django_db
def test_a_block_that_expires_while_it_is_checked_is_no_fault(monkeypatch):
    for number in range(2):
        record(Act.EXPORT, str(number), by=None)
        chain.seal(now=timezone.now())
    list(exports.export(now=timezone.now()))
    read, expired = chain.rows_of, []

    def after_another_expired_it(entries):
        if not expired:
            expired.append(chain.expire(timezone.now(), now=timezone.now()))
        return read(entries)

    monkeypatch.setattr(chain, "rows_of", after_another_expired_it)
    assert not chain.check() and expired == [2]
