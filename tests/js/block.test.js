// Reading a pasted block. Run by `node --test tests/js/`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf, placeKey, planOf, tiled } from "../../static/js/block.js";

const hamlets = (count) => Array.from({ length: count }, (_, n) => ({ key: `h${n + 1}`, name: `Khu ${n + 1}` }));
const COLUMNS = [
  { code: "meetings", name: "Buổi họp, sinh hoạt của các tổ", unit: "buổi" },
  { code: "patrols", name: "Lượt tuần tra", unit: "lượt" },
  { code: "attendance", name: "Lượt người tham gia tuần tra", unit: "lượt người" },
  { code: "tips", name: "Tin do quần chúng, tổ tự quản cung cấp", unit: "tin" },
  { code: "valuable", name: "Trong đó: tin có giá trị", unit: "tin" },
];
const sheet = (rows = hamlets(39)) => ({ rows: [...rows, { key: "u", name: "Toàn đơn vị (không tách theo khu)" }], columns: COLUMNS });
const AT = { row: 0, column: 0 };
const written = (known, plan) => Object.fromEntries(plan.changes.map(({ row, column, text }) => [`${known.rows[row].name}.${known.columns[column].code}`, Number(text)]));
const lines = (...rows) => rows.map((row) => row.join("\t")).join("\r\n");

test("a cell in quotes keeps its line breaks, tabs and quotes", () => {
  assert.deepEqual(cellsOf('12\t"ghi chú\ndòng hai"\t3\r\n15\tx\t4\r\n'), [["12", "ghi chú dòng hai", "3"], ["15", "x", "4"]]);
  assert.deepEqual(cellsOf('"a ""b"" \t c"\t1'), [['a "b" \t c', "1"]]);
  assert.deepEqual(cellsOf('"không đóng\t2\n3\t4'), [['"không đóng', "2"], ["3", "4"]]);
  assert.deepEqual(cellsOf("1\t\n\t2"), [["1", ""], ["", "2"]]);
  assert.deepEqual(cellsOf("1\t"), [["1", ""]]);
});

test("invisible characters are dropped and letters composed", () => {
  assert.deepEqual(cellsOf("\ufeff1\u200b2\u00a0\t" + "Hòa".normalize("NFD")), [["12", "Hòa".normalize("NFC")]]);
});

test("a cell with a line break moves nothing into another row", () => {
  const known = sheet();
  const plan = planOf(known, AT, '12\t"ghi chú\ndòng hai"\t3\n15\tx\t4');
  assert.deepEqual(written(known, plan), { "Khu 1.meetings": 12, "Khu 1.attendance": 3, "Khu 2.meetings": 15, "Khu 2.attendance": 4 });
  assert.deepEqual(plan.refused.map(({ text }) => text), ["ghi chú dòng hai", "x"]);
  assert.ok(plan.doubts.length);
});

test("one spelling of a name stands for all", () => {
  for (const text of ["Khu 5", "khu5", "KDC 5", "kdc5", "KDC số 05", "Khu dân cư 5", "Khu dân cư số 5", "KHU  5"]) assert.equal(placeKey(text), "khu 5", text);
  assert.equal(placeKey("TDP số 3"), placeKey("Tổ dân phố 3"));
});

test("names decide the rows, whatever the order, and the column of names is no figure", () => {
  const known = sheet();
  const plan = planOf(known, AT, lines(["Khu 12", 7, 1], ["khu5", 8, 2], ["KDC 39", "1.164", 3]));
  assert.deepEqual(written(known, plan), {
    "Khu 12.meetings": 7, "Khu 12.patrols": 1, "Khu 5.meetings": 8, "Khu 5.patrols": 2, "Khu 39.meetings": 1164, "Khu 39.patrols": 3,
  });
  assert.deepEqual(plan.doubts, []);
});

test("titles, heads, numbering and totals are recognised, columns matched by their heads", () => {
  const known = sheet();
  const plan = planOf(known, { row: 3, column: 3 }, lines(
    ["BIỂU TỔNG HỢP THÁNG 6", "", "", "", ""], ["TT", "Khu dân cư", "Lượt tuần tra (lượt)", "Buổi họp, sinh hoạt của các tổ", "Ghi chú"],
    ["(1)", "(2)", "(3)", "(4)", "(5)"], [1, "Khu 2", 20, 2, "đủ"], [2, "Khu 1", 10, 1, ""], ["", "Tổng cộng", 30, 3, ""],
  ));
  assert.deepEqual(written(known, plan), { "Khu 2.patrols": 20, "Khu 2.meetings": 2, "Khu 1.patrols": 10, "Khu 1.meetings": 1 });
  assert.deepEqual(plan.refused, []);
  assert.deepEqual(plan.doubts, []);
});

test("heads above a single column decide where it goes", () => {
  const known = sheet();
  assert.deepEqual(written(known, planOf(known, AT, "Lượt tuần tra\n7\n8")), { "Khu 1.patrols": 7, "Khu 2.patrols": 8 });
});

test("a column of figures that is no indicator is named and left out", () => {
  const plan = planOf(sheet(), AT, lines(["Khu", "Lượt tuần tra", "Số cột đèn"], ["Khu 1", 2, 9], ["Khu 2", 3, 9]));
  assert.equal(plan.changes.length, 2);
  assert.match(plan.doubts.join(), /Số cột đèn/);
});

test("two columns of one indicator and two lines of one hamlet are doubted, never settled silently", () => {
  const twice = planOf(sheet(), AT, lines(["Khu", "Lượt tuần tra", "Lượt tuần tra"], ["Khu 1", 2, 9], ["Khu 2", 3, 9]));
  assert.match(twice.doubts.join(), /hai cột/);
  const known = sheet();
  const rows = planOf(known, AT, lines(["Khu 1", 2], ["Khu 2", 3], ["KDC 1", 4]));
  assert.deepEqual(written(known, rows), { "Khu 2.meetings": 3 });
  assert.match(rows.doubts.join(), /hai dòng cùng tên/);
});

test("a name that is not in the sheet is refused by name", () => {
  const plan = planOf(sheet(hamlets(3)), AT, lines(["Khu 1", 2], ["Khu 2", 3], ["Khu 9", 4]));
  assert.equal(plan.changes.length, 2);
  assert.match(plan.doubts.join(), /Khu 9/);
});

test("lines without names fall on hamlets alone where groups are open", () => {
  const groups = Array.from({ length: 8 }, (_, n) => ({ key: `g${n}`, name: `Tổ ${n + 1} (LGTQ)`, of: "h1" }));
  const [first, ...rest] = hamlets(39);
  const known = sheet([first, ...groups, ...rest]);
  const plan = planOf(known, AT, Array.from({ length: 39 }, (_, n) => 101 + n).join("\r\n"));
  assert.deepEqual(written(known, plan), Object.fromEntries(Array.from({ length: 39 }, (_, n) => [`Khu ${n + 1}.meetings`, 101 + n])));
  assert.match(plan.doubts.join(), /đang mở 8 tổ của Khu 1/);
  const inside = planOf(known, { row: 1, column: 0 }, "1\n2");
  assert.deepEqual(inside.changes.map(({ row }) => known.rows[row].key), ["g0", "g1"]);
});

test("a last line that is the sum of those above is no hamlet's, nor the whole unit's", () => {
  const known = sheet(hamlets(4));
  const plan = planOf(known, AT, "1\n2\n3\n4\n10");
  assert.equal(Object.keys(written(known, plan)).length, 4);
  assert.match(plan.doubts.join(), /dòng cộng/);
  assert.equal(planOf(known, AT, "1\n2\n3\n4\n11").outside, 1);
});

test("a numbering column is told from figures, with a doubt", () => {
  const known = sheet();
  const plan = planOf(known, AT, lines([1, 20], [2, 30], [3, 40], [4, 50]));
  assert.deepEqual(Object.values(written(known, plan)), [20, 30, 40, 50]);
  assert.match(plan.doubts.join(), /TT/);
});

test("a table that lies on its side is turned", () => {
  const known = sheet();
  const plan = planOf(known, AT, lines(["Chỉ tiêu", "Khu 1", "Khu 2", "Khu 3"], ["Lượt tuần tra", 1, 2, 3], ["Buổi họp, sinh hoạt của các tổ", 4, 5, 6]));
  assert.equal(written(known, plan)["Khu 3.meetings"], 6);
  assert.equal(written(known, plan)["Khu 2.patrols"], 2);
});

test("figures of the whole unit are matched by the indicators' names", () => {
  const known = { rows: [{ key: "u.a", name: "Người cải tạo không giam giữ" }, { key: "u.b", name: "Người chấp hành án treo" }], columns: [{ code: "value", name: "Tháng này", unit: "" }] };
  const plan = planOf(known, AT, lines(["Người chấp hành án treo", 4], ["Người cải tạo không giam giữ", 2]));
  assert.deepEqual(plan.changes.map(({ row, text }) => [row, text]), [[1, "4"], [0, "2"]]);
});

test("dashes are asked about, blanks are left out", () => {
  const plan = planOf(sheet(), AT, lines(["1.164", "1,164", "02", "", "-"]));
  assert.deepEqual(plan.changes.map(({ text }) => text), ["1164", "1164", "2"]);
  assert.equal(plan.blanks, 1);
  assert.equal(plan.dashes.length, 1);
});

test("a column is known by its short name and by its full one, composed or not, small or capital", () => {
  const columns = [
    { code: "received", name: "Mâu thuẫn, tranh chấp tiếp nhận, rà soát", short: "Tiếp nhận", unit: "vụ" },
    { code: "settled", name: "Hòa giải thành", short: "Thành", unit: "vụ" },
    { code: "sessions", name: "Buổi tuyên truyền, phát động", short: "Buổi", unit: "buổi" },
    { code: "reached", name: "Thành lập tổ", short: "Hòa giải thành", unit: "tổ" },
  ];
  const known = { rows: hamlets(3), columns };
  const read = (...heads) => written(known, planOf(known, AT, lines(["Khu", ...heads], ["Khu 2", 1, 2])));
  for (const [one, other] of [["Tiếp nhận", "Thành"], ["TIẾP NHẬN (vụ)", "thành (vụ)"], ["Tiếp nhận".normalize("NFD"), "Hòa giải thành"]]) {
    assert.deepEqual(read(one, other), { "Khu 2.received": 1, "Khu 2.settled": 2 });
  }
  const units = planOf(known, AT, lines(["Khu", "Tiếp nhận", "Số buổi họp"], ["", "vụ", "buổi"], ["Khu 2", 1, 2]));
  assert.deepEqual(written(known, units), { "Khu 2.received": 1 }, "a unit of measure is no name");
  assert.deepEqual(read("Buổi", "Tiếp nhận"), { "Khu 2.sessions": 1, "Khu 2.received": 2 }, "beside another head it is one");
  assert.deepEqual(written(known, planOf(known, AT, lines(["Khu", "Buổi"], ["Khu 2", 4]))), { "Khu 2.sessions": 4 }, "and beside that of places");
  assert.equal(read("Buổi", "buổi")["Khu 2.sessions"], undefined, "two of them are units");
});

test("bare numbers under a head of places are hamlets, whatever the order", () => {
  const known = sheet();
  for (const head of ["Khu", "Tên khu dân cư", "Thôn"]) {
    const plan = planOf(known, AT, lines([head, "Lượt tuần tra"], [1, 5], ["03", 6], [77, 1]));
    assert.deepEqual(written(known, plan), { "Khu 1.patrols": 5, "Khu 3.patrols": 6 });
  }
  const plan = planOf(known, AT, lines(["Chỉ tiêu", "Lượt tuần tra"], [4, 5], [9, 6]));
  assert.deepEqual(written(known, plan), { "Khu 1.patrols": 5, "Khu 2.patrols": 6 });
});

test("one indicator over hamlets in a line is turned", () => {
  const known = sheet();
  const plan = planOf(known, AT, lines(["Chỉ tiêu", "Khu 3", "Khu 1"], ["Lượt tuần tra", 6, 5]));
  assert.deepEqual(written(known, plan), { "Khu 3.patrols": 6, "Khu 1.patrols": 5 });
});

test("a name that only resembles a hamlet's is said, and so is a first column of 1, 2, 3", () => {
  const known = sheet();
  const plan = planOf(known, AT, lines(["Tổ 3", 6], ["Số 1", 5], ["Khu 2", 4]));
  assert.match(plan.doubts.join(), /được hiểu: “Tổ 3” là Khu 3; “Số 1” là Khu 1/);
  assert.match(planOf(known, AT, lines([1, 5], [2, 7], [3, 9])).doubts.join(), /cột TT/);
  assert.deepEqual(planOf(known, AT, lines([1], [2], [3])).doubts, []);
});

test("heads in two rows know their column of numbers, averages are sums", () => {
  const known = sheet();
  const plan = planOf(known, AT, lines(
    ["TT", "Khu dân cư", "Tuần tra", ""], ["", "", "Lượt tuần tra", "Lượt người tham gia tuần tra"],
    [1, "Khu 1", 5, 6], [2, "Khu 2", 7, 8], ["", "Bình quân", 6, 7],
  ));
  assert.deepEqual(written(known, plan), { "Khu 1.patrols": 5, "Khu 1.attendance": 6, "Khu 2.patrols": 7, "Khu 2.attendance": 8 });
  assert.deepEqual(plan.doubts, []);
});

test("under a head of places no line falls on a row that its name does not mean", () => {
  const known = { rows: ["Khu phố 1", "Khu phố 2", "Thôn Đông Sơn", "Thôn Đồng Sơn", "Khu 2"].map((name, n) => ({ key: `h${n}`, name })), columns: COLUMNS };
  for (const name of ["K1", "dong son", "Khu phố 1 (mới)", "2", "77", "Khu 99"]) {
    const plan = planOf(known, AT, lines(["Khu dân cư", "Lượt tuần tra"], [name, 5]));
    assert.deepEqual(plan.changes, [], name);
    assert.match(plan.doubts.join(), /không ghi/, name);
  }
  for (const name of ["Thôn Đồng Sơn", "đồng sơn"]) {
    const plan = planOf(known, AT, lines(["Khu dân cư", "Lượt tuần tra"], [name, 5]));
    assert.deepEqual(written(known, plan), { "Thôn Đồng Sơn.patrols": 5 }, name);
  }
  for (const name of ["KP1", "KP 01", "kp.1", "khu phố số 1"]) {
    const plan = planOf(known, AT, lines(["Khu dân cư", "Lượt tuần tra"], [name, 5]));
    assert.deepEqual(written(known, plan), { "Khu phố 1.patrols": 5 }, name);
  }
});

test("a line that numbers the columns is none of a hamlet's", () => {
  const known = sheet();
  for (const numbers of [[1, 2, 3], ["(1)", "(2)", "(3)"]]) {
    const plan = planOf(known, AT, lines(["TT", "Khu dân cư", "Lượt tuần tra"], numbers, [1, "Khu 1", 5], [2, "Khu 2", 6]));
    assert.deepEqual(written(known, plan), { "Khu 1.patrols": 5, "Khu 2.patrols": 6 });
    assert.deepEqual(plan.doubts, []);
  }
});

test("sums are known by more of their words", () => {
  const known = sheet();
  for (const word of ["T.Cộng", "∑", "TC", "Total", "Toàn phường", "TỔNG"]) {
    const plan = planOf(known, AT, lines(["Khu dân cư", "Lượt tuần tra"], ["Khu 1", 5], ["Khu 2", 6], [word, 11]));
    assert.match(plan.said.join(), /Bỏ qua dòng cộng/, word);
    assert.deepEqual(plan.doubts, [], word);
  }
});

test("a table on its side whose hamlets are bare numbers is turned where nothing else can be meant", () => {
  const known = sheet(hamlets(3));
  const right = { "Khu 1.patrols": 11, "Khu 1.attendance": 21, "Khu 2.patrols": 12, "Khu 2.attendance": 22, "Khu 3.patrols": 13, "Khu 3.attendance": 23 };
  const below = [["Lượt tuần tra", 11, 12, 13], ["Lượt người tham gia tuần tra", 21, 22, 23]];
  for (const heads of [[["Chỉ tiêu", 1, 2, 3]], [["Chỉ tiêu", 1, 2, "Khu 3"]], [["Chỉ tiêu", "Khu dân cư"], ["", 1, "02", 3]]]) {
    assert.deepEqual(written(known, planOf(known, AT, lines(...heads, ...below))), right, JSON.stringify(heads));
  }
  const plan = planOf(sheet(), AT, lines(["Chỉ tiêu", 1, 2, 3], ...below)); // weeks, it may be
  assert.deepEqual(plan.changes, []);
  assert.match(plan.doubts.join(), /không rõ cột nào của khu nào nên không ghi/);
});

test("text of a csv is parted by its semicolons or bars where each line has as many", () => {
  const known = sheet();
  for (const mark of [";", "|", " | "]) {
    const plan = planOf(known, AT, [["Khu 1", 5, 2], ["Khu 2", 6, 1]].map((row) => row.join(mark)).join("\n"));
    assert.deepEqual(written(known, plan), { "Khu 1.meetings": 5, "Khu 1.patrols": 2, "Khu 2.meetings": 6, "Khu 2.patrols": 1 });
  }
  assert.deepEqual(cellsOf("a;b\tc;d\ne;f\tg;h"), [["a;b", "c;d"], ["e;f", "g;h"]]);
  assert.deepEqual(cellsOf("1; 2\n3"), [["1; 2"], ["3"]]);
});

test("sums of a part, and a line of letters under the heads, are none of a hamlet's", () => {
  const known = sheet();
  const plan = planOf(known, AT, lines(["TT", "Khu dân cư", "Lượt tuần tra"], ["A", "B", 1], [1, "Khu 1", 5], [2, "Khu 2", 6], ["", "Cộng I", 11], ["", "Cộng khu vực 2", 0]));
  assert.deepEqual(written(known, plan), { "Khu 1.patrols": 5, "Khu 2.patrols": 6 });
  assert.deepEqual(plan.doubts, []);
});

test("groups are known by their names where their hamlet is named before them or pasted into, and are no hamlets elsewhere", () => {
  const groups = Array.from({ length: 3 }, (_, n) => ({ key: `g${n}`, name: `Tổ ${n + 1} (LGTQ)`, of: "h2" }));
  const [first, second, ...rest] = hamlets(5);
  const known = sheet([first, second, ...groups, ...rest]);
  const swapped = { "Tổ 2 (LGTQ).meetings": 5, "Tổ 1 (LGTQ).meetings": 6 };
  assert.deepEqual(written(known, planOf(known, { row: 2, column: 0 }, lines(["Tổ 2 (LGTQ)", 5], ["tổ 1", 6]))), swapped);
  const whole = planOf(known, AT, lines(["Khu 2", 1], ["Tổ 2", 5], ["Tổ 1 (LGTQ)", 6], ["Tổ 9", 7]));
  assert.deepEqual(written(known, whole), { "Khu 2.meetings": 1, ...swapped });
  const closed = planOf(known, AT, lines(["Khu 3", 1], ["Tổ 1", 5], ["Tổ 2", 6], ["Khu 4", 2]));
  assert.deepEqual(written(known, closed), { "Khu 3.meetings": 1, "Khu 4.meetings": 2 });
  assert.match(closed.doubts.join(), /không ghi: Tổ 1, Tổ 2/);
});

test("lines that name places, none of them ours, are never written by their order", () => {
  const plan = planOf(sheet(), AT, lines(["Khu 5 (Thôn Đoài)", 3], ["Khu 4: Ông A", 6]));
  assert.deepEqual(plan.changes, []);
  assert.match(plan.doubts.join(), /Khu 4: Ông A/);
});

test("names may stand last, and figures are not moved by words in the first column", () => {
  const known = sheet();
  const right = { "Khu 4.meetings": 5, "Khu 4.patrols": 6, "Khu 2.meetings": 7, "Khu 2.patrols": 8 };
  assert.deepEqual(written(known, planOf(known, AT, lines([5, 6, "Khu 4"], [7, 8, "Khu 2"]))), right);
  const words = planOf(known, AT, lines(["5 buổi", 3], ["6 buổi", 4]));
  assert.deepEqual(written(known, words), { "Khu 1.patrols": 3, "Khu 2.patrols": 4 });
  assert.deepEqual(words.refused.map(({ text }) => text), ["5 buổi", "6 buổi"]);
});

test("heads that name no indicator are doubted, and take no row", () => {
  const known = sheet();
  for (const block of [[["Khu", "Tháng 5", "Tháng 6"], ["Khu 1", 1, 2], ["Khu 2", 3, 4]], [["Tháng 5", "Tháng 6"], [1, 2], [3, 4]]]) {
    const plan = planOf(known, AT, lines(...block));
    assert.deepEqual(written(known, plan), { "Khu 1.meetings": 1, "Khu 1.patrols": 2, "Khu 2.meetings": 3, "Khu 2.patrols": 4 });
    assert.match(plan.doubts.join(), /không phải chỉ tiêu của bảng này: Tháng 5, Tháng 6/);
  }
  assert.deepEqual(written(known, planOf(known, AT, "Biểu 1\n\n5\n6")), { "Khu 1.meetings": 5, "Khu 2.meetings": 6 });
});

test("figures alone are repeated over a selection that holds them several times", () => {
  assert.equal(tiled("1\t2\r\n", 2, 4), "1\t2\t1\t2\n1\t2\t1\t2");
  assert.equal(tiled("1\n2", 3, 1), "1\n2", "not a whole number of times");
  assert.equal(tiled("Khu 1\t2", 2, 2), "Khu 1\t2", "names");
});
