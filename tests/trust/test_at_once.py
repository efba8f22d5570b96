"""Two at the same moment, by the doors that take a step once: one of them takes it, the other is told, none fails."""

import json

import pytest

from tests.databases import empty_database, environment, manage

AT_ONCE = """
import json
import time
from threading import Barrier, Thread

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP

from communes.accounts import second_factor
from communes.models import Confirmation, Hamlet, RegisterChange, User
from communes.scope import Role
from models_registry.catalogues import load_registry_catalogues
from models_registry.importing import kept_lists
from models_registry.models import Award, RegisterImport
from models_registry.views.rounds import LISTED
from reports.catalogue import load_catalogues
from reports.models import Deadline, IssuedReport, ReportEvent
from tests import factories as f
from tests.conftest import cast_of_characters

KEY = "00" * 20
setup_test_environment()
load_registry_catalogues()
load_catalogues()
cast = cast_of_characters()
mai, dao = (f.user(Role.ADMINISTRATOR, username=name) for name in ("mai", "dao"))
report = f.filed(cast.chi_dam, state="submitted")
f.filed(cast.tay_coc)
chief = f.chief_of(cast.tay_coc)
told = {}


def signed_in(who):
    client = Client(raise_request_exception=False)
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at_once(name, *posts):
    ready = Barrier(len(posts))
    statuses = [0] * len(posts)

    def post(place, who, address, given):
        client = signed_in(who)
        ready.wait()
        statuses[place] = client.post(address, given).status_code
        connections.close_all()

    threads = [Thread(target=post, args=(place, *one)) for place, one in enumerate(posts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told[name] = sorted(statuses)


# A list of hamlets, tried by lan, written by her and her chief
client = signed_in(cast.lan)
file = SimpleUploadedFile("khu.csv", "Tên khu dân cư,Số hộ\\nKhu 77,80\\n".encode())
address = client.post("/register/import/hamlets/", {"file": file})["Location"]
at_once("import", *[(who, f"{address}apply/", {}) for who in (cast.lan, cast.minh, cast.lan)])
told["imported"] = Hamlet.objects.filter(name="Khu 77").count()

act = RegisterChange.objects.get(source__isnull=False)
at_once("undo", *[(who, f"/register/recent/{act.pk}/undo/", {}) for who in (cast.lan, cast.minh)])
told["undone"] = Hamlet.objects.filter(name="Khu 77").count()

# Two files of the same awards, and an end of the same groups
file = "Hình thức,Tập thể,Cá nhân,Ngày,Số quyết định\\nGiấy khen Chủ tịch UBND xã,1,0,01/02/2025,1/QĐ\\n".encode()
posts = []
for who in (cast.lan, cast.minh):
    given = {"file": SimpleUploadedFile("khen.csv", file)}
    posts.append((who, f"{signed_in(who).post('/register/import/awards/', given)['Location']}apply/", {}))
at_once("awards", *posts)
told["awarded"] = Award.objects.count()
group = f.group(cast.chi_dam, hamlet=cast.khu[0])
given = {"pk": [group.pk], "query": "", "action": "end", "ended_on": "2025-06-01", "dissolving_decision": "9/QĐ"}
at_once("bulk", *[(who, "/register/groups/bulk/", given) for who in (cast.lan, cast.minh)])
told["ended"] = RegisterChange.objects.filter(kind="bulk").count()

# A round by the commune and its province
lines = kept_lists.keep([[1, "07999", "Khu 1", "Khu Mới", "1/NQ", "01/06/2025"]], LISTED)
at_once("round", *[(who, "/register/hamlets/round/", {"lines": lines}) for who in (cast.lan, cast.hoa, cast.minh)])
told["renamed"] = [Hamlet.objects.filter(name=name).count() for name in ("Khu 1", "Khu Mới")]

# A merger of hamlets by two of the commune
two = "&".join(f"hamlet={one.pk}" for one in cast.khu[1:])
given = {"name": "Khu Chung", "day": "01/06/2025", "decision": "2/NQ"}
at_once("merger", *[(who, f"/register/hamlets/change/merge/?{two}", given) for who in (cast.lan, cast.minh)])
told["merged"] = Hamlet.objects.filter(name="Khu Chung").count()

# More time for a month by one reviewer twice
given = {"commune": cast.tay_coc.pk, "month": "2025-06", "due_on": "30/06/2025", "reason": "Mất điện"}
at_once("extension", *[(cast.hoa, "/review/deadlines/extend/", given | {"reason": one}) for one in ("Mất điện", "Lũ")])
told["extended"] = Deadline.objects.filter(commune=cast.tay_coc).count()

# Approved and given back
at_once(
    "steps",
    (cast.hoa, "/review/07999/2025-06/approve/", {}),
    (cast.hoa, "/review/07999/2025-06/return/", {"comment": "xem lại"}),
    (cast.hoa, "/review/07999/2025-06/approve/", {}),
)
told["taken"] = ReportEvent.objects.filter(report=report).exclude(action="submit").count()

# Issued twice
given = {"number": "5", "day": "2025-07-01", "year": "2025"}
at_once("issue", *[(chief, "/documents/07996/2025-06/issue/", given) for _ in range(2)])
told["issued"] = IssuedReport.objects.count()

# Confirmed and declined
made = f.user(Role.PROVINCE_REVIEWER, cast.phu_tho, username="moi", is_active=False)
waits = Confirmation.objects.create(account=made, why="x", asked_by=cast.quan, asked_at=timezone.now())
decide = reverse("admin:communes_confirmation_changelist")
at_once("decision", *[(who, decide, {"action": one, "_selected_action": [waits.pk]})
                      for who, one in ((mai, "confirm"), (dao, "decline"))])
waits.refresh_from_db()
told["decided"] = (waits.granted == User.objects.get(username="moi").is_active)

# Password and device of one account by one administrator: neither is seen to be the second half
code = TOTP(bytes.fromhex(KEY))
code.time = time.time()
second_factor.enrol(cast.hoa, KEY, f"{code.token():06}")
halves = [(cast.quan, reverse("admin:auth_user_password_change", args=[cast.hoa.pk]), {}),
          (cast.quan, reverse("admin:communes_user_changelist"),
           {"action": "reset_second_factor", "_selected_action": [cast.hoa.pk]})]
at_once("halves", *halves)
told["held"] = [User.objects.get(username="hoa").is_active, Confirmation.objects.filter(account=cast.hoa).count()]

# Administrators shut each other out
lock = reverse("admin:communes_user_changelist")
everybody = [cast.quan, mai, dao]
at_once("lock", *[(who, lock, {"action": "deactivate", "_selected_action": [o.pk for o in everybody if o != who]})
                  for who in everybody])
told["seated"] = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count()
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(migrated, tmp_path_factory):
    with empty_database(tmp_path_factory.mktemp("at_once"), of=migrated) as address:
        said = manage(environment(address), "shell", "--verbosity", "0", "-c", AT_ONCE)
    return json.loads(said.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("door", "statuses", "outcome"),
    [
        ("import", [302, 302, 302], {"imported": 1}),  # who comes later is told on the page that she is led to
        ("undo", [302, 302], {"undone": 0}),
        ("awards", [302, 302], {"awarded": 1}),
        ("bulk", [302, 302], {"ended": 1}),
        ("round", [302, 302, 302], {"renamed": [0, 1]}),
        ("merger", [302, 422], {"merged": 1}),
        ("extension", [302, 409], {"extended": 1}),
        ("steps", [302, 409, 409], {"taken": 1}),
        ("issue", [302, 409], {"issued": 1}),
        ("decision", [302, 302], {"decided": True}),
        ("halves", [200, 302], {"held": [False, 1]}),
        ("lock", [302, 403, 403], {"seated": 1}),
    ],
)
def test_a_step_is_taken_once_by_whoever_comes_first(told, door, statuses, outcome):
    assert told[door] == statuses
    assert {name: told[name] for name in outcome} == outcome
