// Keeps the cell that is typed in out from under the bars, heads, totals and names that stay in place (WCAG 2.2, 2.4.11):
// measures them for the browser's own scrolling, which then leaves room for them.

const ROOM = 3; // px left around the cell

export class Sight {
  constructor(form) {
    this.frame = form.closest(".sheet-main");
    this.top = document.querySelector(".sheet-top");
    this.bar = document.getElementById("cell-bar");
    this.wrap = form.querySelector(".grid-wrap");
    this.table = document.getElementById("grid");
    this.measure();
    addEventListener("resize", () => this.again());
    document.fonts?.ready.then(() => this.measure());
    if (!window.ResizeObserver) return;
    const watch = new ResizeObserver(() => this.again());
    for (const one of [this.top, this.bar]) if (one) watch.observe(one);
  }

  // Whether the page fills the window and its table scrolls (static/css/window.css).
  get isSheet() {
    return getComputedStyle(this.frame).display === "contents";
  }

  // What stays in place, for the style sheet: links and the browser's own scrolling heed it too.
  measure() {
    const home = this.isSheet ? this.frame : this.top; // the strip stands below the table, or above it where the page scrolls
    if (this.bar && this.bar.parentNode !== home) home.append(this.bar);
    const root = document.documentElement.style;
    const tools = this.top?.querySelector(".sheet-tools");
    root.setProperty("--toolbar", `${tools?.offsetHeight ?? 0}px`);
    root.setProperty("--stuck", `${this.stuck()}px`);
    if (!this.wrap?.offsetHeight) return;
    const [sections] = this.table.tHead.rows;
    root.setProperty("--columns", this.table.tHead.rows[1].cells.length);
    root.setProperty("--sections", `${sections.cells[1].offsetHeight}px`);
    const { head, foot, names } = this.kept();
    this.wrap.style.scrollPadding = `${head + ROOM}px ${ROOM}px ${foot + ROOM}px ${names + ROOM}px`;
  }

  // A bar or the window has another size: what was in sight stays so.
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

  // The height in which rows are seen, inside the table or around it.
  height(inTable) {
    if (!inTable) return this.isSheet ? this.frame.querySelector(".parts").clientHeight : innerHeight - this.stuck();
    const { head, foot } = this.kept();
    return this.wrap.clientHeight - head - foot;
  }

  reveal(cell) {
    const near = { block: "nearest", inline: "nearest" };
    if (this.wrap?.contains(cell)) this.wrap.scrollIntoView(near); // the whole table, so that its heads and totals are seen too
    cell.scrollIntoView(near);
  }
}
