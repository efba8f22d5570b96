"""Where mail is set, the chief is written to when the officer puts a report before her."""

import pytest
from django.core import mail

from reports.entry.presenting import NO_MAIL, PRESENT, WITHDRAW, mark
from tests import factories as f


@pytest.fixture
def chief(cast):
    cast.minh.email = "minh@example.vn"
    cast.minh.save()
    return cast.minh


def present(report, by, capture, marking=PRESENT):
    with capture(execute=True):
        mark(report, marking, by=by, now=f.NOW)


def test_the_chief_is_written_to_once_without_figures(cast, report, chief, django_capture_on_commit_callbacks):
    f.user(cast.minh.role, cast.tay_coc, email="la@example.vn")
    present(report, cast.lan, django_capture_on_commit_callbacks)
    (letter,) = mail.outbox
    assert letter.to == ["minh@example.vn"] and "tháng 6/2025" in letter.subject
    assert "Xã Chí Đám" in letter.body and str(cast.lan) in letter.body
    present(report, cast.lan, django_capture_on_commit_callbacks, WITHDRAW)
    assert len(mail.outbox) == 1, "taking it back writes nothing"


def test_without_mail_or_address_nothing_is_written(cast, report, settings, django_capture_on_commit_callbacks):
    present(report, cast.lan, django_capture_on_commit_callbacks)
    cast.minh.email = "minh@example.vn"
    cast.minh.save()
    present(report, cast.lan, django_capture_on_commit_callbacks, WITHDRAW)
    settings.EMAIL_BACKEND = NO_MAIL
    present(report, cast.lan, django_capture_on_commit_callbacks)
    assert not mail.outbox


def test_a_server_of_letters_that_fails_stops_nothing(
    cast, report, chief, monkeypatch, django_capture_on_commit_callbacks
):
    def fail(self):
        raise ConnectionRefusedError

    monkeypatch.setattr("reports.entry.presenting.EmailMessage.send", fail)
    present(report, cast.lan, django_capture_on_commit_callbacks)
    report.refresh_from_db()
    assert report.presented_at == f.NOW
