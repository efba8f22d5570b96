"""The text of the report, drafted from the facts alone: the same facts give the same words.

Sentences that are only figures come from the table in :mod:`sentences`; those that need more than
figures (names, kinds, comparisons among communes) are small functions here. ``ORDER`` puts both in line.
"""

from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from communes.templatetags.vietnamese import day, number
from reports.documents.facts import Facts, Part
from reports.documents.outline import Paragraph
from reports.documents.sentences import RULES, Change, said_place
from reports.documents.wording import comparison, counted, in_text, listed, moved, sentence, some
from reports.tables.table import SMALL, per_cent
from reports.totals.comparing import BASE_NAMES, Compared

INCLUDED = {"approved": "đã duyệt", "sent": "đã gửi", "all": "đã lập, kể cả đang nhập"}
MISSING = {"approved": "được duyệt", "sent": "được gửi", "all": "được lập"}
TRENDS = {
    "group_meetings": "số buổi họp, sinh hoạt của các tổ chức tự quản",
    "patrols": "số lượt tuần tra",
    "valuable_tips": "số tin có giá trị",
    "disputes_settled": "số vụ mâu thuẫn, tranh chấp được hòa giải thành",
    "outreach_sessions": "số buổi tuyên truyền, phát động quần chúng",
    "household_commitments": "số hộ gia đình ký cam kết bảo đảm an ninh, trật tự",
}
"""What the review names among the strengths and weaknesses."""
COMPARED = (*TRENDS, *(piece.code for rule in RULES.values() for piece in rule.pieces if isinstance(piece, Change)))
"""What the words compare."""
BEST, FEWEST = 3, 8  # so many communes are named; among fewer none stands out
Text = tuple[str, tuple[str, ...]]  # words and the indicators they name


def where(facts: Facts) -> Text:
    """The place in two figures."""
    hamlets = facts.value("hamlets")
    communes = f"{counted(facts.basis.units)} xã, phường, đặc khu với " if facts.of_province else ""
    if not hamlets:
        return "", ()
    on = day(facts.stands_on)
    if facts.of_province and facts.basis.reporting < facts.basis.units:  # the hamlets are of those who reported
        communes = ""
    return f"Tính đến ngày {on}, {said_place(facts)} có {communes}{counted(hamlets)} khu dân cư", ("hamlets",)


def basis(facts: Facts) -> Text:
    """What the figures rest on."""
    rests, (since, on) = facts.basis, facts.window
    reports = f"{number(rests.counted)}/{number(rests.expected)} báo cáo tháng {INCLUDED[facts.include]}"
    of = f"{rests.reporting}/{rests.units} xã, phường, đặc khu ({reports})" if facts.of_province else reports
    running = f" (kỳ chưa kết thúc, đang ở {facts.unfinished.title})" if facts.unfinished else ""
    return f"Số liệu tính từ ngày {day(since)} đến ngày {day(on)}{running}, tổng hợp từ {of}", ()


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
    said = [f"{counted(line.value or 0)} {line.unit} {in_text(line.name)}" for line in lines]
    words = f"Vận động nhân dân giao nộp, thu hồi {listed(said)}"
    guns = facts.guns.value
    if guns and sum(line.is_gun for line in lines) > 1:
        words += f"; trong đó có {counted(guns)} khẩu súng"
        compared = comparison(facts.guns, facts.bases, "khẩu")
        words += f" ({compared})" if compared else ""
    elif len(lines) == 1:
        compared = comparison(lines[0], facts.bases, lines[0].unit)
        words += f", {compared}" if compared else ""
    return words, ()


def awards(facts: Facts) -> Text:
    """Awards of the span; their kinds where they are as many as the reports counted."""
    collectives, individuals = facts.value("awards_collective"), facts.value("awards_individual")
    if not collectives and not individuals:
        return "", ()
    words = f"Trong kỳ, có {_recipients(collectives, individuals)} được khen thưởng"
    same = (collectives, individuals) == (
        sum(line.collectives for line in facts.awards), sum(line.individuals for line in facts.awards),
    )  # fmt: skip
    if same:
        kinds = [f"{line.kind} cho {_recipients(line.collectives, line.individuals)}" for line in facts.awards]
        words += f", gồm: {'; '.join(kinds)}"
    return words, ("awards_collective", "awards_individual")


def _recipients(collectives: int, individuals: int) -> str:
    both = ((collectives, "tập thể"), (individuals, "cá nhân"))
    return " và ".join(f"{counted(count)} {who}" for count, who in both if count)


SPOKEN = frozenset(code for rule in RULES.values() for code in rule.codes) | {
    "hamlets", "household_cluster_households", "initiatives", "initiative_sites", "initiatives_skilful",
    "outreach_hamlets", "awards_collective", "awards_individual",
}  # fmt: skip


def others(facts: Facts) -> Text:
    """What the province has added to the catalogue, for which no sentence was written."""
    lines = [line for line in facts.lines if line.value and line.code not in SPOKEN]
    said = [f"{in_text(line.name)}: {counted(line.value or 0)} {line.unit}" for line in lines]
    return (f"Các chỉ tiêu khác: {'; '.join(said)}" if said else ""), tuple(line.code for line in lines)


def _trend(facts: Facts, *, up: bool) -> Text:
    """What moved far enough to be called a rise or a fall, by how much."""
    said, codes = [], []
    for code, name in TRENDS.items():
        compared = facts.by_code[code].beside(facts.base) if code in facts.by_code else None
        if compared and moved(compared, "").startswith("tăng" if up else "giảm"):
            said.append(f"{name} {_by_how_much(compared)}")
            codes.append(code)
    return (f"So với {BASE_NAMES[facts.base]}, {'; '.join(said)}" if said else ""), tuple(codes)


def _by_how_much(compared: Compared) -> str:
    """How a figure moved, in short: "tăng 6,3%", "giảm từ 12 xuống 05", of which units where not of all."""
    now, then = compared.sides or (0, 0)
    if then < SMALL:
        words = moved(compared, "").strip()
    else:
        words = f"{'tăng' if now > then else 'giảm'} {number(abs(per_cent(now, then)))}%"
    return f"{words} ({compared.why})" if compared.why else words


def risen(facts: Facts) -> Text:
    """What there is more of."""
    return _trend(facts, up=True)


def fallen(facts: Facts) -> Text:
    """What there is less of."""
    return _trend(facts, up=False)


def all_covenants(facts: Facts) -> Text:
    """Every hamlet has its covenant."""
    hamlets = facts.value("hamlets")
    if not hamlets or facts.value("hamlets_with_covenant") != hamlets:
        return "", ()
    return f"100% khu dân cư ({counted(hamlets)}/{counted(hamlets)}) có quy ước về an ninh, trật tự", (
        "hamlets_with_covenant",
    )


def patrols_by_hamlet(facts: Facts) -> list[tuple[Decimal, Part]]:
    """Return patrols for each hamlet of the communes whose reports are all there, the most first."""
    found = [
        (Decimal(part.values["patrols"]) / part.values["hamlets"], part)
        for part in facts.parts
        if part.commune and part.expected and part.counted >= part.expected
        and part.values.get("hamlets") and "patrols" in part.values
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one[0]) if len(found) >= FEWEST else []


def _named_ratios(ranked: list[tuple[Decimal, Part]]) -> str:
    return ", ".join(
        f"{in_text(part.name)} ({number(ratio.quantize(Decimal('0.1'), ROUND_HALF_UP))})" for ratio, part in ranked
    )


def best(facts: Facts) -> Text:
    """The communes that patrolled most for their size."""
    ranked = patrols_by_hamlet(facts)[:BEST]
    words = "Một số đơn vị có số lượt tuần tra bình quân mỗi khu dân cư cao: " if ranked else ""
    return words + _named_ratios(ranked), ("patrols", "hamlets")


def weakest(facts: Facts) -> Text:
    """The communes that patrolled least for their size."""
    ranked = patrols_by_hamlet(facts)[-BEST:][::-1]
    words = "Một số đơn vị có số lượt tuần tra bình quân mỗi khu dân cư thấp: " if ranked else ""
    return words + _named_ratios(ranked), ("patrols", "hamlets")


def silent(facts: Facts) -> Text:
    """The communes that have not reported at all."""
    names = [part.name for part in facts.silent]
    return (f"{counted(len(names))} đơn vị chưa có báo cáo nào {MISSING[facts.include]} trong kỳ: {some(names)}"
            if facts.of_province and names else ""), ()  # fmt: skip


def partial(facts: Facts) -> Text:
    """Months that are missing."""
    if not facts.of_province:
        missing = facts.basis.expected - facts.basis.counted - bool(facts.unfinished)
        return (f"Còn {counted(missing)} tháng chưa có báo cáo {MISSING[facts.include]}" if missing > 0 else ""), ()
    names = [f"{part.name} ({part.counted}/{part.expected})" for part in facts.partial]
    lacking = f"chưa đủ báo cáo {MISSING[facts.include]} của các tháng đã đến hạn"
    return (f"{counted(len(names))} đơn vị {lacking}: {some(names)}" if names else ""), ()


def blanks(facts: Facts) -> Text:
    """What nobody filled in: blank is not zero."""
    lines = facts.blanks if facts.basis.counted else ()
    return (f"Chưa có số liệu về: {'; '.join(in_text(line.name) for line in lines)}" if lines else ""), tuple(
        line.code for line in lines
    )


def _remarks(facts: Facts, name: str) -> str:
    """What the unit wrote, each thing once, in the order of the months."""
    texts = dict.fromkeys(" ".join(getattr(remark, name).split()) for remark in facts.remarks)
    return " ".join(sentence(text) for text in texts if text)


def difficulties(facts: Facts) -> Text:
    """The unit's own difficulties."""
    return _remarks(facts, "difficulties"), ()


def proposals(facts: Facts) -> Text:
    """The unit's own proposals."""
    return _remarks(facts, "proposals"), ()


def complete_reports(facts: Facts) -> Text:
    """Ask for the reports that are missing."""
    late = len(facts.silent) + len(facts.partial)
    if not late or not facts.of_province:
        return "", ()
    return f"Đôn đốc {counted(late)} đơn vị chưa báo cáo, báo cáo chưa đủ bổ sung số liệu đúng hạn", ()


def complete_covenants(facts: Facts) -> Text:
    """Have the remaining hamlets write theirs."""
    left = facts.value("hamlets") - facts.value("hamlets_with_covenant")
    known = {"hamlets", "hamlets_with_covenant"} <= facts.by_code.keys()
    if not known or facts.by_code["hamlets_with_covenant"].value is None or left <= 0:
        return "", ()
    return f"Hướng dẫn {counted(left)} khu dân cư còn lại xây dựng, bổ sung quy ước về an ninh, trật tự", (
        "hamlets_with_covenant",
    )


def settle_pending(facts: Facts) -> Text:
    """Settle what is still being mediated."""
    pending = facts.value("disputes_pending")
    words = f"Tiếp tục hòa giải {counted(pending)} vụ mâu thuẫn, tranh chấp đang giải quyết" if pending else ""
    return words, ("disputes_pending",)


def keep_up(facts: Facts) -> Text:
    """Keep the groups and initiatives at work."""
    groups, running = facts.value("household_clusters"), facts.value("initiatives")
    said = [f"{counted(groups)} tổ liên gia tự quản"] if groups else []
    said += [f"{counted(running)} mô hình"] if running else []
    words = f"Tiếp tục duy trì, nâng cao chất lượng hoạt động của {listed(said)}" if said else ""
    return words, ("household_clusters", "initiatives")


Drafter = Callable[[Facts], Text]
ORDER: tuple[tuple[str, str, Drafter] | str, ...] = (
    ("place", "situation", where),
    ("basis", "situation", basis),
    ("not_compared", "situation", not_compared),
    "direction", "outreach", "commitments", "covenants", "groups", "group_changes", "meetings",
    ("initiatives", "results.initiatives", initiatives),
    "initiative_changes", "tips", "patrols", "mediation",
    ("weapons", "results.people.weapons", weapons),
    "inmates", "fire", "crime", "safety", "festivals",
    ("awards", "results.awards", awards),
    ("others", "results.others", others),
    ("risen", "review.strengths", risen),
    ("all_covenants", "review.strengths", all_covenants),
    ("best", "review.strengths", best),
    ("fallen", "review.weaknesses", fallen),
    ("weakest", "review.weaknesses", weakest),
    ("silent", "review.weaknesses", silent),
    ("partial", "review.weaknesses", partial),
    ("blanks", "review.weaknesses", blanks),
    ("difficulties", "review.weaknesses", difficulties),
    ("keep_up", "tasks", keep_up),
    ("complete_reports", "tasks", complete_reports),
    ("complete_covenants", "tasks", complete_covenants),
    ("settle_pending", "tasks", settle_pending),
    ("proposals", "proposals", proposals),
)  # fmt: skip


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
