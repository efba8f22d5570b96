"""Notes of a report and comments on its cells."""

import unicodedata
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from communes.refusals import Forbidden, Refused
from communes.scope import Role
from reports.entry.grid import Row
from reports.entry.remarks import comment_objection, comment_on, write_notes
from reports.models import CellComment, MonthlyReport
from tests import factories as f

UNIT = Row()


def stored(report):
    return MonthlyReport.objects.with_unit().get(pk=report.pk)


def note(report, by, text, was="", name="difficulties", now=f.NOW):
    return write_notes(report, {name: text}, was={name: was}, by=by, now=now)


def test_notes_are_written_each_by_itself(cast, report):
    later = f.NOW + timedelta(hours=1)
    assert note(report, cast.lan, "Thiếu loa", now=later) == {}
    assert note(report, cast.minh, "Cấp thêm đèn", name="proposals") == {}
    saved = stored(report)
    assert (saved.difficulties, saved.proposals) == ("Thiếu loa", "Cấp thêm đèn")


def test_notes_in_decomposed_letters_do_not_contradict_themselves(cast, report):
    first, more = (unicodedata.normalize("NFD", text) for text in ("Thiếu đèn", "Thiếu đèn pin"))
    assert note(report, cast.lan, first) == {}
    assert note(report, cast.lan, more, was=first) == {}
    report.refresh_from_db()
    assert report.difficulties == "Thiếu đèn pin"


def test_line_breaks_of_another_kind_are_no_conflict_with_oneself(cast, report):
    """A form without a script sends others than a page with one."""
    note(report, cast.lan, "Thiếu đèn\r\nThiếu loa")
    assert stored(report).difficulties == "Thiếu đèn\nThiếu loa"
    MonthlyReport.objects.update(difficulties="Thiếu đèn\r\nThiếu loa")  # as it was kept before
    new = {"difficulties": "Thiếu đèn\nThiếu loa, pin"}
    assert not write_notes(report, new, was={"difficulties": "Thiếu đèn\nThiếu loa"}, by=cast.lan, now=f.NOW)
    assert stored(report).difficulties == "Thiếu đèn\nThiếu loa, pin"


def test_saving_notes_moves_the_moment_of_saving_only_where_something_changed(cast, report):
    later = f.NOW + timedelta(hours=1)
    note(report, cast.lan, "", now=later)
    assert stored(report).saved_at == f.NOW
    note(report, cast.lan, "Thiếu loa", now=later)
    assert stored(report).saved_at == later


def test_a_note_that_changed_meanwhile_is_a_conflict_and_the_other_is_written(cast, report):
    note(report, cast.minh, "của chỉ huy")
    new = {"difficulties": "của cán bộ", "proposals": "thêm đèn"}
    conflicts = write_notes(report, new, was={"difficulties": "", "proposals": ""}, by=cast.lan, now=f.NOW)
    assert conflicts == {"difficulties": "của chỉ huy"}
    assert (stored(report).difficulties, stored(report).proposals) == ("của chỉ huy", "thêm đèn")


def test_the_same_note_twice_is_no_conflict(cast, report):
    note(report, cast.minh, "Thiếu loa")
    assert note(report, cast.lan, "Thiếu loa", was="") == {}


def test_a_note_may_be_emptied(cast, report):
    note(report, cast.lan, "Thiếu loa")
    assert note(report, cast.lan, "", was="Thiếu loa") == {}
    assert stored(report).difficulties == ""


def test_a_note_with_a_phone_number_is_refused_and_nothing_is_written(cast, report):
    new = {"difficulties": "gọi 0912345678", "proposals": "thêm đèn"}
    with pytest.raises(ValidationError) as refusal:
        write_notes(report, new, was={}, by=cast.lan, now=f.NOW)
    assert set(refusal.value.message_dict) == {"difficulties"}
    assert (stored(report).difficulties, stored(report).proposals) == ("", "")


def test_a_note_has_4000_letters_at_most(cast, report):
    note(report, cast.lan, "ạ" * 4000)
    with pytest.raises(ValidationError):
        note(report, cast.lan, "ạ" * 4001, was="ạ" * 4000)
    assert len(stored(report).difficulties) == 4000


def test_words_are_kept_in_one_spelling(cast, report):
    apart = unicodedata.normalize("NFD", "Thiếu đèn ở Khu Đồi")
    note(report, cast.lan, apart)
    comment = comment_on(report, UNIT, "tips", apart, by=cast.lan, now=f.NOW)
    comment.refresh_from_db()
    together = unicodedata.normalize("NFC", apart)
    assert (stored(report).difficulties, comment.text) == (together, together)


@pytest.mark.parametrize("name", ["tuan", "hoa", "thu", "son", "an", "quan"])
def test_only_the_communes_own_people_write_its_notes(cast, report, name):
    with pytest.raises(Refused) as refusal:
        note(report, getattr(cast, name), "x")
    assert isinstance(refusal.value.objection, Forbidden)


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_notes_of_a_sent_report_stay(cast, report, state):
    f.bring(report, state)
    with pytest.raises(Refused, match="không sửa được"):
        note(report, cast.lan, "muộn")


@pytest.mark.parametrize("name", ["lan", "minh", "hoa"])
@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "approved"])
def test_the_unit_and_its_reviewer_comment_at_any_time(cast, report, state, name):
    khu_1, user = Row(hamlet=cast.khu[0].pk), getattr(cast, name)
    comment = comment_on(f.bring(report, state), khu_1, "patrols", "  xem lại  ", by=user, now=f.NOW)
    assert (comment.hamlet, comment.group, comment.indicator.code, comment.text, comment.by, comment.at) == (
        cast.khu[0], None, "patrols", "xem lại", user, f.NOW,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["tuan", "chief_next_door", "thu", "son", "an", "quan"])
def test_nobody_else_comments(cast, report, name):
    cast.chief_next_door = f.user(Role.COMMUNE_CHIEF, cast.tay_coc)
    user = getattr(cast, name)
    with pytest.raises(Refused) as refusal:
        comment_on(report, UNIT, "patrols", "xem lại", by=user, now=f.NOW)
    assert refusal.value.objection == comment_objection(report, user)
    assert not CellComment.objects.exists()


def test_communes_do_not_comment_on_the_offices_report(cast):
    office = f.office_report(cast.phu_tho)
    assert isinstance(comment_objection(office, cast.minh), Forbidden)
    assert comment_objection(office, cast.hoa) is None


@pytest.mark.parametrize("text", ["", "   ", "gọi 0912345678", "ạ" * 1001])
def test_an_empty_personal_or_overlong_comment_is_refused(cast, report, text):
    with pytest.raises(ValidationError):
        comment_on(report, UNIT, "patrols", text, by=cast.hoa, now=f.NOW)


def test_a_comment_is_on_a_cell_of_the_report(cast, report):
    stranger = Row(hamlet=f.hamlet(cast.tay_coc).pk)
    for row, code in ((stranger, "patrols"), (UNIT, "no_such_thing"), (Row(group=10**9), "patrols")):
        with pytest.raises(ValidationError, match="Không có ô này trong báo cáo"):
            comment_on(report, row, code, "xem lại", by=cast.hoa, now=f.NOW)
