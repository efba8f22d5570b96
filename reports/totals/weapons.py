"""What was handed over, by kind, source and month; each kind in its own unit."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet, Sum

from reports.models import WeaponHandover, WeaponKind
from reports.months import Month, Span
from reports.totals.place import Counted
from reports.totals.register import RegisterStocks


class Weapons(RegisterStocks):
    """The weapons in the reports that count."""

    def handovers(self) -> QuerySet[WeaponHandover]:
        """The lines of weapons behind the quantities of the span."""
        return WeaponHandover.objects.filter(report__in=self.chosen(self.span))

    def weapons(self, span: Span | None = None, reports: list[Counted] | None = None) -> dict[str, Decimal]:
        """Return quantities handed over by kind, each in its own unit; of some counted reports of the span only."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for code, _, quantity in self._handed_over(span or self.span, reports):
            found[code] += quantity
        return dict(found)

    def weapons_by_source(self) -> dict[str, dict[str, Decimal]]:
        """Return what was handed over in the span by how it came (:class:`WeaponHandover.Source`) and kind."""
        found: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for code, source, quantity in self._handed_over(self.span):
            found[source][code] = quantity
        return found

    def _handed_over(self, span: Span, reports: list[Counted] | None = None) -> list[tuple[str, str, Decimal]]:
        """Kind, source and quantity of what was handed over, in one query, remembered."""

        def grouped() -> QuerySet:
            chosen = self.chosen(span) if reports is None else [report.pk for report in reports]
            rows = WeaponHandover.objects.filter(report__in=chosen).order_by()
            return rows.values_list("kind__code", "source").annotate(Sum("quantity"))

        counted = self.counted(span) if reports is None else reports
        found = self.remember(
            ("weapons", span.first, span.last, self.include, reports is None or tuple(r.pk for r in reports)),
            lambda: self._sums("weapons by source", span, counted, grouped),
        )
        return [(code, source, Decimal(total).quantize(Decimal("0.001"))) for code, source, total in found]

    def weapons_by_month(self, span: Span | None = None) -> dict[Month, dict[str, Decimal]]:
        """Return the same month by month."""
        rows = WeaponHandover.objects.filter(report__in=self.chosen(span or self.span)).order_by()
        found: dict[Month, dict[str, Decimal]] = defaultdict(dict)
        for month, code, total in rows.values_list("report__month", "kind__code").annotate(Sum("quantity")):
            found[month][code] = Decimal(total).quantize(Decimal("0.001"))
        return found

    @staticmethod
    def guns(weapons: dict[str, Decimal], kinds: Iterable[WeaponKind]) -> Decimal:
        """Add the kinds that are guns, all counted in "khẩu"."""
        return sum((weapons.get(kind.code, Decimal(0)) for kind in kinds if kind.is_gun), Decimal(0))
