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
    this.set(recall() ?? (getComputedStyle(place.parentNode).display === "none" ? "folded" : "open"));
    this.button.addEventListener("click", () => {
      this.set(page.dataset.checks === "open" ? "folded" : "open");
      keep(page.dataset.checks);
    });
    this.count();
  }

  set(state) {
    this.page.dataset.checks = state;
    this.button.setAttribute("aria-expanded", String(state === "open"));
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
