"""The trail: what is written down, that nobody rewrites it, and that what is taken out shows."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from communes.accounts.tokens import issue
from communes.models import AppendOnly, TrailBlock, TrailEntry, User
from communes.saving import save
from communes.trail import chain, exports
from communes.trail.recording import Act, record
from models_registry.importing.runs import apply, upload
from reports.models import MonthlyReport
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "mot-hai-ba-bon"
LATER = datetime(2030, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def told():
    return [(e.act, e.outcome, e.by.username if e.by else "") for e in TrailEntry.objects.order_by("pk")]


def sealed(cast, blocks=3):
    """Blocks of two rows each."""
    for _ in range(blocks):
        for who in (cast.lan, cast.hoa):
            record(Act.EXPORT, "/x/", by=who)
        chain.seal(now=timezone.now())


def test_signing_in_and_out_is_written_down_with_the_true_address(client, cast, settings):
    settings.TRUSTED_PROXIES = 1
    from_home = {"headers": {"X-Forwarded-For": "1.1.1.1, 203.0.113.7"}}
    client.post("/accounts/login/", {"username": "lan", "password": "sai"}, **from_home)
    client.post("/accounts/login/", {"username": "my-password-1", "password": "sai"}, **from_home)
    client.post("/accounts/login/", {"username": "lan", "password": PASSWORD}, **from_home)
    client.post("/accounts/logout/", **from_home)
    assert told() == [
        ("sign_in", "failed", "lan"),
        ("sign_in", "failed", ""),
        ("sign_in", "done", "lan"),
        ("sign_out", "done", "lan"),
    ]
    entry = TrailEntry.objects.order_by("pk").first()
    assert (entry.address, entry.role, entry.province, entry.commune) == ("203.0.113.7", cast.lan.role, "25", "07999")
    assert not TrailEntry.objects.filter(what__contains="my-password").exists()


def test_refusals_exports_members_and_phones_are_written_down(client, cast):
    f.member(f.group(cast.chi_dam), name="Nguyễn Văn An", phone="0912345678")
    client.force_login(cast.lan, backend=BACKEND)
    client.get("/review/")
    client.get("/reports/07996/2025-06/")
    client.get("/api/v1/reports/999999/")
    client.get("/khong-co/")
    client.get("/register/members/")
    client.get("/register/members/?phones=1&q=nguyen+van+an")
    client.get("/register/members/?format=xlsx&q=nguyen+van+an")
    acts = [(e.act, e.rows, e.what) for e in TrailEntry.objects.order_by("pk")]
    assert acts == [
        ("refused", None, "403 GET /review/"),
        ("refused", None, "404 GET /reports/07996/2025-06/"),
        ("refused", None, "404 GET /api/v1/reports/999999/"),
        ("members", 1, ""),
        ("phones", 1, ""),
        ("export", 1, "/register/members/?format=xlsx"),
    ]


def test_tokens_imports_steps_and_acts_of_administrators_are_written_down(client, cast):
    client.force_login(cast.lan, backend=BACKEND)
    client.post("/accounts/tokens/")
    client.logout()
    client.get("/api/v1/hamlets/", headers={"Authorization": "Token " + "0" * 64})
    run = upload("groups", "to.csv", "Tên tổ,Loại hình,Khu dân cư\nTổ 5,LGTQ,Khu 10\n".encode(), by=cast.lan, now=f.NOW)
    apply(run, only_good=False, by=cast.lan, now=f.NOW, today=f.NOW.date())
    f.bring(f.report(cast.chi_dam, cast.lan), MonthlyReport.State.SUBMITTED)
    client.force_login(cast.quan, backend=BACKEND)
    client.post(reverse("admin:communes_user_changelist"), {"action": "deactivate", "_selected_action": [cast.tuan.pk]})
    assert [(act, outcome) for act, outcome, _ in told()] == [
        ("token", "done"),
        ("token", "failed"),
        ("import", "done"),
        ("report", "done"),
        ("admin", "done"),
    ]
    assert TrailEntry.objects.get(act="admin").about == cast.tuan
    assert TrailEntry.objects.get(act="import").rows == 1
    assert not User.objects.get(pk=cast.tuan.pk).is_active


def test_nobody_changes_or_deletes_a_row(client, cast):
    sealed(cast, 1)
    entry = TrailEntry.objects.first()
    tries = [
        lambda: TrailEntry.objects.update(what="x"),
        lambda: TrailEntry.objects.all().delete(),
        lambda: TrailEntry.objects.bulk_update([entry], ["what"]),
        lambda: TrailEntry.objects.bulk_create([entry]),
        entry.save,
        entry.delete,
        TrailBlock.objects.all().delete,
    ]
    for one in tries:
        with pytest.raises(AppendOnly):
            one()
    client.force_login(cast.quan, backend=BACKEND)
    address = reverse("admin:communes_trailentry_changelist")
    page = client.get(address, {"act__exact": "export", "q": "lan"}).content.decode()
    assert "/x/" in page and "hoa" not in page.split("result_list")[1]
    client.post(address, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert client.post(reverse("admin:communes_trailentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    assert client.post(reverse("admin:communes_trailentry_change", args=[entry.pk]), {"what": "x"}).status_code == 403
    assert TrailEntry.objects.filter(block__number=1).count() == 2 and not chain.check()
    client.force_login(cast.hoa, backend=BACKEND)
    assert client.get(address, follow=True).status_code == 403


def test_a_whole_chain_is_proved(cast):
    sealed(cast)
    out = io.StringIO()
    call_command("check_audit", stdout=out)
    assert "3 khối nguyên vẹn" in out.getvalue()


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        ("UPDATE communes_trailentry SET what = 'y' WHERE block_id = 2", "Khối 2 có dòng đã bị sửa"),
        ("UPDATE communes_trailentry SET block_id = 3 WHERE block_id = 2", "Khối 2 có 0 dòng"),
        ("DELETE FROM communes_trailentry WHERE block_id = 2", "Khối 2 có 0 dòng"),
        ("UPDATE communes_trailblock SET count = 1 WHERE number = 2", "Khối 2 không khớp"),
        ("DELETE FROM communes_trailentry WHERE block_id = 2; DELETE FROM communes_trailblock WHERE number = 2",
         "Thiếu khối 2"),
        ("UPDATE communes_trailblock SET expired_at = sealed_at WHERE number = 2", "không qua lệnh hết hạn"),
    ],
)  # fmt: skip
def test_what_is_changed_or_taken_out_shows(cast, attack, told):
    sealed(cast)
    with connection.cursor() as cursor:
        for statement in attack.split("; "):
            cursor.execute(statement)
    with pytest.raises(CommandError, match=told):
        call_command("check_audit")


def test_a_chain_made_anew_without_the_key_shows(cast, settings):
    settings.AUDIT_KEY = "another"
    sealed(cast, 1)
    settings.AUDIT_KEY = "the right one"
    assert chain.check()


def test_what_was_exported_proves_that_the_end_was_cut_off(cast, tmp_path):
    sealed(cast, 2)
    kept = tmp_path / "trail.jsonl"
    with kept.open("w", encoding="utf-8") as file:
        call_command("audit", "export", stdout=file)
    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert [line.get("username", line.get("block")) for line in lines] == ["lan", "hoa", 1, "lan", "hoa", 2]
    QuerySet(TrailEntry).filter(block=2)._raw_delete("default")
    QuerySet(TrailBlock).filter(pk=2)._raw_delete("default")
    call_command("check_audit", stdout=io.StringIO())
    with pytest.raises(CommandError, match="Khối 2 đã xuất"):
        call_command("check_audit", against=kept)
    again = io.StringIO()
    call_command("audit", "export", stdout=again)
    assert not again.getvalue(), "what was exported is not exported twice"


def test_what_is_old_goes_whole_after_export_and_leaves_a_checkpoint(cast):
    sealed(cast, 2)
    assert chain.expire(LATER, now=timezone.now()) == 0, "nothing goes before it was exported"
    list(exports.export(now=timezone.now()))
    sealed(cast, 1)
    assert chain.expire(LATER, now=timezone.now()) == 2
    assert set(TrailEntry.objects.values_list("block", flat=True)) == {3, None} and not chain.check()
    assert TrailEntry.objects.get(act="trail").rows == 2
    with pytest.raises(CommandError):
        call_command("audit", "expire", days=10)


def test_a_row_that_was_committed_late_is_sealed_all_the_same():
    for pk in (1_000_000, 999_999):  # the lower number was given first and committed last
        TrailEntry.objects.create(pk=pk, at=timezone.now(), act=Act.EXPORT, outcome="done")
        assert chain.seal(now=timezone.now()) == 1
    assert not chain.check()


def test_rows_that_wait_for_long_say_that_nobody_seals(cast):
    record(Act.EXPORT, by=cast.lan)
    QuerySet.update(TrailEntry.objects.all(), at=timezone.now() - timedelta(hours=2))
    with pytest.raises(CommandError, match="chưa niêm phong"):
        call_command("check_audit")


def test_a_token_of_its_own_account_leaves_its_refusals(client, cast):
    key = issue(cast.lan)
    client.get("/api/v1/reports/999999/", headers={"Authorization": f"Token {key}"})
    assert told() == [("refused", "refused", "lan")]


def test_a_restore_says_what_it_undoes_before_it_does_and_leaves_its_trace(client, cast):
    khu = cast.khu[0]
    for name in ("Khu Một", "Khu Mới"):
        khu.name = name
        save(khu, by=cast.lan, now=timezone.now())
    client.force_login(cast.quan, backend=BACKEND)
    address = f"/register/hamlets/{khu.pk}/history/"
    assert "“Khu Mới” thành “Khu Một”" in " ".join(client.get(address).content.decode().split())
    client.post(address, {"version": khu.history.get(name="Khu Một").history_id})
    assert TrailEntry.objects.get(act="admin").what.startswith("Khôi phục phiên bản cũ")


def test_an_ordinary_refusal_writes_no_traceback(client, cast, caplog):
    client.force_login(cast.quan, backend=BACKEND)
    client.post(reverse("admin:communes_user_delete", args=[cast.lan.pk]), {"post": "yes"})
    assert not [one for one in caplog.records if one.exc_info]
