"""One random province, asked by its readers, and how what is true of it is written: for :mod:`doors`."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from django.test import Client

from reports.models import Indicator
from reports.months import Month, Span
from tests.reports.random_coverage import CODES
from tests.reports.recount import Recount, words_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
OVER, RUNNING = datetime(2025, 7, 20, 2, tzinfo=UTC), datetime(2025, 6, 10, 2, tzinfo=UTC)
BASES = {"previous": "kỳ trước", "same_span_last_year": "cùng kỳ"}


class Case:
    """One world, filled; who reads it, for which span and of which reports."""

    def __init__(self, world, span, include, now):
        self.world, self.include, self.now = world, include, now
        self.span = Span.parse(span)
        today = date(2025, 7, 20) if now == OVER else date(2025, 6, 10)
        self.truth = Recount(world, include, today, Month(2025, 8) if now == OVER else Month(2025, 6))
        self.mine = [*(one.pk for one in world.communes[:4]), -world.province.pk]
        self.names = {i.code: i.name for i in Indicator.objects.filter(code__in=CODES)}
        self.codes = {name: code for code, name in self.names.items()}
        self.reader, self.chief, self.viewer = map(browser, (world.reviewer, world.chief, world.viewer))

    @property
    def query(self):
        asked = {"span": str(self.span)}
        return asked if self.include == "sent" else asked | {"include": self.include}

    def at(self, base):
        return getattr(self.span, base)

    def value(self, units, code, span=None, **home):
        return self.truth.value(units, code, span or self.span, **home)

    def compared(self, units, code, base, *, commune=False, span=None, **home):
        """What is true of a comparison; None where neither span has anything."""
        here = span or self.span
        words = words_of(here, BASES[base], commune=commune)
        return self.truth.compared(units, code, here, before_of(here, self.span, base), words, **home)

    def get(self, client, address, **asked):
        answer = client.get(f"{address}{'&' if '?' in address else '?'}{urlencode(self.query | asked)}")
        assert answer.status_code == 200, (address, asked, answer.status_code)
        return answer


def before_of(here, asked, base):
    """The span that one is compared with; of one month of the span asked, the month in the same place."""
    if here is asked:
        return getattr(asked, base)
    back = len(asked) if base == "previous" else 12
    return month_span(here.first - back)


def month_span(month):
    return Span(str(month), month, month, 1)


def browser(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


# How a comparison is written


def moved(now, then, names="▼▲"):
    """As decided: no percentage of a base under ten, one decimal; in a cell arrows, elsewhere a fall and a rise."""
    gap = abs(now - then)
    if not gap:
        return "không đổi"
    up = now > then
    if then < 10:
        return f"từ {spelt(then)} {'lên' if up else 'xuống'} {spelt(now)}"
    rate = (Decimal(gap) * 100 / then).quantize(Decimal("0.1"), ROUND_HALF_UP)
    sign = "+" if up else "−"
    return f"{names[up]} {spelt(gap)} ({sign}{spelt(rate)}%)"


def spelt(value):
    whole, _, rest = f"{value:,f}".partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")


def in_a_cell(said):
    """In a table: "▲ 9 (+10%), so cùng 9 xã, phường", or why not."""
    if said is None:
        return ""
    why = said.why.removesuffix(" có số liệu cả hai kỳ")
    if said.basis == "none":
        return why if said.reports else ""
    return ", ".join(filter(None, (moved(said.now, said.then), why)))


def beside(said, name, told=""):
    """In a tile: the same with what it is compared with; ``told`` is said once below the tiles."""
    if said is None or said.basis == "none":
        return f"chưa so được với {name}: {said.why}" if said and said.reports else ""
    words, gap = moved(said.now, said.then, ("giảm", "tăng")), abs(said.now - said.then)
    if gap and (gap < 5 or gap * 20 < said.then):
        up = "lên" if said.now > said.then else "xuống"
        words = f"{'chênh ít' if gap * 20 >= said.then else 'gần như không đổi'} (từ {spelt(said.then)} {up} {spelt(said.now)})"
    return f"{said.why}: {words} so với {name}" if said.why and said.why != told else f"{words} so với {name}"
