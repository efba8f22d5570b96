"""The doors of a figure, each read and held against the recount: see :mod:`test_every_door`."""

import csv
import io
from decimal import ROUND_HALF_UP, Decimal

from docx import Document

from reports.months import Month
from tests.reports.random_case import BASES, before_of, beside, in_a_cell, month_span, moved
from tests.reports.random_coverage import CODES, KINDS
from tests.reports.recount import STOCKS, words_of
from tests.reports.test_consistency import Tables, sheet_rows, written

# The doors: each asserts what it shows


def api_rows(case):
    """summary/: every row by indicator, commune, month and hamlet, as objects and as columns."""
    a = case.world.communes[0]
    for by, client, place in (
        ("indicator", case.reader, {}), ("commune", case.reader, {}), ("month", case.reader, {}),
        ("indicator", case.chief, {}), ("hamlet", case.chief, {}),
        ("indicator", case.reader, {"cluster": case.world.cluster.pk}), ("indicator", case.viewer, {}),
    ):  # fmt: skip
        body = case.get(client, "/api/v1/summary/", by=by, **place).json()
        found = {(row["key"], row["code"]): row for row in body["rows"] if row["code"] in CODES}
        units, commune = case.mine, False
        if client is case.chief:
            units, commune = [a.pk], True
        elif place:
            units = [one.pk for one in case.world.communes[:2]]
        elif client is case.viewer:
            units = [*case.mine, case.world.communes[4].pk]
        for (key, code), how in keyed(case, by, units, commune):
            check_row(case, found.get((key, code)), (by, key, code), **how)
        check_weapons(case, body, units)
        columns = case.get(client, "/api/v1/summary/", by=by, shape="columns", **place).json()
        assert rows_of(columns) == [named(row) for row in body["rows"]]


def keyed(case, by, units, commune):
    """(key, code) of every row there may be, and whose figure it is."""
    for code in CODES:
        if by == "indicator":
            yield (None, code), {"units": units, "commune": commune}
        elif by == "commune":
            for unit in units:
                slug = (
                    case.world.province.slug if unit < 0 else next(c.slug for c in case.world.communes if c.pk == unit)
                )
                yield (f"province-{slug}" if unit < 0 else slug, code), {"units": [unit]}
        elif by == "month":
            for month in case.span:
                yield (str(month), code), {"units": units, "span": month_span(month)}
        else:
            homes = [None, *case.world.communes[0].hamlet_set.values_list("pk", flat=True)]
            for home in homes:
                yield (str(home) if home else None, code), {"units": units, "commune": True, "home": home}


def check_row(case, row, what, *, units, span=None, commune=False, **home):
    code = what[2]
    here = span or case.span
    value, before, year = (
        case.truth.value(units, code, one, **home)
        for one in (here, *(before_of(here, case.span, base) for base in BASES))
    )
    if row is None:
        assert value is before is year is None, (what, value, before, year)
        return
    assert (row["value"], row["previous"], row["same_span_last_year"]) == (value, before, year), what
    for base in BASES:
        said, told = case.compared(units, code, base, commune=commune, span=span, **home), row["compared"][base]
        if said is None:
            assert (told["basis"], told["now"], told["then"], told["reports"]) == ("none", None, None, 0), (what, told)
        else:
            assert told == vars(said), (what, base, told, said)
    standing = [case.truth.standing(unit, code, here, **home) for unit in units] if code in STOCKS else []
    end = min(here.last, case.truth.current)
    carried = [month for one in standing if one for _, month, asked in [one] if month < end and not asked]
    assert row["carried"] == (len(carried) if here.first <= case.truth.current else 0), (what, row)
    if carried and value is not None:
        assert row["carried_since"] == str(min(carried)), what


def check_weapons(case, body, units):
    shown = {row["code"]: row for row in body["weapons"]}
    for kind in KINDS:
        amounts = [case.truth.handed(units, one)[kind] for one in (case.span, *(case.at(base) for base in BASES))]
        row = shown.get(kind)
        assert bool(row) == any(amounts), (kind, amounts)
        if row:
            spans = [Decimal(row[name] or 0) for name in ("value", *BASES)]
            assert spans == amounts, (kind, spans, amounts)
            for base in BASES:
                told, true = row["compared"][base], case.truth.weapons(units, kind, case.span, case.at(base))
                if case.span.first >= case.truth.current:
                    true = ("none", None, None, told["reports"])
                now, then = (None if told[name] is None else Decimal(told[name]) for name in ("now", "then"))
                assert (told["basis"], now, then, told["reports"]) == true, (kind, base)


def rows_of(body):
    """The rows of the smaller shape, as objects again."""
    found = []
    for numbers in body["rows"]:
        row = dict(zip(body["columns"], numbers, strict=True))
        row |= {"key": body["keys"][row["key"]]["key"], "code": body["indicators"][row.pop("indicator")]["code"]}
        row["mark"] = body["words"][row["mark"]]
        row["carried_since"] = None if row["carried_since"] is None else body["words"][row["carried_since"]]
        for base in BASES:
            row[f"{base}_basis"] = body["bases"][row[f"{base}_basis"]]
            row[f"{base}_why"] = body["words"][row[f"{base}_why"]]
        found.append(row)
    return found


def named(row):
    """A row of objects as the smaller shape would have it."""
    kept = ("key", "code", "value", "previous", "same_span_last_year", "reports", "carried", "carried_since",
            "from_register", "mark")  # fmt: skip
    told = {f"{base}_{name}": row["compared"][base][name] for base in BASES for name in row["compared"][base]}
    return {name: row[name] for name in kept} | told


def places(case):
    """Who reads which place: client, address of the place, its units, whether it is one commune."""
    a, b = case.world.communes[:2]
    yield case.reader, {}, case.mine, False
    yield case.chief, {}, [a.pk], True
    yield case.reader, {"cluster": case.world.cluster.pk}, [a.pk, b.pk], False
    yield case.viewer, {}, [*case.mine, case.world.communes[4].pk], False


def check_table(case, rows, units, commune, columns, read=written, folded=()):
    """Rows of a table of indicators: five figures and two comparisons in these columns.

    ``folded``: the line of what did not change, name, value and unit by turns.
    """
    unchanged = {case.codes[name.text]: value for name, value, _ in zip(*[iter(folded[1:])] * 3, strict=True)
                 if name.text in case.codes}  # fmt: skip
    shown = {
        case.codes[row[columns[0]]]: row for row in rows if len(row) > columns[-1] and row[columns[0]] in case.codes
    }
    for code in CODES:
        spans = (case.span, *(case.at(base) for base in BASES))
        values = [case.value(units, code, one) for one in spans]
        if code in unchanged:
            assert code not in shown and values == [unchanged[code].value] * 3, code
            said = [case.compared(units, code, base, commune=commune) for base in BASES]
            assert all((one.now, one.why) == (one.then, "") for one in said), (code, said)
            continue
        if code not in shown:
            assert not any(value is not None for value in values), code
            continue
        row = shown[code]
        now, before, first, year, second = (row[at] for at in columns[1:])
        assert [read(one) for one in (now, before, year)] == values, (code, row)
        for base, text in zip(BASES, (first, second), strict=True):
            said = case.compared(units, code, base, commune=commune)
            assert (text or "") == in_a_cell(said), (code, base, text, said)


OVERVIEW = ("Chỉ tiêu", "Kỳ này", "Kỳ trước", "Cùng kỳ năm trước")


def dashboard(case):
    """The tiles and the table of the totals page, and its workbook."""
    for client, place, units, commune in places(case):
        answer = case.get(client, "/dashboard/", **place)
        rows = Tables(answer.content.decode()).with_heads(*OVERVIEW)
        folded = next((row for row in answer.context["indicators"].rows if row[0].style == "folded"), ())
        check_table(case, rows, units, commune, (0, 2, 3, 4, 5, 6), folded=folded)
        told = answer.context["told"]
        assert not told.why or f"Tăng, giảm của {told.name}: {told.why}." in answer.content.decode()
        for row, _, before, year, *_ in answer.context["tiles"]:
            if row.code in CODES:
                truth = [case.compared(units, row.code, base, commune=commune) for base in BASES]
                said = [beside(one, name, told.of(row)) for one, name in zip(truth, BASES.values(), strict=True)]
                assert [before, year] == said, row
        book = sheet_rows(case.get(client, "/dashboard/", format="xlsx", **place))[0]
        check_table(case, book, units, commune, (0, 2, 3, 4, 5, 6), lambda value: value)


def explored(case, client, place, **asked):
    measures = "value,previous,change,rate,last_year,year_change,year_rate"
    asked = {"indicator": ",".join(CODES), "measure": measures, **asked, **place}
    answer = case.get(client, "/explore/", format="csv", **asked)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    sheet = sheet_rows(case.get(client, "/explore/", format="xlsx", **asked))[0]
    head = next(at for at, row in enumerate(sheet) if row[0] == rows[0][0])
    book = [row for row in sheet[head + 1 :] if any(one is not None for one in row)]
    for line, row in zip(rows[1:], book, strict=False):
        told = [None if one is None else Decimal(str(one)) if isinstance(one, int | float) else one for one in row]
        assert [number_of(one) for one in line] == [one if one != "" else None for one in told][: len(line)], (
            line,
            row,
        )
    return rows[1:]


def number_of(text):
    if text == "":
        return None
    try:
        return Decimal(text.replace(",", "."))
    except ArithmeticError:
        return text


def check_explored(case, numbers, units, code, **how):
    span = how.get("span") or case.span
    value, before, change, rate, year, year_change, year_rate = map(number_of, numbers)
    spans = (span, *(one_before(case, span, base) for base in BASES))
    assert [value, before, year] == [case.value(units, code, one) for one in spans], (code, how, numbers)
    for base, told in (("previous", (change, rate)), ("same_span_last_year", (year_change, year_rate))):
        words = words_of(span, BASES[base], commune=how.get("commune", False))
        said = case.truth.compared(units, code, span, one_before(case, span, base), words)
        if said is None or said.basis == "none":
            assert told == (None, None), (code, base, told, said)
            continue
        gap = said.now - said.then
        share = (Decimal(gap) * 100 / said.then).quantize(Decimal("0.1"), ROUND_HALF_UP) if said.then >= 10 else None
        assert told == (gap, share), (code, base, told, said)


def one_before(case, span, base):
    """Of a month of the question, the month before it and the one a year before."""
    if span is case.span:
        return case.at(base)
    return month_span(span.first - (1 if base == "previous" else 12))


def explore(case):
    """The explore page as csv and xlsx: the whole, by place and by month."""
    for client, place, units, commune in places(case):
        for row in explored(case, client, place, rows="indicator", places="whole"):
            check_explored(case, row[2:], units, case.codes[row[0]], commune=commune)
    section, units = None, {str(one): [one.pk] for one in case.world.communes[:4]}
    units |= {case.world.province.office_name: [-case.world.province.pk], "Toàn tỉnh": case.mine}
    for row in explored(case, case.reader, {}, rows="place"):
        section = next((code for code, name in case.names.items() if row[0].startswith(f"{name} (")), section)
        if row[0] in units:
            check_explored(case, row[1:], units[row[0]], section)
    months = {month.title.removeprefix("tháng "): month_span(month) for month in case.span}
    for row in explored(case, case.reader, {}, rows="month", places="whole"):
        section = next((code for code, name in case.names.items() if row[0].startswith(f"{name} (")), section)
        if row[0] in months:
            check_explored(case, row[1:], case.mine, section, span=months[row[0]])


def documents(case):
    """The appendix of the report, of the province and of a commune: Word, print and Excel."""
    a = case.world.communes[0]
    for client, unit, units in (
        (case.reader, f"province-{case.world.province.slug}", case.mine),
        (case.chief, a.slug, [a.pk]),
    ):
        base_address = f"/documents/{unit}/{case.span}/"
        address = {part: f"{base_address}{part}/" for part in ("word", "print", "excel")}
        word = Document(io.BytesIO(case.get(client, address["word"]).content))
        tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]
        rows = next(rows for rows in tables if "Chỉ tiêu" in rows[0])
        printed = Tables(case.get(client, address["print"]).content.decode()).with_heads("Chỉ tiêu", "Kỳ này")
        book = next(
            rows for rows in sheet_rows(case.get(client, address["excel"])) if any("Chỉ tiêu" in row for row in rows)
        )
        base = "previous" if any("kỳ trước" in (one or "") and "Tăng" in (one or "") for one in rows[0]) else (
            "same_span_last_year"
        )  # fmt: skip
        for lines, read in ((rows, signed), (printed, signed), (book, lambda value: value)):
            check_appendix(case, lines, units, base, read, commune=unit == a.slug)


def signed(text):
    text = text.replace("−", "-").replace("+", "").replace(".", "").replace(",", ".")
    return None if text in ("–", "") else Decimal(text)


def check_appendix(case, lines, units, base, read, *, commune):
    for line in lines:
        if len(line) < 10 or line[1] not in case.codes:
            continue
        code = case.codes[line[1]]
        spans = (case.span, *(case.at(one) for one in BASES), case.span.year_to_date)
        values = [case.value(units, code, one) for one in spans]
        shown = [read(line[at]) for at in (3, 4, 5, 8)]
        assert shown == values, (code, line, values)
        said = case.compared(units, code, base, commune=commune)
        told = (read(line[6]), read(line[7]))
        if said is None or said.basis == "none":
            assert told == (None, None), (code, line)
        else:
            rate = (Decimal(said.now - said.then) * 100 / said.then) if said.then >= 10 else None
            rate = rate if rate is None else rate.quantize(Decimal("0.1"), ROUND_HALF_UP)
            assert told[0] == said.now - said.then and (told[1] is None) is (rate is None), (code, line)
            assert rate is None or Decimal(str(told[1])) == rate, (code, line)
        both = values[0] is not None and values[1 if base == "previous" else 2] is not None
        if both and said.why:
            assert line[9] == said.why.removesuffix(" có số liệu cả hai kỳ"), (code, line)


def parts(case):
    """Ranking, contribution, months by communes, the map and the trend, of one indicator after another."""
    names = {str(one): [one.pk] for one in case.world.communes[:4]}
    names[case.world.province.office_name] = [-case.world.province.pk]
    for code in ("patrols", "hamlets_reached", "disputes_pending", "household_clusters"):
        asked = {"indicator": code, "format": "xlsx"}
        ranked = sheet_rows(case.get(case.reader, "/dashboard/", view="ranking", **asked))[0]
        head = next(row for row in ranked if "Hạng" in row)
        at = {name: head.index(name) for name in ("Kỳ trước", "Cùng kỳ năm trước")}
        for row in ranked:
            units = names.get(row[0]) or (case.mine if row[0] == str(case.world.province) else None)
            if not units or len(row) < 8:
                continue
            value = row[2] if isinstance(row[2], int) else None
            spans = (case.span, *(case.at(base) for base in BASES))
            told = [value, row[at["Kỳ trước"]], row[at["Cùng kỳ năm trước"]]]
            assert told == [case.value(units, code, one) for one in spans], (code, row)
            for base, name in zip(BASES, at, strict=True):
                said = case.compared(units, code, base)
                assert (row[at[name] + 1] or "") == in_a_cell(said), (code, base, row, said)
        for view in ("contribution", "map"):
            for row in sheet_rows(case.get(case.reader, "/dashboard/", view=view, **asked))[0]:
                if names.get(row[0]) and isinstance(row[1], int):
                    assert row[1] == case.value(names[row[0]], code), (view, code, row)
        check_months(case, code, names)


def check_months(case, code, names):
    sheet = sheet_rows(case.get(case.reader, "/dashboard/", view="matrix", indicator=code, format="xlsx"))[0]
    head = next(row for row in sheet if row[0] == "Xã, phường")
    months = [Month(*map(int, reversed(one.split("/")))) for one in head[1:] if one]
    for row in sheet:
        for month, value in zip(months, row[1:], strict=False) if row[0] in names else ():
            assert value == case.value(names[row[0]], code, month_span(month)), (code, row[0], month)
    page = case.get(case.reader, "/dashboard/", indicator=code).content.decode()
    for row in Tables(page).with_heads("Tháng", "Năm nay")[1:]:
        month = next(one for one in (case.span.last - n for n in range(60)) if one.title == row[0])
        told, true = (
            [written(one) for one in row[1:3]],
            [case.value(case.mine, code, month_span(m)) for m in (month, month - 12)],
        )
        assert told == true, (code, row)


def review(case):
    """The page of one report, beside the month before and the one a year before, where these were sent."""
    every, sent = (case.truth.counting(include) for include in ("all", "sent"))
    month = case.span.last
    for commune in case.world.communes[:3]:
        unit = commune.pk
        if (unit, month) not in every.kept:
            continue
        page = case.get(case.reader, f"/review/{commune.slug}/{month}/").content.decode()
        for row in Tables(page).with_heads("Chỉ tiêu", "Tháng này"):
            if len(row) < 7 or row[0] not in case.codes:
                continue
            code = case.codes[row[0]]
            value = every.of_report(unit, month, code)
            assert written(row[2]) == value, (code, row)
            for back, at in ((1, 4), (12, 6)):
                then = sent.of_report(unit, month - back, code) if (unit, month - back) in sent.kept else None
                silent = month >= case.truth.current or value is None or then is None
                assert row[at] == ("" if silent else moved(value, then)), (code, back, row, value, then)


DOORS = (api_rows, dashboard, explore, documents, parts, review)
