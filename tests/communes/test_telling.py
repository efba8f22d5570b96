"""Work that takes a while is told step by step to a page that listens, and done at once for one that does not."""

import json

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from communes import telling
from communes.trail.recording import Caller, caller


def asked(accept):
    return RequestFactory().post("/", {"a": "1"}, headers={"accept": accept})


def heard(response):
    return [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]


def work(tell):
    tell("tổ tự quản")
    return HttpResponse("Xong")


def after():
    return HttpResponse("Trang sau")


def test_a_page_that_listens_hears_each_step_and_then_gets_the_page():
    response = telling.told(asked(telling.STREAM), work, after)
    assert response["X-Accel-Buffering"] == "no" and response["Content-Encoding"] == "identity"
    assert heard(response) == [{"said": "tổ tự quản"}, {"page": "Xong"}]


def test_a_redirect_becomes_the_page_it_leads_to():
    response = telling.told(asked(telling.STREAM), lambda tell: HttpResponseRedirect("/"), after)
    assert heard(response) == [{"page": "Trang sau"}]


def test_a_page_that_does_not_listen_is_answered_as_ever():
    assert telling.told(asked("text/html"), work, after).content.decode() == "Xong"


def test_what_fails_ends_the_answer_without_a_page():
    def fail(tell):
        tell("người")
        raise ZeroDivisionError

    lines = telling.told(asked(telling.STREAM), fail, after).streaming_content
    assert json.loads(next(lines)) == {"said": "người"}
    with pytest.raises(ZeroDivisionError):
        next(lines)


def test_work_that_says_nothing_for_a_while_is_heard_to_go_on(monkeypatch):
    beats = []
    monkeypatch.setattr(telling, "PAUSE", 0.001)
    monkeypatch.setattr(telling, "beat", lambda: beats.append(1))
    silence = telling.Queue()
    lines = telling._lines(silence, telling.Thread(target=lambda: None))
    assert [next(lines), next(lines)] == [{}, {}]
    silence.put({"page": "Xong"})
    rest = telling.stream(lines)
    assert heard(rest)[-1] == {"page": "Xong"} and beats, "whoever watches this process sees it work"


def test_the_trail_knows_where_the_work_was_asked_from():
    token = caller.set(Caller("10.0.0.1", ""))
    response = telling.told(asked(telling.STREAM), lambda tell: HttpResponse(caller.get().address), after)
    caller.reset(token)
    assert heard(response) == [{"page": "10.0.0.1"}]
