// Several cells at once, as in a sheet: Shift + arrows, Shift + click, dragging; copied out, cleared, filled.

import { read } from "./counts.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Selection {
  constructor(grid) {
    this.grid = grid;
    this.anchor = null; // the cell that has the focus
    this.head = null; // the opposite corner
    grid.form.addEventListener("mousedown", (event) => this.press(event));
    grid.form.addEventListener("mouseover", (event) => this.drag(event));
    grid.form.addEventListener("click", (event) => this.release(event));
  }

  get isRange() {
    return Boolean(this.anchor && this.head && this.anchor !== this.head);
  }

  // The rows of the selected cells; one cell where nothing more is selected.
  get rows() {
    const [from, to] = [this.anchor, this.head].map((cell) => cell && this.grid.where(cell));
    if (!from || !to || from.rows !== to.rows) return [];
    const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
    const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
    return from.rows.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  }

  get cells() {
    return this.rows.flat();
  }

  // What Excel reads: tabs, line ends, digits without marks.
  get text() {
    return this.rows.map((row) => row.map(({ value }) => read(value) ?? value.trim()).join("\t")).join("\r\n");
  }

  // One cell alone.
  only(cell) {
    this.anchor = cell;
    this.head = cell;
    this.draw();
  }

  to(head) {
    this.head = head;
    this.grid.whole(this.anchor);
    this.draw();
    this.grid.sight.reveal(head);
  }

  draw() {
    this.grid.form.querySelectorAll("td.picked").forEach((place) => place.classList.remove("picked"));
    if (this.isRange) this.cells.forEach((cell) => cell.closest("td").classList.add("picked"));
    this.grid.form.dispatchEvent(new CustomEvent("picked"));
  }

  // Shift + an arrow moves the opposite corner; with Ctrl to the edge. Says whether it did.
  stretch(event) {
    const way = ARROWS[event.key];
    const spot = event.shiftKey && way && this.head && this.grid.where(this.head);
    if (!spot) return false;
    const { rows, x, y } = spot;
    const far = event.ctrlKey;
    const row = way[0] ? (far ? (way[0] < 0 ? 0 : rows.length - 1) : y + way[0]) : y;
    const column = way[1] ? (far ? (way[1] < 0 ? 0 : rows[y].length - 1) : x + way[1]) : x;
    const target = rows[row]?.[column];
    if (target) this.to(target);
    return true;
  }

  cellAt(event) {
    const cell = event.target.closest?.("td")?.querySelector("input");
    return cell && this.grid.isCell(cell) ? cell : null;
  }

  press(event) {
    const cell = this.cellAt(event);
    this.from = null;
    if (cell && event.button === 2 && this.isRange && this.cells.includes(cell)) event.preventDefault(); // the menu is the range's
    if (!cell || event.button !== 0) return;
    const present = document.activeElement;
    if (event.shiftKey && this.grid.isCell(present)) {
      event.preventDefault();
      this.to(cell);
      return;
    }
    this.from = cell;
    this.second = cell === present && !this.isRange; // a second click mends the number
    if (this.second) return;
    event.preventDefault(); // the browser would put the caret into the number
    if (cell === present) this.grid.arrive(cell);
    else cell.focus();
  }

  drag(event) {
    if (!this.from || !(event.buttons & 1)) return;
    const cell = this.cellAt(event);
    if (!cell || (cell === this.head && this.head !== this.from)) return;
    if (cell !== this.from) this.second = false;
    if (cell !== this.head) this.to(cell);
  }

  release(event) {
    const cell = this.cellAt(event);
    if (cell && this.second && cell === this.from && !event.shiftKey) this.grid.edit(cell);
    this.second = false;
  }
}
