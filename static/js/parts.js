// The parts of a month: how much of each is there as one types, and which is present. Where the page is a sheet that fills
// the window (static/css/window.css) only that one is shown; elsewhere all stand below one another.

import { write } from "./counts.js";

export class Parts {
  constructor(grid) {
    this.grid = grid;
    this.links = new Map([...document.querySelectorAll(".month-steps a[href^='#']")].map((link) => [link.hash.slice(1), link]));
    this.all = [...document.querySelectorAll(".part")];
    this.area = document.querySelector(".parts");
    this.last = new Map(); // the cell that one was in last, of each part
    document.addEventListener("focusin", ({ target }) => this.show(target));
    // Before the browser goes where a link leads: to what is not shown it cannot.
    document.addEventListener("click", (event) => this.follow(event));
    for (const place of [this.all[0], this.at(location.hash), document.activeElement]) this.show(place); // who has begun to type stays there
    this.later();
  }

  at(hash) {
    return hash ? document.getElementById(hash.slice(1)) : null;
  }

  // Where an address without a hash leads back to; a page that scrolls is where the browser left it.
  get home() {
    return this.grid.sight.isSheet ? this.all[0].dataset.step : "";
  }

  follow({ target, ctrlKey, metaKey, shiftKey }) {
    if (ctrlKey || metaKey || shiftKey) return; // it opens elsewhere
    const hash = target.closest?.("a[href^='#']")?.hash;
    this.show(this.at(hash));
    // The address stays as it is, so no hashchange comes; once the browser has done its own part.
    if (hash && hash === location.hash) setTimeout(() => this.grid.goTo(hash.slice(1)));
  }

  // The part that holds something is the present one.
  show(place) {
    const part = place?.closest?.(".part"); // the document may have the focus too
    if (!part) return;
    if (this.grid.isCell(place)) this.last.set(part, place);
    if (part.classList.contains("present")) return;
    for (const one of this.all) one.classList.toggle("present", one === part);
    for (const [name, link] of this.links) {
      if (name === part.dataset.step) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
    this.area.scrollTop = 0;
  }

  // Shown alone, a part of cells is gone on with where one was, or where the first is owed; elsewhere its head is in sight.
  enter(place) {
    if (!place?.closest(".part")) return;
    if (document.readyState !== "complete") { // until then the browser goes by itself to what its address names
      const { hash } = location;
      const stays = () => location.hash === hash && !document.activeElement?.closest(".part"); // nobody has gone on meanwhile
      addEventListener("load", () => requestAnimationFrame(() => { if (stays()) this.enter(place); }), { once: true });
      return;
    }
    if (!this.grid.sight.isSheet) {
      place.scrollIntoView();
      return;
    }
    const part = place.closest(".cells");
    if (!part || part.contains(document.activeElement)) return;
    const cells = this.grid.cells.filter((cell) => part.contains(cell));
    const owed = cells.find((cell) => this.grid.owes(cell));
    this.grid.go(this.last.get(part) ?? owed ?? cells[0]);
  }

  // The present part is gone on with where one was.
  resume() {
    const part = this.all.find((one) => one.classList.contains("present")) ?? this.all[0];
    const stop = this.last.get(part) ?? part.querySelector("input:not([type=hidden]), textarea, a[href], button");
    if (this.grid.isCell(stop)) this.grid.go(stop);
    else stop?.focus();
    return Boolean(stop);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.count(), 200);
  }

  // Of the cells that must be filled, those that are.
  count() {
    for (const part of this.all) {
      const link = this.links.get(part.dataset.step);
      const place = link?.querySelector("[data-filled]");
      if (!place) continue;
      const owed = Number(place.dataset.filled ||= place.textContent.split("/")[1].replaceAll(".", ""));
      const blank = this.grid.cells.filter((cell) => part.contains(cell) && this.grid.owes(cell)).length;
      place.textContent = `${write(owed - blank)}/${write(owed)}`;
      link.classList.toggle("done", !blank);
    }
  }
}
