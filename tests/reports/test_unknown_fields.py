"""The bodies of the API's calls: what a call does not know is refused at its place, and nothing is done."""

import pytest

from models_registry.models import Initiative
from reports.entry.grid import Row
from reports.models import CellComment, Deadline, MonthlyReport, WeaponHandover
from tests import factories as f
from tests.factories import JUNE


@pytest.fixture
def call(client, cast):
    def ask(who: str, method: str, path: str, body: object) -> tuple[int, dict]:
        client.force_login(getattr(cast, who))
        answer = getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    return ask


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"coment": "Sổ ghi 5"}, "có phải là “comment”?"),
        ({"hamlets": 1}, "có phải là “hamlet”?"),
        ({"xyz": None}, "chỉ có: comment, group, hamlet, indicator"),
        ({"indicator": "nothing"}, "Không có ô này"),
        ({"comment": 7.5}, "Hãy ghi một dòng chữ"),
    ],
)
def test_a_cell_of_a_return_says_what_is_wrong_with_it(call, cast, wrong, words):
    report = f.filed(cast.chi_dam, JUNE, "submitted", patrols=3)
    good = {"hamlet": None, "group": None, "indicator": "patrols", "comment": "Sổ ghi 5"}
    status, body = call("hoa", "post", f"reports/{report.pk}/return/", {"comment": "x", "cells": [good, good | wrong]})
    assert status == 400 and len(body["cells"]) == 1
    assert body["cells"][0].startswith("Ô thứ 2: ") and words in body["cells"][0]
    status, alone = call("hoa", "post", f"reports/{report.pk}/return/", {"comment": "x", "cells": [good | wrong]})
    assert status == 400 and alone["cells"] == [body["cells"][0].removeprefix("Ô thứ 2: ")]
    report.refresh_from_db()
    assert report.state == MonthlyReport.State.SUBMITTED and not CellComment.objects.exists()


def test_a_return_points_at_so_many_cells(call, cast):
    report = f.filed(cast.chi_dam, JUNE, "submitted", patrols=3)
    status, body = call(
        "hoa", "post", f"reports/{report.pk}/return/", {"comment": "x", "cells": [{"indicator": "patrols"}] * 501}
    )
    assert status == 400 and "500" in body["cells"][0]


def test_cells_and_a_last_day_belong_to_a_return(call, cast):
    report = f.filed(cast.chi_dam, JUNE, "submitted", patrols=3)
    cells = [{"indicator": "patrols"}]
    for key, value in (("cells", cells), ("answer_by", "2025-06-20")):
        status, body = call("hoa", "post", f"reports/{report.pk}/approve/", {key: value})
        assert status == 400 and body == {key: ["Mục này chỉ dùng khi trả lại báo cáo."]}
    assert call("hoa", "post", f"reports/{report.pk}/return/", {"comment": "x", "cells": cells})[0] == 200


def test_cells_that_are_written_say_what_they_do_not_know(call, cast):
    report = f.report(cast.chi_dam, cast.lan)
    good = {"hamlet": cast.khu[0].pk, "indicator": "patrols", "value": 3, "was": None}
    status, body = call("lan", "put", f"reports/{report.pk}/figures/", {"figures": [good, good | {"vale": 4}]})
    assert status == 207 and len(body["saved"]) == 1
    assert body["errors"][0]["error"] == "Không có mục “vale”; có phải là “value”?"
    status, body = call("lan", "put", f"reports/{report.pk}/figures/", {"figures": [], "figure": [good]})
    assert status == 400 and "“figures”?" in body["figure"][0]
    assert call("lan", "get", f"reports/{report.pk}/figures/", {})[1]["count"] == 1


def test_every_body_refuses_what_it_does_not_know(call, cast):
    report = f.report(cast.chi_dam, cast.lan)
    initiative = f.initiative(cast.chi_dam, name="Camera")
    f.fill(report, cast.lan, {(Row(hamlet=cast.khu[0].pk), "patrols"): 3})
    extension = {"commune": "07999", "month": "2025-06", "due_on": "2025-06-25", "reason": "Mất điện"}
    figure = {"indicator": "patrols", "text": "gần 170"}
    published = {"unit": "25", "span": "2025-H1", "source": "Báo cáo", "figures": [figure]}
    bodies = (
        ("lan", "post", "reports/", {"commune": "07999", "month": "2025-06", "months": 1}, "months"),
        ("lan", "put", f"reports/{report.pk}/notes/", {"difficultes": "x"}, "difficultes"),
        ("lan", "put", f"reports/{report.pk}/notes/", {"difficulties": "x", "was": {"proposal": "y"}}, "was"),
        ("lan", "post", f"reports/{report.pk}/comments/", {"indicator": "patrols", "text": "x", "texts": "y"}, "texts"),
        ("lan", "post", f"reports/{report.pk}/present/", {"explanation": {"*": "x"}}, "explanation"),
        ("lan", "post", f"reports/{report.pk}/handovers/", {"kind": "lead_shot", "quantity": "1", "days": 3}, "days"),
        ("lan", "post", "hamlets/", {"commune": "07999", "name": "Khu 91", "household": 5}, "household"),
        ("lan", "patch", f"hamlets/{cast.khu[0].pk}/", {"population_": 5}, "population_"),
        ("lan", "post", f"initiatives/{initiative.pk}/steps/", {"kind": "consolidate", "notes": "x"}, "notes"),
        ("hoa", "post", "deadlines/", extension | {"due": "2025-06-26"}, "due"),
        ("hoa", "post", "published/", published | {"weapon": 1}, "weapon"),
        ("hoa", "post", "published/", published | {"figures": [figure | {"valu": "170"}]}, "figures"),
    )  # fmt: skip
    for who, method, path, body, at in bodies:
        status, answer = call(who, method, path, body)
        assert status == 400 and list(answer) == [at] and "Không có mục" in str(answer[at]), (path, answer)
    assert not Deadline.objects.exists() and not WeaponHandover.objects.exists()
    assert Initiative.objects.get().steps.count() == initiative.steps.count()


def test_what_an_answer_said_may_be_sent_back(call, cast):
    _, row = call("lan", "get", f"hamlets/{cast.khu[0].pk}/", {})
    assert call("lan", "patch", f"hamlets/{cast.khu[0].pk}/", row | {"households": 5})[0] == 200
    group = f.group(cast.chi_dam, hamlet=cast.khu[0])
    _, row = call("lan", "get", f"groups/{group.pk}/", {})
    assert call("lan", "patch", f"groups/{group.pk}/", row)[0] == 200
