"""The text of the report, drafted from the facts alone: the same facts give the same words.

Sentences that are only figures come from the table in :mod:`sentences`; those that need more than
figures (names, kinds) are small functions here, those that judge in :mod:`assessment`. ``ORDER`` puts all in line.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from communes.templatetags.vietnamese import number
from reports.documents import assessment
from reports.documents.assessment import TRENDS
from reports.documents.facts import Facts, WeaponLine
from reports.documents.outline import Paragraph, Text
from reports.documents.sentences import RULES, SayChange, said_place
from reports.documents.wording import comparison, counted, day_figures, in_text, listed, official, sentence, some
from reports.totals.comparing import BASE_NAMES

INCLUDED = {"approved": "đã duyệt", "sent": "đã gửi", "all": "đã lập, kể cả đang nhập"}
COMPARED = (*TRENDS, *(piece.code for rule in RULES.values() for piece in rule.pieces if isinstance(piece, SayChange)))
"""What the words compare."""


def where(facts: Facts) -> Text:
    """The place in two figures; of a province whose reports are not all there, by whose figures."""
    hamlets = facts.value("hamlets")
    if not hamlets:
        return "", ()
    on, said = day_figures(facts.stands_on), f"{counted(hamlets)} khu dân cư"
    if not facts.of_province:
        return f"Tính đến ngày {on}, {said_place(facts)} có {said}", ("hamlets",)
    rests = facts.basis
    told = rests.reporting + facts.by_code["hamlets"].registered
    if told < rests.units:
        of = f"{number(told)}/{number(rests.units)} {facts.units}"
        return f"Theo số liệu của {of}, đến ngày {on} {said_place(facts)} có {said}", ("hamlets",)
    return f"Tính đến ngày {on}, {said_place(facts)} có {counted(rests.units)} {facts.units} với {said}", ("hamlets",)


def basis(facts: Facts) -> Text:
    """What the figures rest on."""
    rests, (since, on) = facts.basis, facts.window
    reports = f"báo cáo tháng {INCLUDED[facts.include]}"
    if len(facts.span) > 1 or not facts.of_province:
        reports = f"{number(rests.counted)}/{number(rests.expected)} {reports}"
    units = f" của {number(rests.reporting)}/{number(rests.units)} {facts.units}" if facts.of_province else ""
    running = f" (kỳ chưa kết thúc, đang ở {facts.unfinished.title})" if facts.unfinished else ""
    return (
        f"Số liệu tính từ ngày {day_figures(since)} đến ngày {day_figures(on)}{running}, tổng hợp từ {reports}{units}",
        (),
    )


def carried(facts: Facts) -> Text:
    """Whose stocks are of a month before the one reported of."""
    return official(facts.carried.removesuffix(".")), ()


def waiting(facts: Facts) -> Text:
    """The communes that have sent what the province has not approved yet: they owe nothing."""
    names = [in_text(part.name) for part in facts.waiting]
    if facts.of_province:
        words = f"{counted(len(names))} đơn vị đã gửi báo cáo, đang chờ tỉnh duyệt nên chưa tính đủ: {some(names)}"
        return (words if names else ""), ()
    left = facts.basis.unsettled
    return (f"{counted(left)} báo cáo tháng đã gửi, đang chờ tỉnh duyệt nên chưa tính" if left else ""), ()


def not_compared(facts: Facts) -> Text:
    """Which spans before nothing is compared with, and why: what most of the figures that are told of say."""
    said, told = [], [facts.by_code[code] for code in COMPARED if code in facts.by_code]
    for base in facts.bases:
        both = [line for line in told if line.value is not None and getattr(line, base) is not None]
        why = Counter(line.compared[base].why for line in both if base in line.compared and not line.beside(base))
        if why and not any(line.beside(base) for line in both):
            said.append(f"{BASE_NAMES[base]} vì {why.most_common(1)[0][0]}")
    return (f"Không so sánh với {'; không so sánh với '.join(said)}" if said else ""), ()


def initiatives(facts: Facts) -> Text:
    """The initiatives that run: of how many types, at how many sites; a commune's by their names."""
    running = facts.value("initiatives")
    if not running:
        return "", ()
    types, sites, skilful = facts.initiative_types, facts.value("initiative_sites"), facts.value("initiatives_skilful")
    words = f"Đến nay, {said_place(facts)} duy trì hoạt động {counted(running)} mô hình"
    words += f" thuộc {counted(types)} loại" if facts.of_province and types else ""
    words += f" tại {counted(sites)} điểm" if sites else ""
    words += f", trong đó có {counted(skilful)} mô hình “Dân vận khéo”" if skilful else ""
    if len(facts.initiative_names) == running:  # the register has moved on otherwise
        words += f", gồm: {'; '.join(f'“{name}”' for name in facts.initiative_names)}"
    return words, ("initiatives", "initiative_sites", "initiatives_skilful")


def weapons(facts: Facts) -> Text:
    """Everything handed over in one sentence, kind by kind in its own unit."""
    lines = [line for line in facts.weapons if line.value]
    if not lines:
        return "", ()
    words = f"Đã vận động nhân dân giao nộp, thu hồi {listed([_handed_over(line) for line in lines])}"
    gifts = [replace(line, value=facts.exchanged[line.code]) for line in lines if facts.exchanged.get(line.code)]
    words += f"; riêng hình thức đổi quà thu được {listed([_handed_over(line) for line in gifts])}" if gifts else ""
    guns = facts.guns.value
    if guns and sum(line.is_gun for line in lines) > 1:
        words += f"; trong đó có {counted(guns)} khẩu súng"
        compared = comparison(facts.guns, facts.bases, "khẩu")
        words += f" ({compared})" if compared else ""
    elif len(lines) == 1:
        compared = comparison(lines[0], facts.bases, lines[0].unit)
        words += f", {compared}" if compared else ""
    return words, ()


UNSORTED = "(chưa phân loại)"
THINGS = ("vũ khí", "công cụ")  # counted without "cái"


def _handed_over(line: WeaponLine) -> str:
    """One kind: "03 khẩu súng tự chế"; of what has no kind, that it has none, in no unit that would name one."""
    count, name = counted(line.value or 0), in_text(line.name)
    if line.unit == "cái" and name.startswith(THINGS):
        return f"{count} {name}{' chưa phân loại' if line.name.endswith(UNSORTED) else ''}"
    if not line.name.endswith(UNSORTED):
        return f"{count} {line.unit} {name}"
    return f"{count} {line.unit} súng chưa phân loại" if line.is_gun else f"{count} {name} chưa phân loại"


def awards(facts: Facts) -> Text:
    """Awards of the span; their kinds where they are as many as the reports counted."""
    collectives, individuals = facts.value("awards_collective"), facts.value("awards_individual")
    if not collectives and not individuals:
        return "", ()
    recipients, codes = _recipients(collectives, individuals), ("awards_collective", "awards_individual")
    same = (collectives, individuals) == (
        sum(line.collectives for line in facts.awards),
        sum(line.individuals for line in facts.awards),
    )
    if not same:
        return f"Trong kỳ, có {recipients} được khen thưởng", codes
    if len(facts.awards) == 1:
        return f"Trong kỳ, có {recipients} được tặng {facts.awards[0].kind}", codes
    kinds = [f"{line.kind} cho {_recipients(line.collectives, line.individuals)}" for line in facts.awards]
    return f"Trong kỳ, có {recipients} được khen thưởng, gồm: {'; '.join(kinds)}", codes


def _recipients(collectives: int, individuals: int) -> str:
    both = ((collectives, "tập thể"), (individuals, "cá nhân"))
    return " và ".join(f"{counted(count)} {who}" for count, who in both if count)


SPOKEN = frozenset(code for rule in RULES.values() for code in rule.codes) | {
    "hamlets",
    "household_cluster_households",
    "initiatives",
    "initiative_sites",
    "initiatives_skilful",
    "outreach_hamlets",
    "awards_collective",
    "awards_individual",
}


def others(facts: Facts) -> Text:
    """What the province has added to the catalogue, for which no sentence was written."""
    lines = [line for line in facts.lines if line.value and line.code not in SPOKEN]
    said = [f"{in_text(line.name)}: {counted(line.value or 0)} {line.unit}" for line in lines]
    return (f"Các chỉ tiêu khác: {'; '.join(said)}" if said else ""), tuple(line.code for line in lines)


MOST_PUBLISHED = 1200  # letters of what was published of units and sources, beyond the first


def published(facts: Facts) -> Text:
    """What was published of the span, unit by unit with its source; what does not fit is counted."""
    told: dict[tuple[str, str], list[str]] = {}
    for line in facts.published:
        said = f"{in_text(line.name)} {line.text} {line.unit}".strip()
        told.setdefault((line.who, line.source), []).append(said)
    words: list[str] = []
    for (who, source), figures in told.items():
        said = f"{who} (theo {source}): {', '.join(figures)}"
        if words and sum(map(len, words)) + len(said) > MOST_PUBLISHED:
            continue
        words.append(said)
    left = len(told) - len(words)
    more = f"; và {counted(left)} nguồn khác" if left else ""
    return (f"Số liệu đã công bố, không cộng vào tổng các tháng: {'; '.join(words)}{more}" if words else ""), ()


def not_yet_safe(facts: Facts) -> Text:
    """What is known where nothing was registered, recognised or celebrated: that it was not, or that nobody says."""
    if not facts.basis.counted or any(
        facts.value(code) for key in ("safety", "festivals") for code in RULES[key].codes
    ):
        return "", ()
    said = []
    for code, zero, blank in SAFETY:
        line = facts.by_code.get(code)
        if line:
            said.append(blank if line.value is None else zero)
    return "; ".join(said), tuple(code for code, _, _ in SAFETY if code in facts.by_code)


SAFETY = (
    (
        "hamlets_registered_safe",
        "chưa có khu dân cư đăng ký, được công nhận “An toàn về an ninh, trật tự”",
        "chưa có số liệu về đăng ký, công nhận khu dân cư “An toàn về an ninh, trật tự”",
    ),
    (
        "festival_days",
        "chưa tổ chức Ngày hội Toàn dân bảo vệ an ninh Tổ quốc trong kỳ",
        "chưa có số liệu về Ngày hội Toàn dân bảo vệ an ninh Tổ quốc",
    ),
)
"""Of each: what is said of a zero, and of a blank."""


Drafter = Callable[[Facts], Text]
ORDER: tuple[tuple[str, str, Drafter] | str, ...] = (
    ("place", "situation", where),
    ("basis", "situation", basis),
    ("carried", "situation", carried),
    ("waiting", "situation", waiting),
    ("not_compared", "situation", not_compared),
    "direction",
    "outreach",
    "commitments",
    "covenants",
    "groups",
    "group_changes",
    "meetings",
    ("initiatives", "results.initiatives", initiatives),
    "initiative_changes",
    "tips",
    "patrols",
    "mediation",
    ("weapons", "results.people.weapons", weapons),
    "inmates",
    "fire",
    "crime",
    "safety",
    "festivals",
    ("not_yet_safe", "results.safety", not_yet_safe),
    ("awards", "results.awards", awards),
    ("others", "results.others", others),
    ("published", "results.others", published),
    ("risen", "review.strengths", assessment.risen),
    ("all_covenants", "review.strengths", assessment.all_covenants),
    ("best", "review.strengths", assessment.best),
    ("fallen", "review.weaknesses", assessment.fallen),
    ("weakest", "review.weaknesses", assessment.weakest),
    ("silent", "review.weaknesses", assessment.silent),
    ("partial", "review.weaknesses", assessment.partial),
    ("blanks", "review.weaknesses", assessment.blanks),
    ("difficulties", "review.weaknesses", assessment.difficulties),
    ("keep_up", "tasks", assessment.keep_up),
    ("complete_reports", "tasks", assessment.complete_reports),
    ("complete_covenants", "tasks", assessment.complete_covenants),
    ("settle_pending", "tasks", assessment.settle_pending),
    ("proposals", "proposals", assessment.proposals),
)


def narrative(facts: Facts) -> list[Paragraph]:
    """Draft every paragraph there is something to say in, in the order of the report."""
    drafted = []
    for one in ORDER:
        if isinstance(one, str):
            paragraph = RULES[one].paragraph(facts)
        else:
            key, section, draft = one
            text, codes = draft(facts)
            paragraph = Paragraph(key, section, sentence(text), codes) if text else None
        if paragraph:
            drafted.append(paragraph)
    return drafted
