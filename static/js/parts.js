// The parts of a month above its table: how much of each is there as one types, and in which one is.

import { write } from "./counts.js";

const PARTS = { hamlets: ".grid-wrap", whole: ".unit-level", notes: ".notes" };

export class Parts {
  constructor(grid) {
    this.grid = grid;
    this.links = new Map(Object.keys(PARTS).map((name) => [name, grid.form.querySelector(`.month-steps a[href="#${name}"]`)]));
    grid.form.addEventListener("focusin", ({ target }) => this.mark(target));
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.count(), 200);
  }

  // Of the cells that must be filled, those that are.
  count() {
    for (const [name, link] of this.links) {
      const place = link?.querySelector("[data-filled]");
      if (!place) continue;
      const owed = Number(place.dataset.filled ||= place.textContent.split("/")[1].replaceAll(".", ""));
      const blank = this.grid.cells.filter((cell) => cell.closest(PARTS[name]) && this.grid.owes(cell)).length;
      place.textContent = `${write(owed - blank)}/${write(owed)}`;
      link.classList.toggle("done", !blank);
    }
  }

  mark(target) {
    const present = Object.keys(PARTS).find((name) => target.closest(PARTS[name]));
    if (!present) return;
    for (const [name, link] of this.links) {
      if (name === present) link?.setAttribute("aria-current", "true");
      else link?.removeAttribute("aria-current");
    }
  }
}
