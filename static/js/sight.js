// Keeps the cell that is typed in out from under the bars, heads, totals and names that stay in place (WCAG 2.2, 2.4.11).

const ROOM = 3; // px left around the cell

export class Sight {
  constructor(form) {
    this.top = form.querySelector(".sheet-top");
    this.wrap = form.querySelector(".grid-wrap");
    this.table = document.getElementById("grid");
    this.measure();
    addEventListener("resize", () => this.again());
    document.fonts?.ready.then(() => this.measure());
    if (this.top && window.ResizeObserver) new ResizeObserver(() => this.again()).observe(this.top);
  }

  // What stays in place, for the style sheet: links and the browser's own scrolling heed it too.
  measure() {
    const root = document.documentElement.style;
    const tools = this.top?.querySelector(".sheet-tools");
    root.setProperty("--toolbar", `${tools?.offsetHeight ?? 0}px`);
    root.setProperty("--stuck", `${this.stuck()}px`);
    if (!this.wrap) return;
    const [sections] = this.table.tHead.rows;
    root.setProperty("--sections", `${sections.cells[1].offsetHeight}px`);
    const kept = this.kept();
    this.wrap.style.scrollPadding = `${kept.head + ROOM}px ${ROOM}px ${kept.foot + ROOM}px ${kept.names + ROOM}px`;
  }

  // The bar or the window has another size: what was in sight stays so.
  again() {
    this.measure();
    const cell = document.activeElement;
    if (cell?.name?.includes(".") && cell.closest("[data-row]")) this.reveal(cell);
  }

  // How much of the window's top the bar covers once it stands still.
  stuck() {
    if (!this.top) return 0;
    const style = getComputedStyle(this.top);
    return style.position === "sticky" ? Math.max(0, this.top.offsetHeight + (parseFloat(style.top) || 0)) : 0;
  }

  // Heights of the heads and the totals that stay, and the width of the names.
  kept() {
    const lines = this.wrap.getBoundingClientRect();
    const stays = (cell) => getComputedStyle(cell).position === "sticky";
    const heads = [...this.table.tHead.rows[1].cells].map((cell) => cell.getBoundingClientRect().bottom);
    const foot = [...this.table.tFoot.rows].filter((row) => stays(row.cells[1])).reduce((sum, row) => sum + row.cells[1].offsetHeight, 0);
    const corner = this.table.tHead.rows[0].cells[0];
    return { head: Math.max(...heads) - lines.top - this.wrap.clientTop, foot, names: corner.offsetWidth };
  }

  // The height in which rows are seen, inside the table or on the page.
  height(inTable) {
    if (!inTable) return innerHeight - this.stuck();
    const { head, foot } = this.kept();
    return this.wrap.clientHeight - head - foot;
  }

  reveal(cell) {
    if (this.wrap?.contains(cell)) {
      const [box, wrap, kept] = [cell.getBoundingClientRect(), this.wrap.getBoundingClientRect(), this.kept()];
      const [left, top] = [wrap.left + this.wrap.clientLeft, wrap.top + this.wrap.clientTop];
      this.wrap.scrollLeft += past(box.left, box.right, left + kept.names, left + this.wrap.clientWidth);
      this.wrap.scrollTop += past(box.top, box.bottom, top + kept.head, top + this.wrap.clientHeight - kept.foot);
      this.scroll(this.wrap); // the whole table where it fits, so that its heads and totals are seen too
    }
    this.scroll(cell);
  }

  scroll(element) {
    const { top, bottom } = element.getBoundingClientRect();
    const seen = window.visualViewport;
    const end = seen ? seen.offsetTop + seen.height : innerHeight;
    const start = this.stuck();
    if (element === this.wrap && bottom - top > end - start) return;
    scrollBy(0, past(top, bottom, start, end));
  }
}

// How far to scroll so that a stretch lies between two limits; 0 where it does.
function past(from, to, start, end) {
  if (from - ROOM < start) return from - ROOM - start;
  return to + ROOM > end ? Math.min(to + ROOM - end, from - ROOM - start) : 0;
}
