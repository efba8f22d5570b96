// What was done and can be undone, across reloads: kept per tab and month. A step is [{name, row, from, to}], counts only.

const MOST = 200;

export class Steps {
  constructor(key, storage = globalThis.sessionStorage) {
    this.key = `antq:steps:${key}`;
    this.storage = storage;
    let kept = null;
    try { kept = JSON.parse(storage.getItem(this.key)); } catch { /* none */ }
    this.done = kept?.done ?? [];
    this.undone = kept?.undone ?? [];
  }

  add(step) {
    const changes = step.filter(({ from, to }) => from !== to);
    if (!changes.length) return;
    this.done.push(changes);
    this.done = this.done.slice(-MOST);
    this.undone = [];
    this.keep();
  }

  // The step to take back (or, with `forth`, to do again), as [{name, row, from, to}] to be written; null where there is none.
  take(forth = false) {
    const [source, target] = forth ? [this.undone, this.done] : [this.done, this.undone];
    const step = source.pop();
    if (!step) return null;
    target.push(step);
    this.keep();
    return forth ? step : step.map(({ name, row, from, to }) => ({ name, row, from: to, to: from }));
  }

  keep() {
    try { this.storage.setItem(this.key, JSON.stringify({ done: this.done, undone: this.undone })); } catch { /* undone while it is open */ }
  }
}
