// Which columns of a pasted block are this month's where heads stand in two rows, and lines that are one text each.

import { fold } from "./block.js";

const NOW = /^((thang|ky) nay|trong (thang|ky)|so lieu|ket qua|so luong|thuc hien)$/;
const PAST = /^(thang truoc|ky truoc|cung ky|luy ke|nam truoc)/;
const BESIDE = /^((ty le|so sanh|tang|giam|ghi chu|binh quan)( .*)?)$/; // counts nothing of its own
const WHOLE = ["tong", "tong so", "tong cong", "cong", "chung", "hien co", "so luong"]; // of an indicator, beside its parts
const MONTH = /^(?:t|th|thang) ?(\d{1,2})(?: (?:nam )?(\d{4}|\d{2}))?$|^(\d{1,2}) (\d{4})$/;
const NAMED = /^(.*\p{L}.*?)\s*[:=]\s*(\d[\d., ]*?)\s*(\p{L}[\p{L} ]*)?$/u;

// Whether folded words say a month: true for the one of the page ("2026-12"), false for another, undefined for none.
function ofMonth(words, month) {
  const found = month && MONTH.exec(words);
  if (!found) return undefined;
  const [year, number] = month.split("-").map(Number);
  return Number(found[1] ?? found[3]) === number && [year, year % 100].includes(Number(found[2] ?? found[4] ?? year));
}
const isNow = (words, month) => NOW.test(words) || ofMonth(words, month) === true;
const isPast = (words, month) => PAST.test(words) || ofMonth(words, month) === false;

// An upper row: a merged cell stands over every place until the next one.
function carried(row) {
  let last = "";
  return row.map((text) => (last = text || last));
}

// What the columns below a head are called, "" where figures stand there. 1, 2, 3 … are months.
function below(cells) {
  const filled = cells.filter(Boolean);
  if (filled.length > 1 && filled.every((text, place) => text === String(place + 1))) return cells.map((text) => text && `thang ${text}`);
  return cells.some((text) => /^[\d.,/ ]+$/.test(text) && !MONTH.test(fold(text))) ? cells.map(() => "") : cells.map(fold);
}

// How far right of its head this month's column stands; undefined for none of those below it.
function stepOf(under, month) {
  const now = under.findIndex((words) => isNow(words, month));
  if (now >= 0) return now;
  const those = (is) => under.flatMap((words, step) => (words && is(words) ? [step] : []));
  const periods = those((words) => isPast(words, month));
  const wholes = those((words) => WHOLE.includes(words));
  const parts = those((words) => !isPast(words, month) && !WHOLE.includes(words) && !BESIDE.test(words));
  if (!under[0]) return 0;
  const meant = wholes.length && (parts.length || !periods.length) ? wholes : parts; // beside periods alone it is their sum
  return meant.length === 1 ? meant[0] : undefined;
}

// Of an indicator over "Kỳ trước" and "Kỳ này" or over months, or below them, this month's column: {at, columns, twice,
// past: columns that are not, lines: how many rows stand below the heads, unclear: heads of which no column says it}
export function ofThisMonth(rows, heads, findColumn, findRow, month) {
  const row = rows[heads.at] ?? [];
  const above = carried(rows[heads.at - 1] ?? []);
  const next = rows[heads.at + 1] ?? [];
  const lower = next.slice(0, 4).some((text) => findRow(text) !== undefined) ? [] : next; // a line of a hamlet is no head
  const filled = row.flatMap((text, x) => (text ? [x] : []));
  const past = new Set(row.flatMap((text, x) => (isPast(fold(text), month) ? [x] : [])));
  const found = { at: heads.at, columns: new Map(), twice: [], past, lines: 0, unclear: [] };
  const named = [...heads.columns, ...heads.twice.map((x) => [x, findColumn(row[x])])].sort(([one], [other]) => one - other);
  const over = [];
  for (const [x, place] of named) {
    const end = filled.find((other) => other > x) ?? Math.max(row.length, lower.length);
    const under = below(lower.slice(x, end));
    const step = stepOf(under, month);
    if (under.filter(Boolean).length > 1 || isPast(under[0] ?? "", month) || WHOLE.includes(under[0])) {
      found.lines = 1;
      under.forEach((_, more) => { if (more !== step) past.add(x + more); });
    }
    if (step === undefined) found.unclear.push(`${row[x]} (${lower.slice(x, end).filter(Boolean).slice(0, 4).join(", ")})`);
    else if (!step && isPast(fold(above[x] ?? ""), month)) { past.add(x); over.push([x, place]); }
    else if ([...found.columns.values()].includes(place)) found.twice.push(x);
    else found.columns.set(x + step, place);
  }
  for (const [x, place] of over) if (![...found.columns.values()].includes(place)) found.unclear.push(`${row[x]} (${above[x]})`);
  return found;
}

// The same of a block that was turned: its lines are hamlets, each perhaps in two.
export function linesOfThisMonth(rows, month) {
  let name = "";
  return rows.flatMap((row) => {
    name = row[0] || name;
    const under = row.slice(1, 3).map(fold);
    if (under.some((words) => isNow(words, month))) return [[name, ...row.slice(1)]];
    return under.some((words) => isPast(words, month)) ? [] : [row];
  });
}

// Lines as people write them to each other, "Khu 1: 5 lượt": a name and a number. {rows, units: what they count}
export function written(rows, findRow) {
  const apart = rows.map((row) => {
    const found = row.length === 1 && NAMED.exec(row[0]);
    return found && findRow(found[1]) !== undefined ? found.slice(1, 4) : null;
  });
  return { rows: rows.map((row, y) => apart[y]?.slice(0, 2) ?? row), units: [...new Set(apart.map((line) => line?.[2]).filter(Boolean))], some: apart.some(Boolean) };
}
