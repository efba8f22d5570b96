"""An ordinary month of a hamlet and of a commune, by the ratios of domain, section 6."""

import random
from collections.abc import Sequence

from communes.models import Commune
from reports.models import MonthlyReport
from reports.months import Month

FIRST = Month(2024, 12)
HALF = Month(2025, 1)  # the published half-year begins
CHI_DAM_H1 = {"patrols": 202, "patrol_attendance": 832, "valuable_tips": 42}
CHI_DAM_STOCKS = {
    "suspended_sentences": 23,
    "non_custodial": 7,
    "deferred_sentences": 1,
    "released_supported": 21,
}


def split(total: int, parts: int, rng: random.Random) -> list[int]:
    """Divide a whole number into ``parts`` uneven whole parts that add up to it."""
    result = [0] * parts
    for _ in range(total):
        result[rng.randrange(parts)] += 1
    return result


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number in proportion to weights; the parts add up to it."""
    whole, shares, given, weighed = sum(weights), [], 0, 0
    for weight in weights:
        weighed += weight
        until = total * weighed // whole if whole else 0
        shares.append(until - given)
        given = until
    return shares


class OrdinaryMonths:
    """Values of cells, by indicator code."""

    rng: random.Random
    chi_dam: Commune
    last: Month
    pending: dict[tuple[int, int], int]

    def restated(self, report: MonthlyReport) -> bool:
        """Neighbours restated the months long past for the whole commune, without hamlets."""
        return report.commune_id != self.chi_dam.pk and report.month.until(self.last) >= 12

    def carry(self, place: tuple[int, int], month: dict[str, int]) -> dict[str, int]:
        """Settle this month what was pending at the end of the last, so that opening + in − out = closing."""
        opening = self.pending.get(place, 0)
        self.pending[place] = month["disputes_pending"]
        return month | {"disputes_settled": month["disputes_settled"] + opening}

    def restated_month(self, hamlets: int) -> dict[str, int]:
        """An ordinary month of a commune's hamlets together."""
        part = self.rng.uniform
        patrols, valuable = round(hamlets * part(0.9, 1.3)), round(hamlets * part(0.08, 0.22))
        sessions, received = round(hamlets * part(0.2, 0.4)), round(hamlets * part(0.1, 0.4))
        return {
            "group_meetings": round(hamlets * part(1.5, 2.5)),
            "patrols": patrols,
            "patrol_attendance": round(patrols * part(4, 4.6)),
            "tips": valuable + round(hamlets * part(0.1, 0.5)),
            "valuable_tips": valuable,
            "disputes_received": received,
            "disputes_settled": received,
            "disputes_not_settled": 0,
            "disputes_pending": 0,
            "outreach_sessions": sessions,
            "outreach_attendance": round(sessions * part(60, 110)),
            "household_commitments": round(hamlets * part(0.5, 1.7)),
        }

    def hamlet_month(self) -> dict[str, int]:
        """An ordinary month of a hamlet."""
        chance = self.rng.random
        patrols = int(chance() * 3.2)
        valuable = int(chance() < 0.17)
        sessions = int(chance() < 0.3)
        received = int(chance() < 0.25)
        settled = int(received and chance() < 0.85)
        return {
            "group_meetings": 1 + int(chance() * 3),
            "patrols": patrols,
            "patrol_attendance": patrols * 4 + (int(chance() * 3) if patrols else 0),
            "tips": valuable + int(chance() < 0.3),
            "valuable_tips": valuable,
            "disputes_received": received,
            "disputes_settled": settled,
            "disputes_not_settled": 0,
            "disputes_pending": received - settled,
            "outreach_sessions": sessions,
            "outreach_attendance": sessions * (50 + int(chance() * 70)),
            "household_commitments": int(chance() * 6) if chance() < 0.4 else 0,
        }

    def unit_month(self, report: MonthlyReport, sums: dict[str, int]) -> dict[str, int]:
        """An ordinary month of what is entered for the commune as a whole."""
        seed = random.Random(report.commune_id)
        drift = FIRST.until(report.month) // 6
        stocks = {
            "released_supported": seed.randint(6, 30) + drift,
            "suspended_sentences": seed.randint(3, 22),
            "non_custodial": seed.randint(0, 7),
            "deferred_sentences": seed.randint(0, 2),
            "youth_supervised": seed.randint(0, 6),
        }
        if report.commune_id == self.chi_dam.pk:
            stocks |= CHI_DAM_STOCKS
        solved = min(sums.get("valuable_tips", 0), self.rng.randint(0, 3))
        return stocks | {
            "cases_solved_from_tips": solved,
            "offenders_from_tips": solved + (self.rng.randint(0, 2) if solved else 0),
            "outreach_hamlets": sums.get("outreach_sessions", 0),
            "online_posts": self.rng.randint(4, 25),
            "business_commitments": self.rng.randint(0, 12),
            "fire_drills": self.rng.randint(0, 3),
            "directives_issued": self.rng.randint(1, 6),
        }

    def chi_dam_half(self) -> dict[tuple[int, Month, int], dict[str, int]]:
        """Divide the published half-year of Chí Đám among 6 months and 39 khu."""
        places = [(HALF + step, place) for step in range(6) for place in range(39)]
        patrols = split(CHI_DAM_H1["patrols"], len(places), self.rng)
        more = spread(CHI_DAM_H1["patrol_attendance"] - CHI_DAM_H1["patrols"], patrols)
        valuable = split(CHI_DAM_H1["valuable_tips"], len(places), self.rng)
        return {
            (self.chi_dam.pk, month, place): {
                "patrols": patrols[i],
                "patrol_attendance": patrols[i] + more[i],
                "valuable_tips": valuable[i],
                "tips": valuable[i] + (i % 3 == 0),
            }
            for i, (month, place) in enumerate(places)
        }
