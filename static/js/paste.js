// Blocks from Excel or LibreOffice, last month's stocks, and "Không phát sinh": proposed, previewed, applied.

import { parseCount, same, write } from "./counts.js";

const DASHES = new Set(["-", "–", "—"]);

// What a pasted text would do: {changes: [{cell, text}], refused: [{label, sentence}], dashes, blanks, outside}.
export function readBlock(grid, start, text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
  const spot = grid.where(start);
  const plan = { changes: [], refused: [], dashes: [], blanks: 0, outside: 0 };
  lines.forEach((line, dy) => line.forEach((typed, dx) => {
    const cell = spot.rows[spot.y + dy]?.[spot.x + dx];
    const value = typed.trim();
    if (!cell) { if (value) plan.outside += 1; return; }
    if (!value) { plan.blanks += 1; return; }
    if (DASHES.has(value)) { plan.dashes.push(cell); return; }
    try {
      plan.changes.push({ cell, text: String(parseCount(value)) });
    } catch (error) {
      plan.refused.push({ label: grid.label(cell), sentence: error.message });
    }
  }));
  return plan;
}

function element(tag, text, parent) {
  const made = document.createElement(tag);
  made.textContent = text;
  parent.append(made);
  return made;
}

// Show the plan and wait for yes or no. Resolves to the changes to apply.
export function preview(grid, plan, title) {
  const dialog = document.getElementById("preview");
  const body = document.getElementById("preview-body");
  document.getElementById("preview-title").textContent = title;
  body.replaceChildren();
  const changes = plan.changes.filter(({ cell, text }) => !same(cell.value, text));
  const held = plan.changes.length - changes.length;
  element("p", `${changes.length} ô sẽ được ghi${held ? `, ${held} ô giữ nguyên vì đã đúng` : ""}.`, body);
  if (plan.blanks) element("p", `${plan.blanks} ô trống trong phần dán được bỏ qua.`, body);
  if (plan.outside) element("p", `${plan.outside} số nằm ngoài bảng nên không ghi.`, body);
  let zero = null;
  if (plan.dashes?.length) {
    const label = element("label", "", body);
    zero = document.createElement("input");
    zero.type = "checkbox";
    label.append(zero, ` ${plan.dashes.length} ô có dấu “-”: ghi là không phát sinh (0). Không chọn thì bỏ qua.`);
  }
  if (plan.refused.length) {
    element("p", `${plan.refused.length} ô không nhận:`, body);
    const list = element("ul", "", body);
    for (const { label, sentence } of plan.refused.slice(0, 20)) element("li", `${label}: ${sentence}`, list);
  }
  const over = changes.filter(({ cell }) => cell.value !== "");
  if (over.length) element("p", `${over.length} ô đang có số sẽ bị thay:`, body);
  const list = element("ul", "", body);
  for (const { cell, text } of over.slice(0, 12)) element("li", `${grid.label(cell)}: ${cell.value} → ${write(Number(text))}`, list);
  return new Promise((resolve) => {
    dialog.returnValue = "cancel";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "apply") return resolve([]);
      const zeros = zero?.checked ? plan.dashes.map((cell) => ({ cell, text: "0" })) : [];
      return resolve([...changes, ...zeros]);
    }, { once: true });
    dialog.showModal();
    document.getElementById("preview-apply").focus();
  });
}

// Blank cells of a scope ("rest", "row:h12", "section:tips") that would become 0.
export function blanksOf(grid, scope) {
  const [kind, name] = scope.split(":");
  const hamlets = grid.rows.some((row) => row[0]?.name.startsWith("h"));
  return grid.cells.filter((cell) => {
    const [row, code] = cell.name.split(".");
    const heading = document.getElementById(`i-${code}`);
    const unitLevel = Boolean(cell.closest(".unit-level"));
    if (cell.value.trim() || row.startsWith("g")) return false;
    if (cell.closest("td").dataset.more !== undefined && !grid.form.querySelector(`tr[data-of="${row}"]`)) return false;
    if (!unitLevel && hamlets && row === "u") return false;
    const groups = grid.form.querySelectorAll(`tr[data-of="${row}"] input[name$=".${code}"]`);
    if ([...groups].some((one) => one.value.trim())) return false;
    if (kind === "row") return row === name;
    return kind === "rest" || heading?.dataset.section === name;
  }).map((cell) => ({ cell, text: "0" }));
}
