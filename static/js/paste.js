// Blocks from Excel or LibreOffice, last month's stocks, and "Không phát sinh": proposed, previewed, applied.

import { same, write } from "./counts.js";
import { nameOf } from "./grid.js";

// The text of what was copied; of a table whose cells are no columns of it (some programs give one a line, or none) its own.
export function blockIn(clipboard) {
  const text = clipboard.getData("text/plain");
  const html = text.includes("\t") ? "" : clipboard.getData("text/html");
  const table = html && new DOMParser().parseFromString(html, "text/html").querySelector("table");
  const rows = [...(table?.rows ?? [])].map((row) => [...row.cells].flatMap((cell) => [cell.textContent.replace(/\s+/g, " ").trim(), ...Array(Math.max(0, Math.min(cell.colSpan, 99) - 1)).fill("")]));
  return rows.some((row) => row.length > 1) ? rows.map((row) => row.join("\t")).join("\n") : text;
}

// The table as the reader of blocks knows it: the rows that are shown, or the figures of the whole unit.
function sheetOf(grid, rows) {
  const heading = (cell) => document.getElementById(`i-${cell.name.split(".")[1]}`);
  const name = (cell) => nameOf(heading(cell));
  if (rows === grid.units) {
    return { rows: rows.map(([cell]) => ({ key: cell.name, name: name(cell) })), columns: [{ code: "", name: "Tháng này", unit: "" }] };
  }
  return {
    month: grid.form.dataset.month,
    rows: rows.map(([cell]) => ({ key: cell.closest("tr").dataset.row, name: document.getElementById(`r-${cell.closest("tr").dataset.row}`).textContent, of: cell.closest("tr").dataset.of })),
    columns: rows[0].map((cell) => ({ code: cell.name.split(".")[1], name: name(cell), short: heading(cell).firstChild.textContent.trim(), unit: heading(cell).querySelector(".quiet")?.textContent ?? "" })),
  };
}

// What reads blocks, a fifth of the page's scripts, comes when the sheet is first touched: before anybody can paste.
let reader;
export function fetchReader() {
  reader ??= import("./block.js").catch((error) => {
    reader = undefined;
    throw error;
  });
  return reader;
}

// The plan of a text pasted into the selection, from its upper left cell, with cells and their labels. Rejects where
// the reader is not there and cannot be fetched.
export async function readBlock(grid, text) {
  const { rows: picked, isRange } = grid.selection;
  const start = picked[0]?.[0] ?? grid.selection.anchor; // a selection over two tables has no rows
  const { planOf, tiled } = await fetchReader();
  const of = ([cell]) => cell.closest("tr").dataset.of;
  const fills = isRange && picked.length && picked.every((row) => of(row) === of(picked[0]));
  const filled = fills ? tiled(text, picked.length, picked[0].length) : text;
  const spot = grid.where(start);
  const rows = spot.rows === grid.rows && filled === text ? grid.all : spot.rows; // the filter hides rows from the eye only
  text = filled;
  const [x, y] = [spot.x, rows.findIndex((row) => row.includes(start))];
  const plan = planOf(sheetOf(grid, rows), { row: y, column: x }, text);
  if (rows.length > spot.rows.length && !plan.said.includes("Dòng khớp theo tên.")) plan.doubts.push("Bảng đang lọc bớt khu: dòng được ghi theo thứ tự đủ các khu.");
  const at = (one) => rows[one.row][one.column];
  return {
    ...plan,
    changes: plan.changes.map((one) => ({ cell: at(one), text: one.text })),
    dashes: plan.dashes.map(at),
    refused: plan.refused.map((one) => ({ label: grid.label(at(one)), sentence: one.sentence })),
  };
}

function element(tag, text, parent) {
  const made = document.createElement(tag);
  made.textContent = text;
  parent.append(made);
  return made;
}

// The first and the last row that would be written, with what they get.
function ends(grid, changes, body) {
  const rows = new Map(changes.map(({ cell }) => [cell.closest("tr"), []]));
  for (const one of changes) rows.get(one.cell.closest("tr")).push(one);
  if (rows.size < 2) return;
  const place = (cell) => (cell.closest(".unit-level") ? nameOf(grid.head(cell)) : grid.label(cell).split(" – ")[0]);
  const line = (found) => `${place(found[0].cell)} = ${found.map(({ text }) => write(Number(text))).join(" · ")}`;
  const order = [...rows.keys()].sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  element("p", `Dòng đầu: ${line(rows.get(order[0]))}. Dòng cuối: ${line(rows.get(order.at(-1)))}.`, body);
}

function list(parent, title, sentences) {
  if (!sentences.length) return;
  element("p", title, parent);
  const made = element("ul", "", parent);
  made.className = "every-cell";
  made.tabIndex = 0; // it scrolls, so the keyboard must reach it
  made.setAttribute("aria-label", title);
  for (const sentence of sentences) element("li", sentence, made);
}

// Show the plan and wait for yes or no. Resolves to the changes to apply. Where something is doubtful, Enter cancels.
export function preview(grid, plan, title) {
  const dialog = document.getElementById("preview");
  const body = document.getElementById("preview-body");
  const { doubts = [], said = [], dashes = [], refused = [], kept = [] } = plan;
  document.getElementById("preview-title").textContent = title;
  body.replaceChildren();
  const changes = plan.changes.filter(({ cell, text }) => !same(cell.value, text));
  const held = plan.changes.length - changes.length;
  if (doubts.length) {
    const box = element("div", "", body);
    box.className = "notice warn";
    list(box, "Chưa chắc, hãy xem lại trước khi ghi:", doubts);
  }
  element("p", `${changes.length} ô sẽ được ghi${held ? `, ${held} ô giữ nguyên vì đã đúng` : ""}.`, body);
  ends(grid, changes, body);
  for (const sentence of said) element("p", sentence, body);
  if (plan.blanks) element("p", `${plan.blanks} ô trống trong phần dán được bỏ qua.`, body);
  let zero = null;
  if (dashes.length) {
    const label = element("label", "", body);
    zero = document.createElement("input");
    zero.type = "checkbox";
    label.append(zero, ` ${dashes.length} ô có dấu “-”: ghi là không phát sinh (0). Không chọn thì bỏ qua.`);
  }
  const change = ({ cell, text }) => `${grid.label(cell)}: ${cell.value || "trống"} → ${write(Number(text))}`;
  list(body, `${refused.length} ô không nhận:`, refused.map(({ label, sentence }) => `${label}: ${sentence}`));
  list(body, `${kept.length} ô để trống, không ghi 0:`, kept);
  const over = changes.filter(({ cell }) => cell.value !== "");
  list(body, `${over.length} ô đang có số sẽ bị thay:`, over.map(change));
  list(body, "Các ô trống sẽ có số:", changes.filter(({ cell }) => cell.value === "").map(change));
  return new Promise((resolve) => {
    dialog.returnValue = "cancel";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "apply") return resolve([]);
      const zeros = zero?.checked ? dashes.map((cell) => ({ cell, text: "0" })) : [];
      return resolve([...changes, ...zeros]);
    }, { once: true });
    dialog.showModal();
    dialog.scrollTop = 0;
    document.getElementById(doubts.length || !(changes.length + dashes.length) ? "preview-cancel" : "preview-apply").focus();
  });
}

// What "Không phát sinh" would write into a scope ("rest", "row:h12", "section:tips"): zeros for what is owed and blank,
// never for what is optional nor where zero would be false beside another cell of the row. {changes, kept: [why not]}
export function noneOf(grid, scope) {
  const [kind, name] = scope.split(":");
  const plan = { changes: [], kept: [] };
  for (const cell of grid.cells) {
    const [row, code] = cell.name.split(".");
    const { section } = document.getElementById(`i-${code}`)?.dataset ?? {};
    if (!grid.owes(cell) || (kind === "row" && row !== name) || (kind === "section" && section !== name)) continue;
    const why = contradicted(grid, row, code);
    if (why) plan.kept.push(`${grid.label(cell)}: ${why}`);
    else plan.changes.push({ cell, text: "0" });
  }
  if (plan.kept.length) plan.said = ["Ô liên quan trong cùng dòng đang có số nên các ô sau cần ghi số thật."];
  return plan;
}

// Why zero would be false in a cell, or "".
function contradicted(grid, row, code) {
  const { against = "", ofReceived } = document.getElementById(`i-${code}`).dataset;
  const beside = against.split(" ").find((other) => other && grid.rowValue(row, other) > 0);
  const named = (other) => `“${nameOf(document.getElementById(`i-${other}`))}” là ${write(grid.rowValue(row, other))}`;
  if (beside) return named(beside);
  const parts = [...grid.form.querySelectorAll("[data-of-received]")].map((head) => grid.rowValue(row, head.dataset.code) ?? 0);
  if (ofReceived && grid.rowValue(row, ofReceived) > parts.reduce((sum, part) => sum + part, 0)) return named(ofReceived);
  return "";
}
