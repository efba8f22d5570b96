"""Whatever is asked of a page, by address or form: an answer in Vietnamese, never a 500."""

# ruff: noqa: F811
from collections import defaultdict

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from tests import fuzz
from tests.databases import whole
from tests.test_routes import ROLES, addresses, rows  # noqa: F401 (a fixture)

BACKEND = "django.contrib.auth.backends.ModelBackend"
HUGE = "9" * 30
ODD = [
    "", " ", "\x00", "a\x00b", "\x1a", "\u202e", "\u200b", "\ufeff", "\ud7ff", "\U0001f600", "\U0010ffff", "a\u0301" * 50,
    "0", "-1", "1", "2", HUGE, "-" + HUGE, "9" * 5000, "1.5", "1e999", "NaN", "Infinity", "0x10", "+5", "1_000", "1 000",
    "٣", "①", "²", "½", "２０２５", "2025", "0000", "1944", "1945", "1999", "2099", "9999", "99999", "-2025", "٢٠٢٥",
    "2025-06", "2025-6", "2025-13", "2025-00", "0000-01", "9999-12", "2001-01", "2099-12", "1999-12", "2025-06-31",
    "2025-06-16", "16/06/2025", "0001-01-01", "9999-12-31", "31/02/2025", "99999-01-01", "2025-06-16T09:00",
    "2025-06-16T09:00:00+99:99", "9999-12-31T23:59:59.999999-14:00", "0001-01-01T00:00:00+14:00", "24:00",
    "2025-Q1", "2025-Q5", "2025-H1", "2025-9M", "2025-01..2025-05", "2025-05..2025-01", "2001-01..2099-12", "2025..2024",
    "..", "2025-06..", "0000-H1", "9999-H2", "25", "07999", "07999-2025", "province-25", "province-99", "D0123", "00000",
    "patrols", "lead_shot", "mediation", "other", "groups", "merge", "h1", "h0", f"h{HUGE}", "g1", "h-1", "x1", "h٣",
    "xlsx", "csv", "print", "json", "html", "approved", "sent", "all", "even", "late", "month", "unit", "line", "map",
    "matrix", "ranking", "true", "false", "on", "null", "None", "[]", "{}", "{{7*7}}", "{% x %}", "%", "%s", "_", "\\",
    "'", '"', "';--", "<script>", "../../etc/passwd", "//evil.example", "https://evil.example", "javascript:alert(1)",
    "a" * 3000, "khu " * 800, ",", ",,,", "1,2,3", "patrols,patrols", "-name", "--", "?x=1&y=2", "#", "\r\nSet-Cookie: a=b",
]  # fmt: skip


STRAY = ("nowhere", "\x00", "page", "q", "o", "p", "e", "all", "_facets", "_popup", "next", "format")


class Learned:
    """Which names each page asks its address or form for, learned while it answers."""

    def __init__(self):
        self.names, self.page = defaultdict(set), ""

    def watch(self, monkeypatch):
        for method in ("__getitem__", "__contains__", "getlist"):
            monkeypatch.setattr(QueryDict, method, self._noting(getattr(MultiValueDict, method)), raising=False)

    def _noting(self, read):
        def reading(given, key, *default):
            if isinstance(key, str):
                self.names[self.page].add(key)
            return read(given, key, *default)

        return reading


def pages(rows):
    """Every address of the site with the rows there are, and the administration's lists and forms."""
    offices = [reverse("admin:index"), reverse("admin:login"), reverse("admin:jsi18n")]
    for model in apps.get_models():
        if admin.site.is_registered(model):
            base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            offices += [reverse(f"{base}_changelist"), reverse(f"{base}_add")]
    return sorted(set(addresses(rows))), offices


def asked(learned, rows, dice, count):
    """Who asks what of which address."""
    own, offices = pages(rows)
    for _ in range(count):
        office = dice.random() < 0.1
        page = learned.page = dice.choice(offices if office else own)
        known = sorted(learned.names[page]) or STRAY
        names = [dice.choice(STRAY if dice.random() < 0.1 else known) for _ in range(dice.randint(1, 4))]
        given = {name: dice.choices(ODD, k=dice.choice((1, 1, 1, 3))) for name in names}
        yield "quan" if office else dice.choice(ROLES), page, given


def answered(client, method, address, given, **more):
    """Its status and what it says, or what it raised."""
    try:
        with transaction.atomic():
            answer = getattr(client, method)(address, given, **more)
            said = b"".join(answer).decode(errors="replace") if answer.status_code in (400, 404) else ""
            transaction.set_rollback(True)
        return answer.status_code, said
    except Exception as error:
        return 500, f"{type(error).__name__}: {error}"[:200]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_whatever_is_asked_of_a_page_is_answered(client, cast, rows, method, monkeypatch):
    faults, learned = [], Learned()
    learned.watch(monkeypatch)
    own, offices = pages(rows)
    for who, part in (("quan", offices), ("lan", own), ("hoa", own)):  # what each asks of an empty form
        client.force_login(getattr(cast, who), backend=BACKEND)
        for learned.page in part:
            if not learned.names[learned.page]:
                answered(client, method, learned.page, {})
    for who, address, given in asked(learned, rows, fuzz.dice(), fuzz.CASES or whole(100, 300)):
        client.force_login(getattr(cast, who), backend=BACKEND)
        status, said = answered(client, method, address, given)
        spoken = address.startswith(("/api/", "/admin/")) or "hông" in said
        if status >= 500 or (status in (400, 404) and not spoken):
            short = {key: [one[:40] for one in value] for key, value in given.items()}
            faults.append((status, who, address, short, said[:200]))
    assert not faults, "\n".join(map(repr, faults[:40])) + f"\n{len(faults)} in all"
