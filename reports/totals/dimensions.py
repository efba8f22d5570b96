"""What figures are told apart by: the place they belong to, the month they are of, both, or neither."""

from typing import Any, Literal, NamedTuple

from reports.months import Month

By = Literal["indicator", "commune", "month", "hamlet"]
"""What an address or a client asks for; "indicator" tells nothing apart."""
PLACES: dict[str, Literal["commune", "hamlet"]] = {"commune": "commune", "hamlet": "hamlet"}
UNIT, MONTH = ("report__commune_id", "report__province_id"), ("day",)


class Dimension(NamedTuple):
    """Places, months, both, or neither."""

    place: Literal["commune", "hamlet"] | None
    monthly: bool

    @classmethod
    def of(cls, by: By, monthly: bool = False) -> "Dimension":
        """The dimension that is asked by; ``monthly`` tells the months of each place apart as well."""
        return cls(PLACES.get(by), monthly or by == "month")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns by which totals are grouped."""
        return (UNIT if self.place == "commune" else ()) + (MONTH if self.monthly else ())

    def key(self, place: int | None, month: Month | None) -> Any:
        """The key of a figure, given both that there are: None, a place, a month, or a place and a month."""
        if self.place and self.monthly:
            return place, month
        return place if self.place else month if self.monthly else None
