// The table of cells: where things are, moving by keyboard, totals, what a cell says of itself.

import { parseCount, read, shown, write } from "./counts.js";
import { Parts } from "./parts.js";
import { Selection } from "./selection.js";
import { Sight } from "./sight.js";

// An indicator's full name, by its head, which may show the short one.
export const nameOf = (head) => head.title || head.firstChild.textContent.trim();

export class Grid {
  constructor(form) {
    this.form = form;
    this.table = document.getElementById("grid");
    this.editing = false; // the caret is in the number: arrows move it, and the number has no thousands' dots
    this.typing = false; // keys were typed since the cell was arrived at: Backspace and Delete are theirs
    this.turn = null; // the column to which Enter returns after Tab
    this.refresh();
    this.sight = new Sight(form);
    this.selection = new Selection(this);
    this.parts = new Parts(this);
    form.addEventListener("keydown", (event) => this.move(event));
    form.addEventListener("focusin", ({ target }) => { if (this.isCell(target)) this.arrive(target); });
    form.addEventListener("focusout", ({ target }) => { if (this.isCell(target)) this.leave(target); });
    form.addEventListener("input", () => { this.typing = true; });
    form.addEventListener("mousedown", () => { this.turn = null; });
    addEventListener("hashchange", () => this.goTo(location.hash.slice(1) || this.parts.home));
  }

  // Called again when rows of groups are opened.
  refresh() {
    this.cells = [...this.form.querySelectorAll("input[name*='.']")].filter((cell) => cell.closest("[data-row]"));
    this.known = new Set(this.cells);
    const open = this.table ? [...this.table.tBodies[0].rows].filter((row) => !row.hidden) : [];
    const inputs = (row) => [...row.querySelectorAll("td > input")];
    this.all = open.map(inputs); // with the rows that the filter hides
    this.rows = open.filter((row) => !row.classList.contains("filtered")).map(inputs);
    for (const cell of this.cells) if (document.getElementById(`i-${cell.name.split(".")[1]}`)?.dataset.optional !== undefined) cell.closest("td").classList.add("optional");
    this.units = [...this.form.querySelectorAll(".unit-level input")].map((cell) => [cell]);
  }

  get tops() {
    return [...(this.table?.tBodies[0].rows ?? [])].filter((row) => row.dataset.row[0] === "h");
  }

  // Show only hamlets with a blank cell, and what belongs to them; or all again.
  filter(on) {
    for (const row of this.tops) {
      const full = on && ![...row.querySelectorAll("td > input")].some((cell) => this.owes(cell));
      for (const line of [row, ...this.form.querySelectorAll(`tr[data-of="${row.dataset.row}"]`)]) line.classList.toggle("filtered", full);
    }
    this.refresh();
    const present = document.activeElement;
    if (on && !this.isCell(present)) this.go(this.firstBlank());
  }

  // The cell is selected, in sight, and told of.
  arrive(cell) {
    this.whole(cell);
    this.point(cell);
    this.sight.reveal(cell);
    requestAnimationFrame(() => { if (document.activeElement === cell) this.sight.reveal(cell); }); // after the browser's own scrolling
  }

  // What stands in a cell is selected, whoever wrote it: the next key replaces it.
  whole(cell) {
    this.editing = false;
    this.typing = false;
    cell.classList.remove("editing");
    cell.select();
  }

  // The strip tells of a cell, and the heads of its row and column are marked.
  point(cell) {
    this.selection.only(cell);
    this.form.querySelectorAll("th.here").forEach((head) => head.classList.remove("here"));
    cell.closest("tr").querySelector("th")?.classList.add("here");
    document.getElementById(`i-${cell.name.split(".")[1]}`)?.classList.add("here");
  }

  leave(cell) {
    this.editing = false;
    cell.classList.remove("editing");
    cell.value = shown(cell.value);
  }

  // The caret goes into the number (F2, a second click), which loses its dots for the while.
  edit(cell) {
    if (this.editing) return;
    this.editing = true;
    cell.classList.add("editing");
    const after = cell.value.length - cell.selectionEnd;
    const plain = read(cell.value);
    if (plain !== undefined && plain !== null) cell.value = String(plain);
    const place = Math.max(0, cell.value.length - after);
    cell.setSelectionRange(place, place);
  }

  // A row that the filter or its closed hamlet hides is shown.
  uncover(cell) {
    const row = cell?.closest?.("tr[data-row]");
    if (!row) return;
    const top = row.dataset.of ?? row.dataset.row;
    if (row.classList.contains("filtered")) {
      this.form.querySelectorAll(`tr[data-row="${top}"], tr[data-of="${top}"]`).forEach((line) => line.classList.remove("filtered"));
      this.refresh();
    }
    if (row.hidden) this.form.querySelector(`.open-groups[data-for="${top}"]`).click();
  }

  // Into a cell, in whichever part it is.
  go(cell) {
    this.uncover(cell);
    this.parts.show(cell);
    cell?.focus();
  }

  // Where a link leads: a cell has the focus, a part is shown, and a cell of it has the focus where it is shown alone.
  goTo(id) {
    const place = id ? document.getElementById(id) : null;
    this.uncover(place);
    this.parts.show(place);
    if (!this.isCell(place)) this.parts.enter(place);
    else if (document.activeElement === place) this.arrive(place);
    else place.focus();
  }

  // The first cell that is owed and blank.
  firstBlank() {
    return [...this.rows.flat(), ...this.units.flat()].find((cell) => this.owes(cell));
  }

  // Whether a blank cell is asked for: not an optional one, nor the unit's row beside hamlets, nor where groups have it.
  owes(cell) {
    const [row, code] = cell.name.split(".");
    if (cell.value.trim() || row[0] === "g" || document.getElementById(`i-${code}`)?.dataset.optional !== undefined) return false;
    if (cell.closest(".unit-level")) return true;
    const hamlets = this.all.some(([first]) => first?.name.startsWith("h"));
    return (row !== "u" || !hamlets) && this.groupSum(row, code) === null;
  }

  // What the groups of a row hold together: those that are open, or what the server said of them; null where all is blank.
  groupSum(row, code) {
    const open = this.form.querySelectorAll(`tr[data-of="${row}"] input[name$=".${code}"]`);
    if (!open.length) {
      const more = this.cell(`${row}.${code}`)?.closest("td").dataset.more;
      return more === undefined ? null : Number(more);
    }
    return [...open].reduce((sum, cell) => { const value = read(cell.value); return value === undefined || value === null ? sum : (sum ?? 0) + value; }, null);
  }

  // A row's figure with its groups; null where all is blank.
  rowValue(row, code) {
    const own = read(this.cell(`${row}.${code}`)?.value ?? "") ?? null;
    const groups = this.groupSum(row, code);
    return own === null ? groups : own + (groups ?? 0);
  }

  isCell(element) {
    return this.known.has(element);
  }

  cell(name) {
    return this.form.elements.namedItem(name);
  }

  // "Khu 5 – Lượt tuần tra"
  label(cell) {
    const [row, code] = cell.name.split(".");
    const heading = document.getElementById(`i-${code}`);
    const place = document.getElementById(`r-${row}`);
    const home = document.getElementById(`r-${cell.closest("tr").dataset.of}`);
    const indicator = heading ? nameOf(heading) : code;
    return place ? `${home ? `${home.textContent}, ` : ""}${place.textContent} – ${indicator}` : indicator;
  }

  head(cell) {
    return document.getElementById(`i-${cell.name.split(".")[1]}`);
  }

  // What is counted: "buổi", "vụ"
  unit(cell) {
    return this.head(cell)?.querySelector(".quiet")?.textContent ?? "";
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
    if (event.key === "F2") { event.preventDefault(); cell.setSelectionRange(cell.value.length, cell.value.length); this.edit(cell); return; }
    if (this.editing && /^(Home|End|Arrow(Left|Right))$/.test(event.key) && !event.ctrlKey) return; // the caret's own
    if (!this.editing && this.selection.stretch(event)) { event.preventDefault(); return; }
    const step = this.step(event, spot);
    if (!step) return;
    if (["ArrowLeft", "ArrowRight"].includes(event.key) && !event.ctrlKey && !this.atEdge(cell, event.key)) return;
    event.preventDefault();
    if (event.key === "Tab") this.turn ??= spot.x;
    else this.turn = null;
    const target = spot.rows[step[0]]?.[step[1]];
    if (target) target.focus();
    else if (event.key === "Enter" && spot.rows === this.rows && step[0] >= spot.rows.length) this.go(this.units[0]?.[0]);
  }

  // Where a key leads: [row, column].
  step(event, { rows, x, y }) {
    const end = rows[y].length - 1;
    const far = event.ctrlKey;
    const steps = {
      ArrowUp: [far ? 0 : y - 1, x], ArrowDown: [far ? rows.length - 1 : y + 1, x],
      ArrowLeft: [y, far ? 0 : x - 1], ArrowRight: [y, far ? end : x + 1],
      Home: [far ? 0 : y, 0], End: [far ? rows.length - 1 : y, end],
      Enter: far ? null : [event.shiftKey ? y - 1 : y + 1, this.turn ?? x],
      PageUp: [Math.max(0, y - this.page(rows)), x], PageDown: [Math.min(rows.length - 1, y + this.page(rows)), x],
    };
    // Past the end of a row Tab goes on in the next: the row's own links lie before its first cell, for Shift + Tab.
    if (event.key === "Tab" && !event.shiftKey && !far) {
      if (x < end) steps.Tab = [y, x + 1];
      else if (end > 0 && rows[y + 1]) steps.Tab = [y + 1, 0];
    }
    return steps[event.key];
  }

  // How many rows are seen at once.
  page(rows) {
    return Math.max(1, Math.floor(this.sight.height(rows === this.rows) / rows[0][0].closest("tr").offsetHeight) - 1);
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

  // A hamlet's own figure stands with what its groups hold and the whole of both.
  showWhole(row, code) {
    const place = this.cell(`${row}.${code}`)?.closest?.("td");
    const groups = place && this.groupSum(row, code);
    if (!place) return;
    if (groups === null) {
      delete place.dataset.more;
      delete place.dataset.whole;
      return;
    }
    place.dataset.more = groups;
    place.dataset.whole = write(this.rowValue(row, code));
  }

  showTotal(code, value = this.total(code)) {
    const place = this.form.querySelector(`[data-total="${code}"]`);
    if (place) place.textContent = write(value);
    const reached = this.form.querySelector(`[data-reached="${code}"]`);
    if (reached) reached.textContent = write(this.reached(code));
  }

  // How many hamlets have at least one, in their own row or any of their groups'; null where no hamlet has said.
  reached(code) {
    const values = this.tops.map((row) => this.rowValue(row.dataset.row, code)).filter((value) => value !== null && value !== undefined);
    return values.length ? values.filter((value) => value > 0).length : null;
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
