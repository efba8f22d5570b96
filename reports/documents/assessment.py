"""What the report says of strengths, weaknesses, tasks and proposals, from the facts alone."""

from decimal import ROUND_HALF_UP, Decimal

from communes.templatetags.vietnamese import number
from reports.documents.facts import RANKED, Facts, PartLine
from reports.documents.outline import Text
from reports.documents.wording import counted, in_text, listed, moved, sentence, some
from reports.tables.table import SMALL, per_cent
from reports.totals.comparing import BASE_NAMES, Compared

DONE = {"approved": "gửi", "sent": "gửi", "all": "lập"}  # what those have not done who are missing
BEST, FEWEST = 3, 8  # so many communes are named; among fewer none stands out
TRENDS = {
    "group_meetings": "số buổi họp, sinh hoạt của các tổ chức tự quản",
    "patrols": "số lượt tuần tra",
    "valuable_tips": "số tin có giá trị",
    "disputes_settled": "số vụ mâu thuẫn, tranh chấp được hòa giải thành",
    "outreach_sessions": "số buổi tuyên truyền, phát động quần chúng",
    "household_commitments": "số hộ gia đình ký cam kết bảo đảm an ninh, trật tự",
}
"""What the review names among the strengths and weaknesses."""


def _trend(facts: Facts, *, up: bool) -> Text:
    """What moved far enough to be called a rise or a fall, by how much."""
    said, codes = [], []
    for code, name in TRENDS.items():
        compared = facts.by_code[code].beside(facts.base) if code in facts.by_code else None
        if compared and moved(compared, "").startswith("tăng" if up else "giảm"):
            said.append((f"{name} {_by_how_much(compared)}", compared.why))
            codes.append(code)
    reasons = {why for _, why in said}
    shared = f" ({why})" if len(said) > 1 and len(reasons) == 1 and (why := next(iter(reasons))) else ""
    told = "; ".join(words if shared or not why else f"{words} ({why})" for words, why in said)
    return (f"So với {BASE_NAMES[facts.base]}, {told}{shared}" if said else ""), tuple(codes)


def _by_how_much(compared: Compared) -> str:
    """How a figure moved, in short: "tăng 6,3%", "giảm từ 12 xuống 05"."""
    now, then = compared.sides or (0, 0)
    if then < SMALL:
        words = moved(compared, "").strip()
    else:
        words = f"{'tăng' if now > then else 'giảm'} {number(abs(per_cent(now, then)))}%"
    return words


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


def patrols_by_hamlet(facts: Facts) -> list[tuple[Decimal, PartLine]]:
    """Return patrols for each hamlet of the communes whose reports are all there, the most first."""
    found = [
        (Decimal(part.values[RANKED]) / part.values["hamlets"], part)
        for part in facts.parts
        if part.commune
        and part.expected
        and part.counted >= part.expected
        and part.values.get("hamlets")
        and RANKED in part.values
    ]
    return sorted(found, key=lambda one: -one[0]) if len(found) >= FEWEST else []


def _named_ratios(ranked: list[tuple[Decimal, PartLine]]) -> str:
    return ", ".join(f"{in_text(part.name)} ({_one_decimal(ratio)})" for ratio, part in ranked)


def _one_decimal(ratio: Decimal) -> str:
    """Write "8,0": averages beside each other have the same places."""
    return f"{ratio.quantize(Decimal('0.1'), ROUND_HALF_UP):,}".translate(str.maketrans(",.", ".,"))


def best(facts: Facts) -> Text:
    """The communes that patrolled most for their size; what the queue marks as odd is not praised."""
    ranked = [one for one in patrols_by_hamlet(facts) if not one[1].odd][:BEST]
    words = "Một số đơn vị có số lượt tuần tra bình quân mỗi khu dân cư cao: " if ranked else ""
    return words + _named_ratios(ranked), (RANKED, "hamlets")


def weakest(facts: Facts) -> Text:
    """The communes that patrolled least for their size."""
    ranked = patrols_by_hamlet(facts)[-BEST:][::-1]
    words = "Một số đơn vị có số lượt tuần tra bình quân mỗi khu dân cư thấp: " if ranked else ""
    return words + _named_ratios(ranked), (RANKED, "hamlets")


def silent(facts: Facts) -> Text:
    """The communes that have not reported at all."""
    names = [in_text(part.name) for part in facts.silent]
    return (
        f"{counted(len(names))} đơn vị chưa {DONE[facts.include]} báo cáo nào trong kỳ: {some(names)}"
        if facts.of_province and names
        else ""
    ), ()


def partial(facts: Facts) -> Text:
    """Months that are missing."""
    done, rests = DONE[facts.include], facts.basis
    if not facts.of_province:
        if not any(map(facts.unit.is_awaited, facts.span)):  # it has ended since, or began later
            return "", ()
        missing = rests.expected - rests.counted - rests.unsettled - bool(facts.unfinished)
        return (f"Còn {counted(missing)} tháng chưa {done} báo cáo" if missing > 0 else ""), ()
    names = [f"{in_text(part.name)} ({part.counted + part.waiting}/{part.expected})" for part in facts.partial]
    lacking = f"chưa {done} đủ báo cáo của các tháng đã đến hạn"
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
    """The unit's own proposals; of a province without any, which communes propose something."""
    own, others = _remarks(facts, "proposals"), [in_text(name) for name in facts.proposing]
    if own or not facts.basis.counted:
        return own, ()
    if others:
        return f"{counted(len(others))} đơn vị có kiến nghị, đề xuất trong báo cáo tháng: {some(others)}", ()
    return "Không có kiến nghị, đề xuất", ()


def complete_reports(facts: Facts) -> Text:
    """Ask for the reports that are missing."""
    silent, partial = len(facts.silent), len(facts.partial)
    if not (silent or partial) or not facts.of_province:
        return "", ()
    kinds = (["chưa báo cáo"] if silent else []) + (["báo cáo chưa đủ"] if partial else [])
    what = "gửi báo cáo" if not partial else "gửi đủ báo cáo"
    return f"Đôn đốc {counted(silent + partial)} đơn vị {' hoặc '.join(kinds)} khẩn trương {what}", ()


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
