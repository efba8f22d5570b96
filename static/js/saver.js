// Sends what changed, a moment after it changed, and keeps the rest until the server has it.
//
// A waiting cell is {text, was, bad?, conflict?, current?}: what was typed, the value its writer saw,
// why it cannot be sent, and what someone else wrote meanwhile.

import { parseCount, read, same, shown } from "./counts.js";
import { Store } from "./store.js";

const PAUSE = 400; // ms after the last key
const AGAIN = 8000; // ms until another try without network

const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? ""; // the prefix without DEBUG

export class Saver {
  constructor(grid, show) {
    const { unit, month, report, commune, province } = grid.form.dataset;
    this.grid = grid;
    this.show = show; // (state, sentence, outcome)
    this.opening = commune ? { commune, month } : { province, month };
    this.report = report || null;
    this.store = new Store(document.body.dataset.user, unit, month);
    this.notes = {};
    this.busy = false;
    this.restore();
    addEventListener("online", () => this.flush());
    this.heardAt = new Map(); // cells that another tab typed: it sends them itself, unless it is gone
    addEventListener("storage", (event) => this.hear(this.store.heard(event)));
    this.others = window.BroadcastChannel ? new BroadcastChannel(this.store.key) : null;
    if (this.others) this.others.onmessage = ({ data }) => data.forEach(({ name, value }) => this.savedElsewhere(name, value));
  }

  // Put back what an earlier visit could not send.
  restore() {
    for (const [name, entry] of Object.entries(this.store.cells)) {
      if (name.startsWith("note:")) continue;
      const cell = this.grid.cell(name);
      if (!cell || !("defaultValue" in cell)) continue;
      if (same(cell.value, cell.defaultValue)) cell.value = shown(entry.text);
      cell.classList.add("waiting");
    }
  }

  field(name) {
    return name.startsWith("note:") ? document.getElementById(name.slice(5)) : this.grid.cell(name);
  }

  // Another tab of this browser typed into a cell, or needs it no longer.
  hear(heard) {
    if (!heard) return;
    const { name, entry, gone } = heard;
    const cell = this.field(name);
    if (entry) this.heardAt.set(name, Date.now());
    else this.heardAt.delete(name);
    if (cell && cell !== document.activeElement) {
      if (entry) cell.value = name.startsWith("note:") ? entry.text : shown(entry.text);
      else if (same(cell.value, gone.text)) cell.value = cell.defaultValue;
      cell.classList.toggle("waiting", Boolean(entry));
      if (!name.startsWith("note:")) this.grid.showTotal(name.split(".")[1]);
    }
    if (entry) this.later(AGAIN);
    if (this.waiting()) this.tell();
    else this.show("saved", "Đã lưu");
  }

  // Another tab of this browser saved a cell: what is typed here since then is on top of it.
  savedElsewhere(name, value) {
    const cell = this.grid.cell(name);
    if (!cell || !("defaultValue" in cell)) return;
    const untouched = same(cell.value, cell.defaultValue);
    const entry = this.store.cells[name];
    cell.defaultValue = shown(value === null ? "" : String(value));
    if (entry && !same(entry.text, cell.defaultValue)) this.store.put(name, { ...entry, was: value });
    else if (untouched && !this.grid.editing) {
      cell.value = cell.defaultValue;
      if (cell === document.activeElement) cell.select();
    }
    this.grid.showTotal(name.split(".")[1]);
  }

  // Take up what was typed before this script ran, on a slow line.
  takeUp() {
    const typed = this.grid.cells.filter((cell) => !same(cell.value, cell.defaultValue) && !same(cell.value, this.store.cells[cell.name]?.text ?? cell.defaultValue));
    if (typed.length) this.change(...typed);
  }

  // Cells were changed by typing, pasting, undoing: kept in one write, totalled once an indicator.
  change(...cells) {
    const entries = {};
    for (const cell of cells) {
      const was = this.store.cells[cell.name]?.was ?? read(cell.defaultValue) ?? null;
      const back = same(cell.value, cell.defaultValue) && !this.sending?.has(cell.name);
      this.heardAt.delete(cell.name);
      entries[cell.name] = back ? null : { text: cell.value, was, row: cell.closest("tr").dataset.of };
      if (back) this.grid.complain(cell, "");
      cell.classList.toggle("waiting", !back);
      if (!back) cell.classList.remove("saved");
    }
    this.store.putAll(entries);
    for (const code of new Set(cells.map((cell) => cell.name.split(".")[1]))) this.grid.showTotal(code);
    for (const cell of cells) {
      const { row, of } = cell.closest("tr").dataset;
      const code = cell.name.split(".")[1];
      if (of || cell.closest("td").dataset.more !== undefined) this.grid.showWhole(of ?? row, code);
    }
    this.later(PAUSE);
    this.tell();
  }

  // Hamlets whose groups have waiting cells.
  get home() {
    return new Map(Object.entries(this.store.cells).filter(([, entry]) => entry.row).map(([name, entry]) => [name, entry.row]));
  }

  note(name, text, was) {
    const held = this.store.cells[`note:${name}`];
    this.heardAt.delete(`note:${name}`);
    this.store.put(`note:${name}`, held?.conflict ? { ...held, text } : { text, was });
    this.later(PAUSE);
    this.tell();
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), pause);
  }

  // Send now, and say that nothing waits where nothing does (Ctrl + S).
  now() {
    clearTimeout(this.timer);
    if (this.waiting()) this.flush();
    else if (!this.busy) this.show("saved", "Đã lưu hết, không còn ô nào chờ gửi.");
  }

  waiting() {
    return Object.keys(this.store.cells).length;
  }

  tell() {
    this.told = true;
    if (this.waiting()) this.show("waiting", `${this.waiting()} mục đang chờ gửi…`);
  }

  ready() {
    const cells = [];
    for (const [name, entry] of Object.entries(this.store.cells)) {
      if (name.startsWith("note:") || entry.conflict || !this.sends(name)) continue;
      const value = read(entry.text);
      if (value === undefined) {
        const cell = this.grid.cell(name);
        if (cell && cell !== document.activeElement) this.complainOf(cell);
        continue;
      }
      const [row, indicator] = name.split(".");
      const number = Number(row.slice(1));
      cells.push({ name, hamlet: row[0] === "h" ? number : null, group: row[0] === "g" ? number : null, indicator, value, was: entry.was, text: entry.text });
    }
    return cells;
  }

  // What another tab has just typed is that tab's to send; where it does not, it is gone or cut off.
  sends(name) {
    return Date.now() - (this.heardAt.get(name) ?? 0) > AGAIN;
  }

  complainOf(cell) {
    try {
      parseCount(cell.value);
      this.grid.complain(cell, "");
    } catch (error) {
      this.grid.complain(cell, error.message);
    }
  }

  async call(method, path, body) {
    const response = await fetch(`/api/v1/${path}`, {
      method, credentials: "same-origin", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token(), "X-Account": document.body.dataset.user },
    });
    const answer = await response.json().catch(() => ({}));
    return { status: response.status, answer };
  }

  async flush() {
    if (this.busy) {
      this.again = true; // what changed meanwhile goes with the next one
      return;
    }
    const cells = this.ready();
    const notes = Object.entries(this.store.cells).filter(([name, entry]) => name.startsWith("note:") && !entry.conflict && this.sends(name));
    if (!cells.length && !notes.length && this.heardAt.size) { // another tab is at it
      this.later(AGAIN);
      return;
    }
    if (!cells.length && !notes.length) {
      if (!this.waiting()) {
        if (this.told) this.show("saved", "Đã lưu");
        this.told = false;
        return;
      }
      this.show("refused", `${this.waiting()} mục chưa lưu được, cần bạn xem lại.`);
      return;
    }
    this.busy = true;
    this.sending = new Set(cells.map((cell) => cell.name));
    try {
      if (!(await this.open())) return;
      if (cells.length) await this.sendCells(cells);
      if (notes.length) await this.sendNotes(notes);
    } catch {
      this.show("waiting", `Mất kết nối. ${this.waiting()} mục đang giữ trên máy này và sẽ tự gửi khi có mạng.`);
      this.later(AGAIN);
    } finally {
      this.busy = false;
      this.sending = null;
      if (this.again) this.later(PAUSE);
      this.again = false;
    }
  }

  async open() {
    if (this.report) return true;
    const { status, answer } = await this.call("POST", "reports/", this.opening);
    if (status === 200 || status === 201) {
      this.report = answer.id;
      this.grid.form.dataset.report = answer.id;
      const badge = document.querySelector(".badge.none");
      if (badge) badge.textContent = "Đang nhập";
      return true;
    }
    return this.refuse(status, answer);
  }

  refuse(status, answer) {
    if (status === 401) {
      this.show("refused", `Phiên làm việc đã hết. ${this.waiting()} mục đang giữ trên máy này.`, { signIn: true });
    } else if (status >= 500) {
      this.show("waiting", `Máy chủ đang bận. ${this.waiting()} mục đang giữ trên máy này và sẽ tự gửi lại.`);
      this.later(AGAIN);
    } else {
      const detail = answer.detail ?? Object.values(answer).flat().join(" ");
      this.show("refused", detail || "Máy chủ không nhận số liệu này.");
    }
    return false;
  }

  async sendCells(cells) {
    const body = cells.map(({ hamlet, group, indicator, value, was }) => ({ hamlet, group, indicator, value, was }));
    const { status, answer } = await this.call("PUT", `reports/${this.report}/figures/`, { figures: body });
    if (status !== 200 && status !== 207) {
      this.refuse(status, answer);
      return;
    }
    const at = new Map(cells.map((cell) => [`${cell.hamlet}/${cell.group}/${cell.indicator}`, cell]));
    const find = (one) => at.get(`${one.hamlet}/${one.group}/${one.indicator}`);
    for (const one of answer.saved) this.settled(find(one));
    this.others?.postMessage(answer.saved.map((one) => ({ name: find(one).name, value: one.value })));
    for (const one of answer.errors) {
      const cell = find(one) && this.grid.cell(find(one).name);
      if (cell) this.grid.complain(cell, one.error);
    }
    for (const one of answer.conflicts) {
      const sent = find(one);
      if (this.store.cells[sent.name]) this.store.put(sent.name, { ...this.store.cells[sent.name], conflict: true, current: one.current, by: one.by, at: one.at });
    }
    for (const [code, value] of Object.entries(answer.totals)) {
      if (!cells.some((cell) => cell.indicator === code && this.store.cells[cell.name])) this.grid.showTotal(code, value);
    }
    const left = this.waiting();
    const time = new Date(answer.saved_at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.show(left ? "waiting" : "saved", left ? `Đã lưu lúc ${time}; còn ${left} mục chưa lưu.` : `Đã lưu lúc ${time}`, answer);
    if (this.ready().length && !answer.errors.length) this.later(PAUSE);
  }

  // The server has this value; what was typed since is sent next, on top of it.
  settled(sent) {
    const cell = this.grid.cell(sent.name);
    const entry = this.store.cells[sent.name];
    if (cell) {
      cell.defaultValue = shown(sent.value === null ? "" : String(sent.value));
    }
    if (!entry || entry.text === sent.text) {
      this.store.drop(sent.name);
      this.heardAt.delete(sent.name);
      if (cell) {
        if (cell !== document.activeElement) cell.value = cell.defaultValue; // never under someone's hands
        cell.classList.remove("waiting");
        cell.classList.add("saved");
        this.grid.complain(cell, "");
      }
    } else {
      this.store.put(sent.name, { ...entry, was: sent.value });
    }
  }

  // Someone else wrote another value: keep mine, or take theirs.
  resolve(name, mine) {
    const entry = this.store.cells[name];
    const cell = name.startsWith("note:") ? document.getElementById(name.slice(5)) : this.grid.cell(name);
    if (!entry) return;
    const theirs = entry.current === null ? "" : name.startsWith("note:") ? entry.current : shown(String(entry.current));
    if (cell) cell.defaultValue = theirs;
    if (mine) {
      this.store.put(name, { text: entry.text, was: entry.current });
      this.later(0);
    } else {
      this.store.drop(name);
      if (cell) {
        cell.value = theirs;
        cell.classList.remove("waiting");
        if (!name.startsWith("note:")) this.grid.showTotal(name.split(".")[1]);
      }
      if (!this.waiting()) this.show("saved", "Đã lưu");
    }
  }

  conflicts() {
    return Object.entries(this.store.cells).filter(([, entry]) => entry.conflict);
  }

  async sendNotes(notes) {
    for (const [key, entry] of notes) {
      const name = key.slice(5);
      const { status, answer } = await this.call("PUT", `reports/${this.report}/notes/`, { [name]: entry.text, was: { [name]: entry.was } });
      if (status === 200) {
        const field = document.getElementById(name);
        if (field) field.defaultValue = entry.text;
        if (this.store.cells[key]?.text === entry.text) this.store.drop(key);
        else this.store.put(key, { text: this.store.cells[key].text, was: entry.text });
        if (!this.waiting()) this.show("saved", "Đã lưu ghi chú");
      } else if (status === 409 && answer.conflicts) {
        this.store.put(key, { text: this.store.cells[key]?.text ?? entry.text, was: entry.was, conflict: true, current: answer.conflicts[name] });
        this.show("refused", answer.detail);
        return;
      } else {
        this.refuse(status, answer);
        return;
      }
    }
  }
}
