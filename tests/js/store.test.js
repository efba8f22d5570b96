// What waits in the browser: two tabs, closing, the older way of keeping it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Store, forget, keyOf, waitingFor, waitingIn } from "../../static/js/store.js";
import { Steps } from "../../static/js/steps.js";

class Storage {
  constructor() { this.all = new Map(); this.full = false; }
  get length() { return this.all.size; }
  key(place) { return [...this.all.keys()][place]; }
  getItem(key) { return this.all.get(key) ?? null; }
  setItem(key, text) { if (this.full) throw new Error("full"); this.all.set(key, text); }
  removeItem(key) { this.all.delete(key); }
}

const opened = (storage) => new Store("7", "07999", "2026-12", storage);
const entry = (text) => ({ text, was: null });

test("what two tabs hold is merged, never overwritten", () => {
  const storage = new Storage();
  const [one, other] = [opened(storage), opened(storage)];
  one.putAll({ "h11.patrols": entry("71"), "h12.patrols": entry("72"), "h13.patrols": entry("73") });
  other.put("h21.patrols", entry("81"));
  assert.deepEqual(Object.keys(opened(storage).cells).sort(), ["h11.patrols", "h12.patrols", "h13.patrols", "h21.patrols"]);
});

test("a save in one tab removes nothing that waits in the other", () => {
  const storage = new Storage();
  const [one, other] = [opened(storage), opened(storage)];
  one.put("h11.patrols", entry("71"));
  other.put("h21.patrols", entry("81"));
  other.drop("h21.patrols");
  assert.deepEqual(opened(storage).cells, { "h11.patrols": entry("71") });
});

test("a cell that the other tab typed anew meanwhile still waits", () => {
  const storage = new Storage();
  const [one, other] = [opened(storage), opened(storage)];
  one.put("h11.patrols", entry("71"));
  other.put("h11.patrols", entry("75"));
  one.drop("h11.patrols");
  assert.deepEqual(one.cells, { "h11.patrols": entry("75") });
  assert.deepEqual(opened(storage).cells, { "h11.patrols": entry("75") });
});

test("a tab hears what the other typed and what the other saved", () => {
  const storage = new Storage();
  const [one, other] = [opened(storage), opened(storage)];
  one.put("h11.patrols", entry("71"));
  const key = `${keyOf("7", "07999", "2026-12")}/h11.patrols`;
  assert.deepEqual(other.heard({ key, newValue: JSON.stringify(entry("71")), oldValue: null }), { name: "h11.patrols", entry: entry("71"), gone: null });
  assert.equal(other.cells["h11.patrols"].text, "71");
  assert.deepEqual(other.heard({ key, newValue: null, oldValue: JSON.stringify(entry("71")) }).gone, entry("71"));
  assert.deepEqual(other.cells, {});
  assert.equal(other.heard({ key: "antq:waiting:8:07999:2026-12/h1.x", newValue: "{}", oldValue: null }), null);
  other.cells["h11.patrols"] = entry("99");
  assert.equal(other.heard({ key, newValue: null, oldValue: JSON.stringify(entry("71")) }), null);
  assert.equal(other.cells["h11.patrols"].text, "99");
});

test("what was kept under one key before is still sent", () => {
  const storage = new Storage();
  storage.setItem(keyOf("7", "07999", "2026-12"), JSON.stringify({ "h1.tips": entry("3"), "note:proposals": entry("Đèn") }));
  assert.deepEqual(waitingFor("7", storage), [["07999", "2026-12", 2]]);
  assert.deepEqual(Object.keys(opened(storage).cells).sort(), ["h1.tips", "note:proposals"]);
  assert.equal(storage.getItem(keyOf("7", "07999", "2026-12")), null);
});

test("what waits is counted by user, unit and month", () => {
  const storage = new Storage();
  opened(storage).putAll({ "h1.tips": entry("3"), "h2.tips": entry("4") });
  new Store("7", "province-25", "2026-11", storage).put("u.tips", entry("1"));
  new Store("8", "07999", "2026-12", storage).put("h1.tips", entry("1"));
  assert.deepEqual(waitingFor("7", storage), [["07999", "2026-12", 2], ["province-25", "2026-11", 1]]);
});

test("a browser that keeps nothing stops nobody", () => {
  const storage = new Storage();
  storage.full = true;
  const one = opened(storage);
  assert.equal(one.put("h1.tips", entry("3")), false);
  assert.equal(one.cells["h1.tips"].text, "3");
});

test("steps go back and forth across reloads, and a new one forgets what was taken back", () => {
  const storage = new Storage();
  const steps = new Steps("7", storage);
  steps.add([{ name: "a", from: "", to: "1" }]);
  steps.add([{ name: "a", from: "1", to: "1" }]);
  steps.add([{ name: "a", from: "1", to: "2" }]);
  const again = new Steps("7", storage);
  assert.deepEqual(again.take().map(({ from, to }) => [from, to]), [["2", "1"]]);
  assert.deepEqual(new Steps("7", storage).take(true).map(({ from, to }) => [from, to]), [["1", "2"]]);
  again.add([{ name: "b", from: "", to: "5" }]);
  assert.equal(new Steps("7", storage).take(true), null);
});

test("what waits in one month is told and given up, and that of others stays", () => {
  const storage = new Storage();
  new Store("7", "07999", "2026-12", storage).put("h1.tips", { text: "3", was: null });
  new Store("7", "07999", "2026-11", storage).put("h1.tips", { text: "4", was: null });
  assert.deepEqual(waitingIn("7", "07999", "2026-12", storage).map(([name, { text }]) => [name, text]), [["h1.tips", "3"]]);
  forget("7", "07999", "2026-12", storage);
  assert.deepEqual(waitingFor("7", storage), [["07999", "2026-11", 1]]);
});
