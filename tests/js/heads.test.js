// Heads in two rows, and messages of one line a hamlet. Run by `node --test tests/js/`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../static/js/block.js";

const rows = Array.from({ length: 12 }, (_, n) => ({ key: `h${n + 1}`, name: `Khu ${n + 1}` }));
const columns = [
  { code: "meetings", name: "Buổi họp, sinh hoạt của các tổ", short: "Buổi họp", unit: "buổi" },
  { code: "patrols", name: "Lượt tuần tra", unit: "lượt" },
  { code: "tips", name: "Tin do quần chúng, tổ tự quản cung cấp", short: "Tổng số tin", unit: "tin" },
];
const sheet = { month: "2026-12", rows: [...rows, { key: "u", name: "Toàn đơn vị (không tách theo khu)" }], columns };
const at = (column) => ({ row: 0, column });
const lines = (...cells) => cells.map((row) => row.join("\t")).join("\r\n");
const found = (plan) => Object.fromEntries(plan.changes.map(({ row, column, text }) => [`${sheet.rows[row].name}.${columns[column].code}`, Number(text)]));
const now = { "Khu 1.patrols": 6, "Khu 1.tips": 3 };

for (const [where, block] of Object.entries({
  below: [["Khu", "Lượt tuần tra", "", "Tổng số tin", ""], ["", "Kỳ trước", "Kỳ này", "Kỳ trước", "Kỳ này"], ["Khu 1", 5, 6, 2, 3]],
  "first, the year's sum second": [["Khu", "Lượt tuần tra", "", "Tổng số tin", ""], ["", "Tháng này", "Lũy kế", "Tháng này", "Lũy kế"], ["Khu 1", 6, 60, 3, 9]],
  above: [["Khu", "Tháng trước", "", "Tháng này", ""], ["", "Lượt tuần tra", "Tổng số tin", "Lượt tuần tra", "Tổng số tin"], ["Khu 1", 5, 2, 6, 3]],
  beside: [["Khu", "Lượt tuần tra", "Tháng trước", "Tổng số tin", "Tháng trước"], ["Khu 1", 6, 5, 3, 2]],
  "under months": [["Khu", "Lượt tuần tra", "", "", "Tổng số tin", ""], ["", "T11", "T12", "T1", "11/2026", "12/2026"], ["Khu 1", 5, 6, 7, 2, 3]],
  "under numbers of months": [["Khu", "Lượt tuần tra", ...Array(11).fill(""), "Tổng số tin"], ["", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ""], ["Khu 1", ...Array(11).fill(5), 6, 3]],
  "turned under months": [["Chỉ tiêu", "Khu 1", ""], ["", "Tháng 11", "Tháng 12"], ["Lượt tuần tra", 5, 6], ["Tổng số tin", 2, 3]],
  turned: [["Chỉ tiêu", "Khu 1", ""], ["", "Kỳ trước", "Kỳ này"], ["Lượt tuần tra", 5, 6], ["Tổng số tin", 2, 3]],
})) {
  test(`this month's figures are read where last month's stand ${where}`, () => {
    const plan = planOf(sheet, at(0), lines(...block));
    assert.deepEqual([found(plan), plan.doubts], [now, []]);
  });
}

test("a block of last month's alone writes nothing and says so", () => {
  const plan = planOf(sheet, at(0), lines(["Khu", "Kỳ trước", ""], ["", "Lượt tuần tra", "Tổng số tin"], ["Khu 1", 5, 2]));
  assert.deepEqual(found(plan), {});
  assert.match(plan.doubts[0], /không ghi: Lượt tuần tra \(Kỳ trước\); Tổng số tin \(Kỳ trước\)/);
});

test("of several columns below a head none is read unless one says it is this month's", () => {
  for (const below of [["Ban ngày", "Ban đêm"], ["Năm 2025", "Năm 2026"], ["T10", "T11"]]) {
    const plan = planOf(sheet, at(0), lines(["Khu", "Lượt tuần tra", "", "Tổng số tin"], ["", ...below, ""], ["Khu 1", 5, 6, 3]));
    assert.deepEqual(found(plan), { "Khu 1.tips": 3 });
    assert.ok(plan.doubts[0].includes(`Lượt tuần tra (${below.join(", ")})`), plan.doubts[0]);
  }
});

test("messages of one line a hamlet are names and numbers", () => {
  const plan = planOf(sheet, at(1), "Khu 2: 5 lượt\nKhu 1: 1.164\nKDC 3 = 0");
  assert.deepEqual([found(plan), plan.doubts], [{ "Khu 2.patrols": 5, "Khu 1.patrols": 1164, "Khu 3.patrols": 0 }, []]);
  assert.match(planOf(sheet, at(2), "Khu 2: 5 lượt").doubts[0], /Dòng ghi “lượt”, cột đang đứng tính bằng tin/);
});

test("where nothing can be written it is said how it should be", () => {
  for (const text of ["Khu 1: 5 lượt, 20 người", "Khu 1 - 5\nKhu 2 - 6", "Khu 5"]) {
    const plan = planOf(sheet, at(0), text);
    assert.deepEqual(found(plan), {});
    assert.match(plan.doubts[0], /mỗi số phải ở một ô riêng/, text);
  }
  assert.deepEqual(planOf(sheet, at(0), lines(["Khu dân cư", "Lượt tuần tra"])).doubts, []);
});

test("words in the cells of a named row are no heads", () => {
  const words = planOf(sheet, at(1), lines(["Khu 1", "không"], ["Khu 2", 4]));
  assert.deepEqual([found(words), words.doubts], [{ "Khu 2.patrols": 4 }, ["1 ô không nhận."]]);
});

test("a total without a name is the last line, but where every line has its row, or the first where rows are lacking", () => {
  const part = planOf(sheet, at(0), lines([3, 1], [4, 2], [5, 3], [12, 6]));
  assert.deepEqual(part.changes.map(({ text }) => text), ["3", "1", "4", "2", "5", "3"]);
  assert.match(part.doubts[0], /Dòng cuối bằng tổng/);
  const few = { ...sheet, rows: rows.slice(0, 4) };
  const over = planOf(few, at(0), lines([18, 9], [3, 1], [4, 2], [5, 3], [6, 3]));
  assert.deepEqual(over.changes.map(({ row, text }) => `${row} ${text}`), ["0 3", "0 1", "1 4", "1 2", "2 5", "2 3", "3 6", "3 3"]);
  assert.match(over.doubts[0], /Dòng đầu bằng tổng/);
  for (const block of [[3, 1, 1, 1], [1, 1, 1, 3]]) {
    const plan = planOf(few, at(0), lines(...block.map((value) => [value])));
    assert.deepEqual(plan.changes.map(({ text }) => Number(text)), block);
    assert.match(plan.doubts[0], /vẫn ghi/);
  }
});

test("of a whole and its parts below a head the whole is written", () => {
  const head = (...below) => [["Khu", "Lượt tuần tra", ...below.slice(1).map(() => ""), "Tổng số tin"], ["", ...below, ""]];
  for (const below of [["Tổng", "Ban đêm"], ["Cộng", "Ban đêm"], ["Tổng số", "Ban đêm"], ["Tổng", "Trong đó nữ"], ["Tổng", "Tỷ lệ"]]) {
    const plan = planOf(sheet, at(0), lines(...head(...below), ["Khu 1", 9, 2, 3]));
    assert.deepEqual([found(plan), plan.doubts], [{ "Khu 1.patrols": 9, "Khu 1.tips": 3 }, []], below.join());
  }
  const lone = planOf(sheet, at(0), lines(...head("Tổng"), ["Khu 1", 9, 3]));
  assert.deepEqual([found(lone), lone.doubts], [{ "Khu 1.patrols": 9, "Khu 1.tips": 3 }, []]);
  const months = planOf(sheet, at(0), lines(...head("T10", "T11", "Cộng"), ["Khu 1", 4, 5, 9, 3]));
  assert.deepEqual(found(months), { "Khu 1.tips": 3 });
  assert.match(months.doubts[0], /T10, T11, Cộng/);
});

test("a line of a hamlet is never below the heads", () => {
  const words = planOf(sheet, at(0), lines(["Khu", "Lượt tuần tra", "Ghi chú"], ["Khu 1", "không", "tổng"], ["Khu 2", 4, ""]));
  assert.deepEqual([found(words), words.refused.length], [{ "Khu 2.patrols": 4 }, 1]);
  const months = planOf(sheet, at(0), lines(["Khu", "Lượt tuần tra"], ["Khu 1", 1, 2, 3], ["Khu 2", 4, 5, 6]));
  assert.deepEqual(found(months), { "Khu 1.patrols": 1, "Khu 2.patrols": 4 });
});
