// The checks beside the table: a column that is folded and opened, as it was left in this browser.

const KEY = `antq.checks.${document.body.dataset.user}`;
const recall = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
const keep = (state) => { try { localStorage.setItem(KEY, state); } catch { /* a browser that keeps nothing: as wide as the window allows */ } };

export class Checks {
  constructor(page, place) {
    this.page = page;
    this.place = place;
    this.button = page.querySelector("[data-do=checks]");
    this.button.hidden = false;
    const kept = recall();
    if (kept) page.dataset.checks = kept;
    this.button.addEventListener("click", () => {
      page.dataset.checks = this.isOpen ? "folded" : "open";
      keep(page.dataset.checks);
      this.tell();
    });
    this.side = place.parentNode;
    addEventListener("resize", () => this.settle());
    this.settle();
    this.count();
  }

  // Until somebody chose, the style sheet does, by the window's width.
  get isOpen() {
    return getComputedStyle(this.side).display !== "none";
  }

  // Where there is no room beside, they stand below the notes, above what is only read, for the focus too.
  settle() {
    const isBeside = getComputedStyle(this.page).gridTemplateColumns.includes(" ");
    const isThere = this.side.parentNode === this.page;
    if (isBeside && !isThere) this.page.append(this.side);
    else if (!isBeside && isThere) this.page.querySelector(".entry-form").after(this.side);
    this.tell();
  }

  tell() {
    this.button.setAttribute("aria-expanded", String(this.isOpen));
  }

  // How much there is to look at, said where the column is folded too.
  count() {
    const found = this.links.length;
    this.button.textContent = found ? `Kiểm tra (${found})` : "Kiểm tra";
  }

  get links() {
    return this.place.querySelectorAll("li > a[href^='#c-']");
  }
}
