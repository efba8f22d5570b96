// Reading counts, by the cases that Python reads too: tests/number_cases.json.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { clean, parseCount, read, same, shown, write } from "../../static/js/counts.js";

const { cases } = JSON.parse(readFileSync(new URL("../number_cases.json", import.meta.url)));

for (const [text, value] of cases) {
  test(`“${text}” is ${value === false ? "no count" : value}`, () => {
    if (value === false) assert.throws(() => parseCount(text), /không phải là số đếm|quá lớn/);
    else assert.equal(parseCount(text), value);
  });
}

test("what is written is read back", () => {
  for (const value of [0, 7, 999, 1000, 1164, 12345678, 999999999]) assert.equal(parseCount(write(value)), value);
  assert.equal(write(1164000), "1.164.000");
  assert.equal(write(null), "–");
});

test("a cell shows thousands, and what is no count as it was typed", () => {
  assert.deepEqual(["1164", " 02", "", "mười", "1,164"].map(shown), ["1.164", "2", "", "mười", "1.164"]);
  assert.ok(same("1.164", "1164") && !same("1.164", "1165") && !same("mười", "") && same("", " "));
  assert.equal(read("mười"), undefined);
});

test("invisible characters are dropped", () => assert.equal(clean("\u200b1.164\u00ad\u202f "), "1.164"));
