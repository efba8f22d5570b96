"""What someone asks of the totals, read from an address: the page and the API ask alike."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError

from communes.keys import row_keys
from communes.managers import UnitQuerySet
from communes.models import Cluster, Commune, District, Province, User
from communes.models.places import OfficialUnit
from communes.names import asked_words, fold
from reports.filters import SpanForm
from reports.models import Indicator
from reports.months import Month, Span
from reports.totals.dimensions import By
from reports.totals.inquiry import USUAL, Include
from reports.totals.place import Place
from reports.totals.published import usual_boundaries
from reports.totals.summary import Summary
from reports.units import UnknownUnit

COUNTED_WORDS: dict[Include, str] = {
    "sent": "báo cáo đã gửi",
    "approved": "chỉ báo cáo đã duyệt",
    "all": "mọi báo cáo, kể cả đang nhập",
}
"""Which monthly reports a page counts, as its title and its switch say it; the usual choice first."""


NAMESAKES = 40
"""So many units of one kind are offered at most where no name is what was asked in full."""

TOTALS_ONLY = (
    "Đơn vị cũ này chỉ nhập một phần vào xã: chỉ xem được tổng theo chỉ tiêu hoặc theo tháng, theo địa giới khi báo "
    "cáo, của báo cáo đã gửi."
)


def place_asked(data: Mapping[str, Any], user: User, *, parts: bool = False) -> Place:
    """Return the place named by ``commune``, ``cluster``, ``district`` or ``province``, or the user's own.

    With ``parts`` also a former commune that went into the user's in part, for its totals alone.
    Raises :class:`UnknownUnit` for a place outside the user's scope.
    """
    if data.get("commune"):
        seen = [Commune.objects.visible_to(user), *([Commune.objects.in_part_of(user.communes_seen)] if parts else [])]
        for communes in seen:
            for commune in communes.select_related("province").named(data["commune"]):
                return Place(commune.province, commune)
        raise UnknownUnit(data["commune"])
    if data.get("cluster"):
        visible_clusters = Cluster.objects.visible_to(user).select_related("province")
        for cluster in visible_clusters.filter(pk__in=row_keys([data["cluster"]])):
            return Place(cluster.province, cluster=cluster)
        raise UnknownUnit(data["cluster"])
    if data.get("district"):
        districts = District.objects.visible_to(user).select_related("province")
        for district in districts.named(data["district"]):
            return Place(district.province, district=district)
        raise UnknownUnit(data["district"])
    if data.get("province"):
        if not user.is_commune:
            for province in Province.objects.visible_to(user).named(data["province"]):
                return Place(province)
        raise UnknownUnit(data["province"])
    if user.belongs_to_no_province:
        return Place()
    return Place(user.home_province, user.commune)


def place_named(slug: str, user: User) -> Place:
    """Return the place of a unit's name, which kind it is said by its code: "25", "119-2025", "07999".

    Raises :class:`UnknownUnit`.
    """
    kind = {2: "province", 3: "district"}.get(len(slug.partition("-")[0]), "commune")
    return place_asked({kind: slug}, user)


def units_called(words: str, user: User) -> list[OfficialUnit]:
    """Return the units of the user's scope whose names hold ``words``, accents and case forgiven.

    Those called so in full come alone where there are any: "Sơn La" asks for the province, not for each "Xã Sơn La 2".
    """
    wanted = " ".join(asked_words(words))
    below = [Commune.objects.select_related("province"), District.objects.select_related("province")]
    kinds: list[UnitQuerySet] = below[:1] if user.is_commune else [Province.objects.all(), *below[::-1]]
    seen = [kind.visible_to(user) for kind in kinds] if wanted else []
    whole = [
        one for kind in seen for one in kind.filter(search__endswith=wanted) if wanted in (fold(one.name), one.search)
    ]
    return whole or [one for kind in seen for one in kind.search(words)[:NAMESAKES]]


def place_query(place: Place) -> dict[str, str]:
    """Return how an address names a place; nothing for the country."""
    if place.commune:
        return {"commune": place.commune.slug}
    if place.cluster:
        return {"cluster": str(place.cluster.pk)}
    if place.district:
        return {"district": place.district.slug}
    return {"province": place.province.slug} if place.province else {}


def default_span(place: Place, now: datetime) -> Span:
    """The last month that has ended."""
    return place.span(str(Month.at(now, place.cutoff) - 1))


def reads_totals_only(place: Place, user: User) -> bool:
    """Whether the place is a former commune that went into the user's in part (:func:`place_asked`)."""
    return user.is_commune and place.commune is not None and place.commune.pk not in user.communes_seen


def summary_asked(given: Mapping[str, Any], user: User, now: datetime, *, parts: bool = False) -> tuple[Summary, By]:
    """Return the summary that is asked for and the dimension of its rows (``parts``: :func:`place_asked`).

    Raises ``ValidationError`` by field for what is malformed, :class:`UnknownUnit` for a place out of
    scope.
    """
    form = SpanForm(given)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    data = form.cleaned_data
    place = place_asked(data, user, parts=parts)
    if reads_totals_only(place, user):
        _refuse_more_than_totals(data)
    try:
        span = place.span(data["span"]) if data["span"] else default_span(place, now)
    except ValueError as error:
        raise ValidationError({"span": str(error)}) from error
    by: By = data["by"] or "indicator"
    codes = tuple(code for code in data["indicator"].split(",") if code) or None
    if codes:
        unknown = set(codes) - set(Indicator.objects.values_list("code", flat=True))
        if unknown:
            raise ValidationError({"indicator": f"Không có chỉ tiêu mang mã “{sorted(unknown)[0]}”."})
    if by == "hamlet" and not place.commune:
        raise ValidationError({"by": "Xem theo khu dân cư cần chọn một xã (commune)."})
    if by == "commune" and not place.province and not codes:
        raise ValidationError({"by": "Xem cả nước theo xã cần chọn chỉ tiêu (indicator)."})
    summary = Summary(place, span, now, data["include"] or USUAL, data["boundaries"] or usual_boundaries(place), codes)
    return summary, by


def _refuse_more_than_totals(data: Mapping[str, Any]) -> None:
    """Raise ``ValidationError`` for what is no total of the former commune: today's boundaries are its heir's own."""
    refused = {"by": ("commune", "hamlet"), "boundaries": ("today",), "include": ("all",)}
    for name, values in refused.items():
        if data[name] in values:
            raise ValidationError({name: TOTALS_ONLY})


def counted_choices(include: str, address_of: Callable[[Include], str]) -> list[tuple[str, str, bool]]:
    """Return which reports can be counted: address, words, whether it is the choice in force."""
    return [(address_of(one), words, one == include) for one, words in COUNTED_WORDS.items()]


def figure_span(summary: Summary, span: str = "") -> str:
    """Return the end of the addresses of a summary's figures: which span, which reports, which boundaries."""
    asked = {"span": span or str(summary.span)}
    if summary.include != USUAL:
        asked["include"] = summary.include
    if summary.boundaries != "today":
        asked["boundaries"] = summary.boundaries
    return urlencode(asked)


def span_below(summary: Summary, span: Span | None = None) -> str:
    """Return how a span, a summary's own or another, is named to the parts of its place.

    To those of the country by its months where the year of a province begins elsewhere.
    """
    span = span or summary.span
    if summary.place.province or len(span) == 1 or not Province.objects.with_other_years().exists():
        return str(span)
    return f"{span.first}..{span.last}"


def figure_address(summary: Summary, code: str, span: str = "", **place: str) -> str:
    """Return where one figure of a summary is taken apart, down to its cells (``/figures/``).

    ``span`` and ``place`` (province, cluster, commune, office, row) stand for the summary's own where given.
    """
    place = place or place_query(summary.place)
    return f"/figures/?{urlencode(place | {'indicator': code})}&{figure_span(summary, span)}"
