// What the server has not acknowledged, kept in this browser per user, unit and month, each cell under a key of its own:
// two tabs never write one another's cells. Survives reload, sign-out and loss of network. Holds counts and notes only.

const PREFIX = "antq:waiting:";

export const keyOf = (user, unit, month) => `${PREFIX}${user}:${unit}:${month}`;

const parsed = (text) => { try { return JSON.parse(text); } catch { return null; } };

// All keys of a storage that begin so.
function keys(storage, start) {
  try {
    return Array.from({ length: storage.length }, (_, place) => storage.key(place)).filter((key) => key.startsWith(start));
  } catch {
    return [];
  }
}

// Months that were kept under one key, all cells in one value, before: each cell gets its own.
function divide(storage, start) {
  for (const key of keys(storage, start)) {
    if (key.includes("/")) continue;
    const cells = parsed(storage.getItem(key));
    for (const [name, entry] of Object.entries(cells ?? {})) {
      if (storage.getItem(`${key}/${name}`) === null) storage.setItem(`${key}/${name}`, JSON.stringify(entry));
    }
    storage.removeItem(key);
  }
}

export class Store {
  constructor(user, unit, month, storage = globalThis.localStorage) {
    this.key = `${keyOf(user, unit, month)}/`;
    this.storage = storage;
    try { divide(storage, keyOf(user, unit, month)); } catch { /* kept as it is until it can be written */ }
    this.cells = {};
    for (const key of keys(storage, this.key)) {
      const entry = parsed(storage.getItem(key));
      if (entry) this.cells[key.slice(this.key.length)] = entry;
    }
  }

  put(name, entry) {
    this.cells[name] = entry;
    try {
      this.storage.setItem(this.key + name, JSON.stringify(entry));
      return true;
    } catch {
      return false; // the browser refuses storage: the page still saves while it is open
    }
  }

  // {name: entry, or null to drop it}.
  putAll(entries) {
    for (const [name, entry] of Object.entries(entries)) {
      if (entry === null) this.drop(name);
      else this.put(name, entry);
    }
  }

  // Forget a cell, unless another tab has typed something else there meanwhile: that is taken over and waits on.
  drop(name) {
    const mine = this.cells[name];
    delete this.cells[name];
    try {
      const kept = parsed(this.storage.getItem(this.key + name));
      if (kept && mine && kept.text !== mine.text) this.cells[name] = kept;
      else this.storage.removeItem(this.key + name);
    } catch { /* nothing was kept */ }
  }

  // What another tab did, told by the browser: {name, entry, gone}, or null where it is not about this month.
  heard({ key, newValue, oldValue }) {
    if (!key?.startsWith(this.key)) return null;
    const name = key.slice(this.key.length);
    const entry = parsed(newValue);
    const gone = this.cells[name] && !entry ? this.cells[name] : null;
    if (entry) this.cells[name] = entry;
    else if (gone && gone.text === parsed(oldValue)?.text) delete this.cells[name];
    else return null;
    return { name, entry, gone };
  }
}

// [name, entry] of what waits for this user in one month.
export const waitingIn = (user, unit, month, storage = globalThis.localStorage) => Object.entries(new Store(user, unit, month, storage).cells);

// Give up what waits in one month.
export function forget(user, unit, month, storage = globalThis.localStorage) {
  for (const key of keys(storage, `${keyOf(user, unit, month)}/`)) storage.removeItem(key);
}

// [unit, month, how many] of everything that waits for this user.
export function waitingFor(user, storage = globalThis.localStorage) {
  const found = new Map();
  try {
    divide(storage, `${PREFIX}${user}:`);
    for (const key of keys(storage, `${PREFIX}${user}:`)) {
      const month = key.slice(0, key.indexOf("/"));
      found.set(month, (found.get(month) ?? 0) + 1);
    }
  } catch {
    return [];
  }
  return [...found].map(([key, count]) => [...key.slice(PREFIX.length).split(":").slice(1), count]);
}
