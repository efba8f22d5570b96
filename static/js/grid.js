// The table of cells: where things are, moving by keyboard, totals, what a cell says of itself.

import { parseCount, write } from "./counts.js";
import { Sight } from "./sight.js";

export class Grid {
  constructor(form) {
    this.form = form;
    this.table = document.getElementById("grid");
    this.refresh();
    this.sight = new Sight(form);
    form.addEventListener("keydown", (event) => this.move(event));
    form.addEventListener("focusin", ({ target }) => { if (this.isCell(target)) this.arrive(target); });
    addEventListener("hashchange", () => this.goTo(location.hash.slice(1)));
  }

  // Called again when rows of groups are opened.
  refresh() {
    this.cells = [...this.form.querySelectorAll("input[name*='.']")].filter((cell) => cell.closest("[data-row]"));
    this.rows = this.table ? [...this.table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => [...row.querySelectorAll("td > input")]) : [];
    this.units = [...this.form.querySelectorAll(".unit-level input")].map((cell) => [cell]);
  }

  // The cell is selected, in sight, and the heads of its row and column are marked.
  arrive(cell) {
    cell.select();
    this.form.querySelectorAll("th.here").forEach((head) => head.classList.remove("here"));
    cell.closest("tr").querySelector("th")?.classList.add("here");
    document.getElementById(`i-${cell.name.split(".")[1]}`)?.classList.add("here");
    this.sight.reveal(cell);
    requestAnimationFrame(() => { if (document.activeElement === cell) this.sight.reveal(cell); }); // after the browser's own scrolling
  }

  // Where a link leads: a cell has the focus, a head is brought into sight.
  goTo(id) {
    const place = id && document.getElementById(id);
    if (this.isCell(place)) {
      if (document.activeElement === place) this.arrive(place);
      else place.focus();
    }
  }

  isCell(element) {
    return element instanceof HTMLInputElement && this.cells.includes(element);
  }

  cell(name) {
    return this.form.elements.namedItem(name);
  }

  // "Khu 5 – Lượt tuần tra"
  label(cell) {
    const [row, code] = cell.name.split(".");
    const heading = document.getElementById(`i-${code}`);
    const place = document.getElementById(`r-${row}`);
    const indicator = heading ? heading.firstChild.textContent.trim() : code;
    return place ? `${place.textContent} – ${indicator}` : indicator;
  }

  where(cell) {
    for (const rows of [this.rows, this.units]) {
      for (let y = 0; y < rows.length; y += 1) {
        const x = rows[y].indexOf(cell);
        if (x >= 0) return { rows, x, y };
      }
    }
    return null;
  }

  move(event) {
    const cell = event.target;
    if (!this.isCell(cell) || event.altKey || event.metaKey || event.isComposing) return;
    const spot = this.where(cell);
    if (!spot) return;
    const { rows, x, y } = spot;
    const end = rows[y].length - 1;
    const far = event.ctrlKey;
    const steps = {
      ArrowUp: [far ? 0 : y - 1, x], ArrowDown: [far ? rows.length - 1 : y + 1, x],
      ArrowLeft: [y, far ? 0 : x - 1], ArrowRight: [y, far ? end : x + 1],
      Home: [far ? 0 : y, 0], End: [far ? rows.length - 1 : y, end],
      Enter: [event.shiftKey ? y - 1 : y + 1, x],
    };
    // Past the end of a row Tab goes on in the next: the row's own links lie before its first cell, for Shift + Tab.
    if (event.key === "Tab" && !event.shiftKey && !far && x === end && end > 0 && rows[y + 1]) steps.Tab = [y + 1, 0];
    const step = steps[event.key];
    if (!step) return;
    if (["ArrowLeft", "ArrowRight"].includes(event.key) && !far && !this.atEdge(cell, event.key)) return;
    event.preventDefault();
    const target = rows[step[0]]?.[step[1]];
    if (target) target.focus();
    else if (event.key === "Enter" && rows === this.rows && step[0] >= rows.length) this.units[0]?.[0].focus();
  }

  // Left and right move the caret inside a number that is being mended.
  atEdge(cell, key) {
    const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
    return whole || (key === "ArrowLeft" ? cell.selectionEnd === 0 : cell.selectionStart === cell.value.length);
  }

  // The running total of an indicator, from what stands in the page; null where all is blank.
  total(code) {
    let sum = null;
    for (const cell of this.cells) {
      const [row, own] = cell.name.split(".");
      if (own !== code) continue;
      try {
        const value = parseCount(cell.value);
        if (value !== null) sum = (sum ?? 0) + value;
      } catch { /* what is no number is not counted */ }
      const more = cell.closest("td").dataset.more;
      if (more !== undefined && !this.form.querySelector(`tr[data-of="${row}"]`)) sum = (sum ?? 0) + Number(more);
    }
    return sum;
  }

  showTotal(code, value = this.total(code)) {
    const place = this.form.querySelector(`[data-total="${code}"]`);
    if (place) place.textContent = write(value);
  }

  complain(cell, sentence) {
    const place = cell.closest("td");
    place.querySelector(".cell-error")?.remove();
    cell.toggleAttribute("aria-invalid", false);
    cell.removeAttribute("aria-describedby");
    if (!sentence) return;
    cell.setAttribute("aria-invalid", "true");
    const note = document.createElement("span");
    note.className = "cell-error";
    note.id = `e-${cell.id}`;
    note.textContent = sentence;
    cell.setAttribute("aria-describedby", note.id);
    place.append(note);
  }
}
