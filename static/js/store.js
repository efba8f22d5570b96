// What the server has not acknowledged, kept in this browser per user, unit and month.
// Survives reload, sign-out and loss of network. Holds counts and notes only, never names.

const PREFIX = "antq:waiting:";

export const keyOf = (user, unit, month) => `${PREFIX}${user}:${unit}:${month}`;

export class Store {
  constructor(user, unit, month) {
    this.key = keyOf(user, unit, month);
    this.cells = this.read();
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) || {};
    } catch {
      return {};
    }
  }

  write() {
    try {
      if (Object.keys(this.cells).length) localStorage.setItem(this.key, JSON.stringify(this.cells));
      else localStorage.removeItem(this.key);
      return true;
    } catch {
      return false; // the browser refuses storage: the page still saves while it is open
    }
  }

  put(name, entry) {
    this.cells[name] = entry;
    return this.write();
  }

  // {name: entry, or null to drop it}, in one write.
  putAll(entries) {
    for (const [name, entry] of Object.entries(entries)) {
      if (entry === null) delete this.cells[name];
      else this.cells[name] = entry;
    }
    return this.write();
  }

  drop(name) {
    delete this.cells[name];
    this.write();
  }
}

// [unit, month, how many] of everything that waits for this user.
export function waitingFor(user) {
  const found = [];
  try {
    for (let i = 0; i < localStorage.length; i += 1) {
      const key = localStorage.key(i);
      if (!key.startsWith(`${PREFIX}${user}:`)) continue;
      const [unit, month] = key.slice(PREFIX.length).split(":").slice(1);
      found.push([unit, month, Object.keys(JSON.parse(localStorage.getItem(key))).length]);
    }
  } catch {
    return [];
  }
  return found;
}
