// What a pasted block says: its cells, heads, names, totals and titles. Knows no page: a sheet is described to it,
// {month?, rows: [{key, name, of?}], columns: [{code, name, short?, unit}]}; the answer names their places there.

import { clean, parseCount } from "./counts.js";
import { linesOfThisMonth, ofThisMonth, written } from "./heads.js";

const DASHES = new Set(["-", "–", "—"]);
const NUMBERING = /^(tt|stt|so tt|so thu tu|thu tu)$/;
const TOTAL = /^(tong( so| cong)?( [ivx]+)*|cong( toan)?|(cong|tong) ([ivx]+|[a-h]|(khu vuc|cum|cac|so|chung)( .*)?)|cong don|luy ke|binh quan|toan( xa| phuong)|t cong|tc|total|grand total|sum)( (toan )?(xa|phuong|dac khu|don vi|huyen|tinh)\b.*)?$/;
const PLACE_HEAD = /^(khu|khu dan cu|ten khu|ten khu dan cu|thon|ten thon|to dan pho|khu pho|xom|ban|ap|dia ban)( |$)/;
const OWN_PLACE = "(?:khu dan cu|to dan pho|khu pho|khoi pho|khoi|khu|thon|ban|xom|lang|ap|buon|to|pho)";

// What parts the cells: tabs, as spreadsheets copy them; the semicolons or bars of a csv, where each line has as many of them.
function markOf(source) {
  const lines = source.split("\n").filter((line) => line.trim());
  const alike = (mark) => lines.length > 1 && lines.every((line) => line.split(mark).length > 1 && line.split(mark).length === lines[0].split(mark).length);
  return source.includes("\t") ? "\t" : [";", "|"].find(alike) ?? "\t";
}

// Clipboard text as rows of cells. A cell in quotes may hold tabs and line breaks, and "" for a quote.
export function cellsOf(text) {
  const rows = [];
  let row = [];
  let at = 0;
  const source = text.replace(/\r\n?/g, "\n");
  const mark = markOf(source);
  const ends = (place) => place >= source.length || source[place] === mark || source[place] === "\n";
  while (at < source.length) {
    let value = null;
    if (source[at] === '"') {
      let close = at + 1;
      while (close < source.length && (source[close] !== '"' || source[close + 1] === '"')) close += source[close] === '"' ? 2 : 1;
      if (source[close] === '"' && ends(close + 1)) {
        value = source.slice(at + 1, close).replaceAll('""', '"');
        at = close + 1;
      }
    }
    if (value === null) {
      const from = at;
      while (!ends(at)) at += 1;
      value = source.slice(from, at);
    }
    row.push(clean(value.replace(/\n+/g, " ")));
    if (at >= source.length || source[at] === "\n") { rows.push(row); row = []; }
    else if (at === source.length - 1) { row.push(""); rows.push(row); row = []; } // a tab that ends the text
    at += 1;
  }
  while (rows.length && rows.at(-1).every((cell) => !cell)) rows.pop();
  return rows;
}

// Letters without marks, small, one space between words: as names are compared.
export const fold = (text) => clean(text).toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d")
  .replace(/[^\p{L}\p{N}]+/gu, " ").trim();

// "KDC số 05" → "khu 5": short forms, missing spaces and leading zeros are the same name.
export function placeKey(text) {
  const words = fold(text).replace(/\bkdc/g, "khu dan cu ").replace(/\btdp/g, "to dan pho ").replace(/\bkp(?=\d| )/g, "khu pho ").replace(/([a-z])(?=\d)/g, "$1 ").replace(/\bso (?=\d)/g, "")
    .replace(/\b0+(?=\d)/g, "").replace(/\bkhu dan cu\b/g, "khu").replace(/ +/g, " ").trim();
  return words;
}

const bare = (key) => key.replace(new RegExp(`^${OWN_PLACE} `), "");
// A name letter by letter, whole and without the word for a place before it.
const PLACE = new RegExp(`^${OWN_PLACE}( |$)`);
const lettersOf = (name) => {
  const words = clean(name).toLowerCase().split(/\s+/);
  const own = fold(name).match(new RegExp(`^${OWN_PLACE} `))?.[0].trim().split(" ").length ?? 0;
  return own ? [words.join(" "), words.slice(own).join(" ")] : [words.join(" ")];
};
const isNumber = (text) => { try { return parseCount(text) !== null; } catch { return false; } };
const isFigure = (text) => text === "" || DASHES.has(text) || isNumber(text);

// Text → place in a list of names; undefined where none or several are meant.
function finder(list, keysOf) {
  const found = new Map();
  list.forEach((one, place) => keysOf(one).forEach((key) => found.set(key, found.has(key) && found.get(key) !== place ? null : place)));
  return (text) => found.get(text) ?? undefined;
}

// Text → place of a row; groups of the hamlet `last` are known by their names.
function rowFinder(sheet, home) {
  const tops = sheet.rows.map((row) => (row.of ? null : row));
  const letters = finder(tops, (row) => (row ? lettersOf(row.name) : []));
  const whole = finder(tops, (row) => (row ? [placeKey(row.name)] : []));
  const short = finder(tops, (row) => (row ? [bare(placeKey(row.name))] : []));
  return (text, last = home, numbered = false) => {
    const key = placeKey(text);
    if (!/\p{L}/u.test(text)) return numbered && isNumber(text) ? short(key) : undefined;
    const group = sheet.rows.findIndex((row) => row.of && row.of === last && [row.name, row.name.replace(/ \([^()]*\)$/, "")].some((name) => placeKey(name) === key));
    if (group >= 0) return group;
    const top = letters(lettersOf(text)[0]) ?? whole(key) ?? short(bare(key)); // "Đồng Sơn" is no "Đông Sơn"
    return top !== undefined && last && onlyByNumber(text, sheet.rows[top]) ? undefined : top; // a group of a hamlet that is closed
  };
}

// Whether "Tổ 3" is taken for Khu 3.
const onlyByNumber = (text, row) => /^to /.test(placeKey(text)) && !/^to /.test(placeKey(row.name));
const homeAfter = (text, row, last) => (onlyByNumber(text, row) ? last : row.of ?? row.key);

function columnFinder(sheet) {
  const keys = ({ name, unit }) => [fold(name), fold(`${name} ${unit ?? ""}`), fold(name.replace(/^[^:]*:/, ""))];
  const whole = finder(sheet.columns, keys);
  const units = new Set(sheet.columns.map(({ unit }) => fold(unit ?? ""))); // "buổi" stands in many a row of units
  const short = finder(sheet.columns, ({ short: head = "", unit }) => [fold(head), fold(`${head} ${unit ?? ""}`)].filter((key) => key && !units.has(key)));
  const asUnit = finder(sheet.columns, ({ short: head = "" }) => [fold(head)].filter((key) => units.has(key)));
  const find = (text) => {
    const key = fold(text);
    if (key.length < 3 || isNumber(text)) return undefined;
    const exact = whole(key) ?? short(key);
    if (exact !== undefined) return exact;
    const near = sheet.columns.map((column, place) => [fold(column.name), place]).filter(([name]) => key.split(" ").length > 1 && (` ${name} `.includes(` ${key} `) || ` ${key} `.includes(` ${name} `)));
    return near.length === 1 ? near[0][1] : undefined;
  };
  return Object.assign(find, { asUnit: (text) => asUnit(fold(text)) });
}

const width = (rows) => Math.max(0, ...rows.map((row) => row.length));
const transposed = (rows) => Array.from({ length: width(rows) }, (_, x) => rows.map((row) => row[x] ?? ""));

// The row of heads: the one with the most indicators' names. {at, columns: Map(x → place), twice}
function headsOf(rows, findColumn) {
  let best = { at: -1, columns: new Map(), twice: [] };
  rows.slice(0, 12).forEach((row, at) => {
    const columns = new Map();
    const twice = [];
    row.forEach((text, x) => {
      const place = findColumn(text);
      if (place === undefined) return;
      if ([...columns.values()].includes(place)) twice.push(x);
      else columns.set(x, place);
    });
    // Beside another head, or one of places, a short name that is a unit too ("Lượt") is a name; under other heads it is a unit.
    if (columns.size || row.some((text) => PLACE_HEAD.test(fold(text)))) {
      row.forEach((text, x) => {
        const [place, above] = [findColumn.asUnit(text), rows[at - 1]?.[x] ?? ""];
        if (place === undefined || [...columns.values()].includes(place)) return;
        if ((!above || above === text) && row.filter((one) => fold(one) === fold(text)).length === 1) columns.set(x, place);
      });
    }
    if (columns.size > best.columns.size) best = { at, columns, twice };
  });
  const alone = best.columns.size === 1 && rows[best.at].filter(Boolean).some((text, x) => isNumber(text) && !best.columns.has(x));
  return best.columns.size && !alone ? best : { at: -1, columns: new Map(), twice: [] };
}

// The column of names: where most rows name a place of the sheet, or begin with a word for places; -1 where there is none.
function namesOf(sheet, rows, findRow) {
  let best = { x: -1, count: 0 };
  const all = [...new Set([0, 1, 2, 3, width(rows) - 1])].filter((x) => x >= 0 && x < width(rows));
  const texts = (x) => rows.map((row) => row[x] ?? "").filter(Boolean);
  for (const x of all) {
    let [count, last] = [0, undefined];
    for (const text of texts(x)) {
      const row = findRow(text, last);
      if (row === undefined) continue;
      count += 1;
      last = homeAfter(text, sheet.rows[row], last);
    }
    if (count > best.count) best = { x, count };
  }
  if (best.count * 3 >= rows.length || best.count > 2) return best.x;
  return all.find((x) => texts(x).filter((text) => PLACE.test(placeKey(text))).length * 2 > rows.length) ?? -1;
}

// The column headed "Khu dân cư" or alike, where bare numbers name hamlets too.
const placesOf = (rows, findRow, headed) => (rows.some((row) => findRow(row[headed] ?? "", undefined, true) !== undefined) ? headed : -1);
const headedAt = (above, columns) => above.flatMap((row) => row.map((text, x) => (PLACE_HEAD.test(fold(text)) ? x : -1))).find((x) => x >= 0 && x < 4 && !columns.has(x)) ?? -1;

// The column where bare numbers mean hamlets: beside a named one, under the word for them, or where all are there.
function numbersOf(sheet, rows, at, findRow) {
  const all = sheet.rows.filter((row) => !row.of && /\d$/.test(row.name)).length;
  return [0, 1, 2, 3].find((x) => {
    const texts = rows.slice(at + 1).map((row) => row[x] ?? "").filter(Boolean);
    const bare = texts.filter((text) => /^\d+$/.test(text));
    const places = bare.map((text) => findRow(text, undefined, true));
    if (bare.length < 2 || places.includes(undefined) || new Set(places).size < places.length) return false;
    const isNamed = texts.some((text) => !/^\d+$/.test(text) && findRow(text) !== undefined);
    const above = rows.some((row) => row.slice(0, x + 1).some((text) => PLACE_HEAD.test(fold(text)) && findRow(text) === undefined));
    return isNamed || above || bare.length === all;
  }) ?? -1;
}

// How many lines name a place in a first column.
const named = (rows, findRow) => rows.filter((row) => row.slice(0, 4).some((text) => findRow(text) !== undefined)).length;

// Whether a column counts 1, 2, 3 … down its rows.
function counts(texts) {
  const numbers = texts.filter(Boolean);
  return numbers.length > 3 && numbers.every((text, place) => text.replace(/\.$/, "") === String(place + 1));
}

// What a block would write, seen from the cell {row, column} where it is pasted.
//   {changes: [{row, column, text}], dashes: [{row, column}], refused: [{row, column, text, sentence}], blanks, outside,
//    said: [what was recognised], doubts: [what is not sure]}
export function planOf(sheet, start, text) {
  let rows = cellsOf(text);
  const plan = { changes: [], dashes: [], refused: [], blanks: 0, outside: 0, said: [], doubts: [] };
  const [findRow, findColumn] = [rowFinder(sheet, sheet.rows[start.row].of), columnFinder(sheet)];
  const lines = written(rows, findRow);
  rows = lines.rows;
  if (lines.some) plan.said.push("Dòng dạng “Khu 1: 5” được tách thành tên và số.");
  const counted = sheet.columns[start.column]?.unit ?? "";
  const others = lines.units.filter((unit) => fold(unit) !== fold(counted));
  if (others.length) plan.doubts.push(`Dòng ghi “${others.join("”, “")}”, cột đang đứng tính bằng ${counted}: hãy xem lại cột.`);
  let heads = headsOf(rows, findColumn);
  let numberedAt = -1;
  if (heads.columns.size < 2 && sheet.columns.length > 1) {
    const turned = linesOfThisMonth(transposed(rows), sheet.month);
    const other = headsOf(turned, findColumn);
    const isTurned = other.columns.size > 1 || named(turned, findRow) > Math.max(1, named(rows, findRow));
    const numbered = other.columns.size > 1 ? numbersOf(sheet, turned, other.at, findRow) : -1;
    if (other.columns.size && isTurned && (numbered >= 0 || namesOf(sheet, turned.slice(other.at + 1), findRow) >= 0)) {
      rows = turned;
      heads = other;
      numberedAt = numbered;
      plan.said.push("Bảng dán có chỉ tiêu theo dòng, khu theo cột: đã xoay lại.");
    } else if (other.columns.size > 1) {
      plan.doubts.push("Bảng dán có chỉ tiêu theo dòng nhưng không rõ cột nào của khu nào nên không ghi. Hãy chép cả dòng tên khu.");
      return plan;
    }
  }
  const all = heads.columns.size;
  heads = ofThisMonth(rows, heads, findColumn, findRow, sheet.month);
  if (heads.unclear.length) plan.doubts.push(`Không cột nào ghi rõ là số của tháng này nên không ghi: ${heads.unclear.join("; ")}.`);
  if (all && !heads.columns.size) return plan;
  if (heads.past.size) plan.said.push("Chỉ lấy cột của tháng này; cột kỳ trước, tháng khác, lũy kế không đọc.");
  let body = rows.slice(heads.at + 1 + heads.lines);
  if (heads.columns.size && body.length > 1 && body[0].filter(Boolean).length > 2 && /^\(?[1A]\)?$/i.test(body[0].find(Boolean)) && numbersColumns(body[0])) {
    plan.said.push("Bỏ qua dòng đánh số cột.");
    body = body.slice(1);
  }
  const headed = numberedAt >= 0 ? numberedAt : headedAt(rows.slice(0, heads.at + 1), heads.columns);
  const placesAt = placesOf(body, findRow, headed);
  const found = placesAt >= 0 ? placesAt : namesOf(sheet, body, findRow);
  // Under a head of places every line goes by its name, though none should be ours: never by its place in the block.
  const namesAt = found < 0 && body.some((row) => row[headed]) ? headed : found;
  const used = bodyColumns(sheet, start, body, heads, namesAt, rows, plan, findRow);
  const placed = namesAt >= 0 ? byName(sheet, body, namesAt, (text, last) => findRow(text, last, placesAt >= 0), plan) : byPlace(sheet, start, body, used, plan);
  for (const [line, row] of placed) {
    for (const [x, column] of used) putCell(sheet, plan, row, column, line[x] ?? "");
  }
  if (namesAt >= 0 && plan.changes.length) plan.said.push("Dòng khớp theo tên.");
  if (heads.columns.size) plan.said.push("Cột khớp theo tên chỉ tiêu.");
  if (plan.refused.length) plan.doubts.push(`${plan.refused.length} ô không nhận.`);
  const nothing = ![plan.changes, plan.dashes, plan.refused, plan.doubts].some((some) => some.length) && !plan.outside;
  if (nothing && body.flat().some((cell) => /\d/.test(cell))) plan.doubts.push("Không thấy số nào ghi được: mỗi số phải ở một ô riêng (chép từ bảng), hoặc mỗi dòng ghi như “Khu 1: 5”.");
  if (plan.outside) plan.doubts.push(`${plan.outside} số nằm ngoài bảng nên không ghi.`);
  return plan;
}

// A block of figures alone fills a selection that holds it several times.
export function tiled(text, high, wide) {
  const rows = cellsOf(text);
  const isWhole = rows.length && high % rows.length === 0 && wide % width(rows) === 0;
  if (!isWhole || rows.flat().some((cell) => !isFigure(cell))) return text;
  return Array.from({ length: high }, (_, y) => Array.from({ length: wide }, (_, x) => rows[y % rows.length][x % width(rows)] ?? "").join("\t")).join("\n");
}

// Which columns of the block hold figures, and of what: [[x, place in the sheet or undefined]].
function bodyColumns(sheet, start, body, heads, namesAt, rows, plan, findRow) {
  const all = [...Array(width(body)).keys()];
  const text = (x) => body.map((row) => row[x] ?? "");
  if (heads.columns.size) {
    const twice = heads.twice.map((x) => rows[heads.at][x]);
    if (twice.length) plan.doubts.push(`Chỉ tiêu có hai cột, chỉ lấy cột đầu: ${twice.join(", ")}.`);
    const head = rows[heads.at].map((text, x) => text || (rows[heads.at - 1]?.[x] ?? "")); // heads in two rows
    const unknown = all.filter((x) => x !== namesAt && !heads.columns.has(x) && !heads.twice.includes(x) && !heads.past.has(x) && text(x).some(isNumber) && !NUMBERING.test(fold(head[x] ?? "")) && !counts(text(x)));
    const words = all.find((x) => x < 4 && !heads.columns.has(x) && !heads.twice.includes(x) && text(x).filter((one) => one && !isFigure(one)).length * 2 > body.length);
    if (namesAt < 0 && words !== undefined) plan.doubts.push(`Cột “${head[words] || `cột ${words + 1}`}” là chữ nhưng không khớp tên khu nào: dòng được ghi theo thứ tự đang hiện.`);
    if (unknown.length) plan.doubts.push(`Cột không phải chỉ tiêu của bảng này nên bỏ qua: ${unknown.map((x) => head[x] || `cột ${x + 1}`).join(", ")}.`);
    return [...heads.columns];
  }
  let figures = all.filter((x) => x > namesAt);
  const before = all.filter((x) => x < namesAt && !(x === 0 && counts(text(x))) && text(x).some(isNumber));
  if (before.length && !figures.some((x) => text(x).some(isNumber))) figures = before; // names stand last
  if (namesAt < 0 && all.length > 1 && counts(text(0).filter((one, y) => !isTotal(body[y])))) {
    figures = all.slice(1);
    plan.doubts.push("Cột đầu đếm 1, 2, 3… được coi là cột TT, không ghi vào bảng.");
  }
  if (namesAt < 0 && figures.length === all.length && all.length > 1 && text(0).join() === "1,2,3") {
    plan.doubts.push("Cột đầu là 1, 2, 3: nếu đó là cột TT thì bấm Hủy, chép lại không có cột ấy.");
  }
  if (namesAt < 0) {
    const words = figures[0] !== undefined ? text(figures[0]).filter((one) => /^\p{L}/u.test(one)).length : 0;
    if (figures.length > 1 && words * 2 > body.length) {
      plan.doubts.push("Cột đầu là chữ nhưng không khớp tên khu nào: dòng được ghi theo thứ tự đang hiện.");
      figures = figures.slice(1);
    }
  }
  const strange = headings(body, namesAt).filter((line) => namesAt < 0 || findRow(line[namesAt] ?? "") === undefined).flatMap((line) => figures.map((x) => line[x]).filter(Boolean));
  if (strange.length) plan.doubts.push(`Đầu cột không phải chỉ tiêu của bảng này: ${strange.join(", ")}. Cột được ghi theo thứ tự đang hiện.`);
  return figures.map((x, place) => [x, sheet.columns[start.column + place] ? start.column + place : undefined]);
}

// Whether a line numbers the columns under their heads: (1) (2) (3), 1 2 3.
const numbersColumns = (line) => line.filter((text) => text && !/^\(?[A-D]\)?$/i.test(text)).map((text) => Number(text.replace(/[()]|=.*/g, ""))).every((value, place, all) => value === all[0] + place);

// The first line that has a figure, and the lines of several words above it.
const firstOf = (body, namesAt) => Math.max(0, body.findIndex((line) => line.some((text, x) => x !== namesAt && text && isFigure(text))));
const headings = (body, namesAt) => body.slice(0, firstOf(body, namesAt)).filter((line) => line.filter(Boolean).length > 1);

const isTotal = (line) => line.some((text, x) => x < 3 && (TOTAL.test(fold(text)) || /^[∑Σ]/u.test(text)));

// Each line with the row that it names.
function byName(sheet, body, namesAt, findRow, plan) {
  const placed = new Map();
  const [totals, titles, strangers, loose, twice] = [[], [], [], [], new Set()];
  let last;
  for (const line of body) {
    const name = line[namesAt] ?? "";
    const row = findRow(name, last);
    if (row !== undefined) {
      if (/\d$/.test(name) && /\p{L}/u.test(name) && placeKey(name) !== placeKey(sheet.rows[row].name) && !sheet.rows[row].of) loose.push(`“${name}” là ${sheet.rows[row].name}`);
      last = homeAfter(name, sheet.rows[row], last);
      if (placed.has(row)) twice.add(row);
      placed.set(row, line);
    } else if (isTotal(line)) totals.push(name || line.find(Boolean));
    else if (line.some((text, x) => x !== namesAt && x > 0 && isNumber(text)) && !(/^[(\d]/.test(name) && numbersColumns(line))) strangers.push(name || "(không tên)");
    else if (line.some(Boolean)) titles.push(line.find(Boolean));
  }
  for (const row of twice) placed.delete(row);
  if (totals.length) plan.said.push(`Bỏ qua dòng cộng: ${totals.filter(Boolean).join(", ") || totals.length}.`);
  if (titles.length) plan.said.push(`Bỏ qua dòng không có số: ${titles.slice(0, 5).join("; ")}.`);
  if (strangers.length) plan.doubts.push(`Không có trong bảng này nên không ghi: ${strangers.join(", ")}.`);
  if (loose.length) plan.doubts.push(`Tên không giống hẳn, được hiểu: ${loose.slice(0, 5).join("; ")}${loose.length > 5 ? "…" : ""}.`);
  if (twice.size) plan.doubts.push(`Có hai dòng cùng tên nên không ghi dòng nào: ${[...twice].map((row) => sheet.rows[row].name).join(", ")}.`);
  return [...placed].map(([row, line]) => [line, row]);
}

// Lines without names fall on rows of one kind: hamlets on hamlets, a hamlet's groups on its groups.
function byPlace(sheet, start, body, used, plan) {
  const kind = sheet.rows[start.row];
  const same = sheet.rows.map((row, place) => [row, place]).filter(([row, place]) => place >= start.row && row.of === kind.of && (row.key === "u") === (kind.key === "u")).map(([, place]) => place);
  const open = kind.of || body.length < 2 ? [] : sheet.rows.filter((row) => row.of);
  if (open.length) {
    const hamlets = sheet.rows.filter((row) => open.some((one) => one.of === row.key)).map((row) => row.name);
    plan.doubts.push(`Bảng đang mở ${open.length} tổ của ${hamlets.join(", ")}: số dán được ghi vào dòng của khu, không vào dòng của tổ.`);
  }
  body = body.filter((line) => !line.some(Boolean) || !line.every((text) => !text || /^\(\d+\)$/.test(text))); // (1) (2) (3) under the heads
  const first = firstOf(body);
  const titles = body.slice(0, first).flat().filter(Boolean);
  let lines = titles.length ? body.slice(first) : body; // blank lines alone are cells
  if (titles.length) plan.said.push(`Bỏ qua tiêu đề: ${titles.join(", ")}.`);
  const named = lines.filter(isTotal);
  lines = lines.filter((line) => !isTotal(line));
  if (named.length) plan.said.push(`Bỏ qua ${named.length} dòng cộng.`);
  // A total without a name: the last line, but where every line has its row; the first one only where rows are lacking.
  const isMany = lines.length > 3;
  if (isMany && lines.length !== same.length && sums(lines, used)) {
    lines = lines.slice(0, -1);
    plan.doubts.push("Dòng cuối bằng tổng các dòng trên: được coi là dòng cộng, không ghi.");
  } else if (isMany && lines.length > same.length && sums([...lines.slice(1), lines[0]], used)) {
    lines = lines.slice(1);
    plan.doubts.push("Dòng đầu bằng tổng các dòng dưới: được coi là dòng cộng, không ghi.");
  } else if (isMany && [lines, [...lines.slice(1), lines[0]]].some((some) => sums(some, used))) {
    plan.doubts.push("Dòng đầu hoặc cuối bằng tổng các dòng kia, vẫn ghi như số của một khu. Nếu là dòng cộng thì bấm Hủy, chép lại không có dòng ấy.");
  }
  return lines.map((line, y) => [line, same[y]]);
}

// Whether the last line is the sum of those above it, in every column that has figures.
function sums(lines, used) {
  const value = (text) => (isNumber(text ?? "") ? parseCount(text) : 0);
  const last = lines.at(-1);
  const columns = used.filter(([x]) => value(last[x]) > 0);
  return columns.length > 0 && columns.every(([x]) => lines.slice(0, -1).filter((line) => value(line[x]) > 0).length > 1 && lines.slice(0, -1).reduce((sum, line) => sum + value(line[x]), 0) === value(last[x]));
}

function putCell(sheet, plan, row, column, text) {
  if (row === undefined || column === undefined) {
    if (text && !DASHES.has(text)) plan.outside += 1;
  } else if (!text) plan.blanks += 1;
  else if (DASHES.has(text)) plan.dashes.push({ row, column });
  else {
    try {
      plan.changes.push({ row, column, text: String(parseCount(text)) });
    } catch (error) {
      plan.refused.push({ row, column, text, sentence: error.message });
    }
  }
}
