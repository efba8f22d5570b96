// Tells of the present cell, beside the table: its full name, its months before, the live total of its column, its mark.

import { read, write } from "./counts.js";

const MARKS = { returned: ["↩", "Tỉnh hỏi lại"], comment: ["✎", "Có ý kiến"], warned: ["⚠", "Cần xem lại"] };

export class Strip {
  constructor(grid, place) {
    this.grid = grid;
    this.place = place;
    // What is told comes anew with each cell; what is pressed stays, or it would be lost under the pointer and the focus.
    this.told = Object.assign(document.createElement("span"), { className: "told" });
    this.nones = new Map();
    this.row = this.none("Cả dòng: không phát sinh");
    this.section = this.none("");
    this.link = Object.assign(document.createElement("a"), { textContent: "Lịch sử, ghi ý kiến" });
    place.append(this.told, this.row, this.section, this.link);
    this.before = {};
    this.words = {};
    this.warnings = {};
    const { unit, month } = grid.form.dataset;
    this.base = `/reports/${unit}/${month}/`;
    grid.form.addEventListener("picked", () => this.draw());
    grid.form.addEventListener("input", () => this.draw());
    fetch(`${this.base}told/`, { credentials: "same-origin" })
      .then((response) => (response.ok && !response.redirected ? response.json() : Promise.reject()))
      .then(({ before, marks }) => { this.before = before; this.words = marks; this.mark(); this.draw(); })
      .catch(() => { /* the strip says what the page knows */ });
  }

  // Cells with a word on them or a warning carry a sign, said to screen readers too.
  mark() {
    for (const cell of this.grid.cells) {
      const [kind, text] = this.words[cell.name] ?? this.warnings[cell.name] ?? [];
      const place = cell.closest("td");
      if (kind) {
        place.dataset.mark = MARKS[kind][0];
        cell.setAttribute("aria-description", `${MARKS[kind][1]}: ${text}`);
      } else if (place.dataset.mark) {
        delete place.dataset.mark;
        cell.removeAttribute("aria-description");
      }
    }
  }

  // What the checks say of filled cells, each a link to its cell.
  warn(links) {
    this.warnings = {};
    for (const link of links) {
      const cell = document.getElementById(link.hash.slice(1));
      if (this.grid.isCell(cell) && cell.value) this.warnings[cell.name] = ["warned", link.textContent];
    }
    this.mark();
    this.draw();
  }

  draw() {
    const cell = this.grid.selection.anchor;
    if (!cell) return;
    const [row, code] = cell.name.split(".");
    const { isSheet } = this.grid.sight; // then the heads of the table are short, and the strip says the rest
    const unit = isSheet && this.grid.unit(cell);
    const parts = [["strong", `${this.grid.label(cell)}${unit ? ` (${unit})` : ""}`]];
    if (this.grid.selection.isRange) parts.push(["span", this.sum()]);
    const [last, year] = this.before[cell.name] ?? [];
    parts.push(["span", `Tháng trước: ${write(last)} · Cùng kỳ: ${write(year)}`]);
    const groups = cell.closest(".unit-level") ? null : this.grid.groupSum(row, code);
    if (groups !== null) parts.push(["span", `Cả khu: ${write(this.grid.rowValue(row, code))} (dòng này ${write(read(cell.value))}, các tổ ${write(groups)})`]);
    if (!cell.closest(".unit-level")) parts.push(["span", `Tổng cột: ${write(this.grid.total(code))}${this.reached(code)}`]);
    const [kind, words] = this.words[cell.name] ?? this.warnings[cell.name] ?? [];
    if (kind) parts.push(["span", `${MARKS[kind].join(" ")}: ${words}`]);
    const wrong = document.getElementById(`e-${cell.id}`);
    if (wrong && isSheet) parts.push(["span", wrong.textContent, "late"]); // a narrow cell shows its beginning
    this.place.hidden = false;
    this.told.replaceChildren(...parts.flatMap(([tag, textContent, className = ""]) => [Object.assign(document.createElement(tag), { textContent, className }), " "]));
    this.offer(this.row, cell.closest("tr").querySelector("[data-none]"));
    const section = isSheet && cell.closest("#grid") && this.grid.table.querySelector(`[data-none="section:${this.grid.head(cell).dataset.section}"]`);
    this.offer(this.section, section);
    if (section) this.section.textContent = `Cả nhóm ${section.closest("th").firstChild.textContent.trim()}: không phát sinh`;
    this.link.hidden = !this.grid.form.dataset.report;
    this.link.href = `${this.base}cells/${row}/${code}/`;
  }

  // With the strip the rows and heads of the table do not show their own buttons.
  none(textContent) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link none", textContent });
    button.addEventListener("click", () => this.nones.get(button).click());
    return button;
  }

  offer(button, own) {
    button.hidden = !own;
    this.nones.set(button, own);
  }

  // Of a column whose hamlets are counted: how many of them have at least one.
  reached(code) {
    if (!this.grid.form.querySelector(`[data-reached="${code}"]`)) return "";
    return ` (ở ${write(this.grid.reached(code))} khu)`;
  }

  sum() {
    const { cells } = this.grid.selection;
    const values = cells.map(({ value }) => read(value)).filter((value) => value !== undefined && value !== null);
    return `Đang chọn ${cells.length} ô, tổng ${write(values.length ? values.reduce((sum, value) => sum + value, 0) : null)}`;
  }
}
