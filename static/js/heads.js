// Which columns of a pasted block are this month's where heads stand in two rows, and lines that are one text each.

import { fold } from "./block.js";

const NOW = /^((thang|ky) nay|trong (thang|ky)|so lieu|ket qua|so luong|thuc hien)$/;
const PAST = /^(thang truoc|ky truoc|cung ky|luy ke|nam truoc)/;
const NAMED = /^(.*\p{L}.*?)\s*[:=]\s*(\d[\d., ]*?)\s*(\p{L}[\p{L} ]*)?$/u;

// An upper row: a merged cell stands over every place until the next one.
function carried(row) {
  let last = "";
  return row.map((text) => (last = fold(text) || last));
}

// Of an indicator over "Kỳ trước" and "Kỳ này", or below them, the second: {at, columns, twice, past: columns of neither,
// lines: how many rows stand below the heads}
export function ofThisMonth(rows, heads, findColumn) {
  const row = rows[heads.at] ?? [];
  const above = carried(rows[heads.at - 1] ?? []);
  const below = (rows[heads.at + 1] ?? []).map(fold);
  const filled = row.flatMap((text, x) => (text ? [x] : []));
  const found = { at: heads.at, columns: new Map(), twice: [], past: new Set(row.flatMap((text, x) => (PAST.test(fold(text)) ? [x] : []))), lines: 0 };
  const named = [...heads.columns, ...heads.twice.map((x) => [x, findColumn(row[x])])].sort(([one], [other]) => one - other);
  for (const [x, place] of named) {
    const under = below.slice(x, filled.find((other) => other > x) ?? Math.max(row.length, below.length));
    const now = under.findIndex((words) => NOW.test(words));
    under.forEach((words, step) => { if (PAST.test(words)) found.past.add(x + step); });
    if (now >= 0 || PAST.test(under[0])) found.lines = 1;
    if (now < 0 && (PAST.test(under[0]) || PAST.test(above[x]))) found.past.add(x);
    else if ([...found.columns.values()].includes(place)) found.twice.push(x);
    else found.columns.set(now < 0 ? x : x + now, place);
  }
  return found;
}

// The same of a block that was turned: its lines are hamlets, each perhaps in two.
export function linesOfThisMonth(rows) {
  let name = "";
  return rows.flatMap((row) => {
    name = row[0] || name;
    const under = row.slice(1, 3).map(fold);
    if (under.some((words) => NOW.test(words))) return [[name, ...row.slice(1)]];
    return under.some((words) => PAST.test(words)) ? [] : [row];
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
