// F6 leaves the table, whose cells hold the tab key for hundreds of presses: it goes round the areas of a month's page,
// Shift+F6 the other way; Ctrl+F6 does the same where the browser keeps F6 for itself.

const TABLE = ".part";
const AREAS = [TABLE, "#cell-bar", "#checks", ".month-steps", ".toolbar"];
const STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary";

export class Panes {
  constructor(parts) {
    this.parts = parts;
    document.addEventListener("keydown", (event) => {
      if (event.key !== "F6" || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.go(event.shiftKey ? -1 : 1);
    });
  }

  go(step) {
    const here = AREAS.findIndex((area) => document.activeElement.closest(area));
    if (here < 0 && this.parts.resume()) return;
    for (let far = 1; far <= AREAS.length; far++) {
      const area = AREAS[(Math.max(here, 0) + step * far + AREAS.length * 2) % AREAS.length];
      if (area === TABLE ? this.parts.resume() : this.enter(document.querySelector(area))) return;
    }
  }

  enter(area) {
    const stop = [...area?.querySelectorAll(STOPS) ?? []].find((one) => one.checkVisibility() && !one.disabled);
    stop?.focus();
    return Boolean(stop);
  }
}
