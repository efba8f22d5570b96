"""Clients that save all the while, as browsers do: what is refused for a while is sent again."""

import json
import threading
import time

CLIENTS = 3
MAKE = """
from django.utils import timezone
from knox.models import AuthToken
from communes.models import Commune, User
from reports.models import MonthlyReport
from reports.months import Month
month = Month.at(timezone.now(), 14)
for commune in Commune.objects.living().filter(province__code="25").order_by("code")[:%d]:
    name = "saver" + commune.code
    user = User.objects.create_user(name, "mot-hai-ba-bon", role="commune_officer", commune=commune, must_change_password=False)
    hamlets = commune.hamlet_set.filter(ended_on=None).values_list("pk", flat=True)[:5]
    print(commune.code, month, AuthToken.objects.create(user)[1], *hamlets)
"""


class Lost(AssertionError):
    """Something acknowledged is not there, or an answer was none that the guide allows."""


class Savers:
    """Some officers, each with a month; ``saved`` counts what was acknowledged, ``away`` how long nobody answered."""

    def __init__(self, site):
        self.site = site
        self.saved = 0
        self.faults = []
        self.away = 0.0
        self.changed = threading.Condition()
        self.officers = [
            self.officer(line.split()) for line in site.manage("shell", "-v", "0", "-c", MAKE % CLIENTS).splitlines()
        ]

    def officer(self, words):
        commune, month, token, *hamlets = words
        officer = {"token": token, "hamlets": [int(pk) for pk in hamlets], "kept": {}, "wanted": {}, "commune": commune}
        status, _, body = self.call(officer, "POST", "/api/v1/reports/", {"commune": commune, "month": month})
        if status not in (200, 201):
            raise Lost(f"{status} {body!r}")
        officer["report"] = json.loads(body)["id"]
        return officer

    def call(self, officer, method, path, body=None):
        headers = {"Authorization": f"Token {officer['token']}", "Content-Type": "application/json"}
        return self.site.call(method, path, None if body is None else json.dumps(body), headers)

    def start(self):
        self.stopped = threading.Event()
        self.away = 0.0
        self.threads = [threading.Thread(target=self.work, args=(one,)) for one in self.officers]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        if self.faults:
            raise Lost(self.faults[:3])

    def wait_for_saves(self, count):
        """Until so many more were acknowledged."""
        goal = self.saved + count
        with self.changed:
            self.changed.wait_for(lambda: self.saved >= goal or self.faults)
        if self.faults:
            raise Lost(self.faults[:3])

    def work(self, officer):
        value = max(officer["kept"].values(), default=0)
        try:
            while not self.stopped.is_set():
                value += 1
                for hamlet in officer["hamlets"]:
                    self.save(officer, hamlet, value)
                self.read(officer)
        except Exception as error:
            with self.changed:
                self.faults.append(repr(error))
                self.changed.notify_all()

    def read(self, officer):
        """Look at the month and at its sums: an answer, or word of when to come back."""
        for path in (f"reports/{officer['report']}/", f"summary/?commune={officer['commune']}&span=2025"):
            status, headers, body = self.call(officer, "GET", f"/api/v1/{path}")
            if status != 200 and not (status == 503 and headers["Retry-After"]):
                raise Lost(f"{status} {body!r}")

    def save(self, officer, hamlet, value):
        """Until it is acknowledged. What was written though the answer never came is found as a conflict with oneself."""
        cell = {
            "hamlet": hamlet,
            "group": None,
            "indicator": "patrols",
            "value": value,
            "was": officer["kept"].get(hamlet),
        }
        first_refusal = None
        while True:
            status, headers, body = self.call(
                officer, "PUT", f"/api/v1/reports/{officer['report']}/figures/", {"figures": [cell]}
            )
            if status != 503:
                break
            if not headers["Retry-After"]:
                raise Lost("503 without Retry-After")
            first_refusal = first_refusal or time.monotonic()
            self.stopped.wait(0.2)
        if first_refusal:
            self.away = max(self.away, time.monotonic() - first_refusal)
        conflicts = json.loads(body).get("conflicts") or [] if status == 207 else []
        if status != 200 and [one["current"] for one in conflicts] != [value]:
            raise Lost(f"{status} {body!r}")
        with self.changed:
            officer["kept"][hamlet] = value
            self.saved += 1
            self.changed.notify_all()

    def prove(self):
        """Each acknowledged cell stands there, and the month's total is their sum."""
        for officer in self.officers:
            _, _, body = self.call(officer, "GET", f"/api/v1/reports/{officer['report']}/figures/?page_size=1000")
            found = {
                one["hamlet"]: one["value"] for one in json.loads(body)["results"]
                if one["indicator"] == "patrols" and one["group"] is None
            }  # fmt: skip
            _, _, body = self.call(officer, "GET", f"/api/v1/reports/{officer['report']}/")
            total = json.loads(body)["totals"]["patrols"]
            if found != officer["kept"] or total != sum(found.values()):
                raise Lost(f"{officer['commune']}: kept {found}, acknowledged {officer['kept']}, total {total}")
