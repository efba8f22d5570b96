"""Questions that are kept under a name: by whom, how often, and what they say once an indicator is retired."""

import pytest
from django.http import QueryDict

from reports.asking.question import LONGEST, kept
from reports.models import Indicator, SavedQuestion
from reports.months import Month
from tests import factories as f

APRIL, MAY, JUNE = Month(2025, 4), Month(2025, 5), f.JUNE
BACKEND = "django.contrib.auth.backends.ModelBackend"


def save(client, query, name="Tuần tra", **more):
    return client.post("/explore/saved/", {"query": query, "name": name, **more})


def test_a_question_is_saved_opened_renamed_and_deleted(client, spring):
    client.force_login(spring.hoa, backend=BACKEND)
    answer = save(client, "indicator=patrols&span=2025-H1&rows=place&page=3&csrfmiddlewaretoken=x")
    saved = SavedQuestion.objects.get()
    assert answer["Location"] == f"/explore/?{saved.query}" and "page" not in saved.query
    assert client.get(answer["Location"]).context["open"] == saved
    client.post(f"/explore/saved/{saved.pk}/", {"name": "Tuần tra 6 tháng", "shared": "on"})
    saved.refresh_from_db()
    assert (saved.name, saved.shared) == ("Tuần tra 6 tháng", True)
    assert client.get(f"/explore/saved/{saved.pk}/delete/").status_code == 200
    assert SavedQuestion.objects.exists()
    client.post(f"/explore/saved/{saved.pk}/delete/")
    assert not SavedQuestion.objects.exists()


def test_the_same_name_twice_is_refused_with_a_sentence(client, spring):
    client.force_login(spring.hoa, backend=BACKEND)
    save(client, "indicator=patrols")
    answer = client.post("/explore/saved/", {"query": "indicator=tips", "name": "Tuần tra"}, follow=True)
    assert "Bạn đã lưu một câu hỏi mang tên" in answer.content.decode()
    save(client, "indicator=tips", "Tin")
    other = SavedQuestion.objects.get(name="Tin")
    assert "mang tên" in client.post(f"/explore/saved/{other.pk}/", {"name": "Tuần tra"}).content.decode()
    assert SavedQuestion.objects.count() == 2


@pytest.mark.parametrize(
    "query", ["", "indicator=khong-co", "span=2025", f"indicator=patrols&communes={'07999,' * 9000}"]
)
def test_what_asks_nothing_is_not_saved(client, spring, query):
    client.force_login(spring.hoa, backend=BACKEND)
    save(client, query)
    saved = SavedQuestion.objects.first()
    assert saved is None or len(saved.query) <= LONGEST


def test_colleagues_open_what_is_shared_and_change_nothing(client, spring):
    client.force_login(spring.hoa, backend=BACKEND)
    save(client, "indicator=patrols&span=2025-H1", shared="on")
    save(client, "indicator=tips&span=2025-H1", "Riêng")
    shared, private = SavedQuestion.objects.get(shared=True), SavedQuestion.objects.get(shared=False)
    client.force_login(spring.thu, backend=BACKEND)
    assert client.get("/explore/").context["shared"] == [shared]
    assert client.post(f"/explore/saved/{shared.pk}/", {"name": "Khác"}).status_code == 403
    assert client.post(f"/explore/saved/{private.pk}/delete/").status_code == 404
    for stranger in (spring.son, spring.lan, spring.an):
        client.force_login(stranger, backend=BACKEND)
        assert client.get("/explore/").context["shared"] == []
        assert client.get(f"/explore/saved/{shared.pk}/").status_code == 404


def test_a_saved_question_says_what_was_retired_since(client, spring):
    client.force_login(spring.hoa, backend=BACKEND)
    save(client, "indicator=patrols,tips&span=2025-H1")
    Indicator.objects.filter(code="tips").update(code="tips_2030")
    page = client.get(f"/explore/?{SavedQuestion.objects.get().query}")
    assert page.status_code == 200 and "“tips”" in page.content.decode()


def test_kept_questions_are_written_once(spring):
    assert kept(QueryDict("rows=place&indicator=tips&indicator=patrols"), spring.hoa, f.NOW) == kept(
        QueryDict("indicator=patrols,tips&rows=place"), spring.hoa, f.NOW
    )
