// The page of a month: ties the grid, the saver, pasting and the bar of the present cell together.

import { Checks } from "./checks.js";
import { clean, same, shown, write } from "./counts.js";
import { Grid } from "./grid.js";
import { Panes } from "./panes.js";
import { blockIn, fetchReader, noneOf, preview, readBlock } from "./paste.js";
import { Saver } from "./saver.js";
import { Steps } from "./steps.js";
import { Strip } from "./strip.js";

const form = document.getElementById("entry");
const page = form.closest(".entry");
const state = document.getElementById("save-state");
const conflictBox = document.getElementById("conflicts");
const { unit, month } = form.dataset;
const grid = new Grid(form);
const { parts, selection } = grid;
const strip = new Strip(grid, document.getElementById("cell-bar"));
new Panes(parts);
const steps = new Steps(`${document.body.dataset.user}:${unit}:${month}`);

const saver = new Saver(grid, (kind, sentence, more = {}) => {
  state.className = kind;
  state.textContent = sentence;
  if (more.signIn) {
    const link = document.createElement("a");
    link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = "Đăng nhập lại để gửi";
    state.append(" ", link);
  }
  showConflicts();
  parts.later();
  if (more.saved) refreshProblems();
});

let shownConflicts = "";
function showConflicts() {
  const found = saver.conflicts();
  const seen = JSON.stringify(found.map(([name, entry]) => [name, entry.text, entry.current]));
  if (seen === shownConflicts) return; // a button drawn anew under the pointer loses its click
  shownConflicts = seen;
  conflictBox.hidden = !found.length;
  conflictBox.replaceChildren();
  for (const [name, entry] of found) {
    const cell = name.startsWith("note:") ? document.getElementById(name.slice(5)) : grid.cell(name);
    const line = document.createElement("p");
    const other = entry.current === null ? "để trống" : typeof entry.current === "number" ? write(entry.current) : `“${entry.current}”`;
    const who = entry.by ? `Người ghi: ${entry.by}, lúc ${moment(entry.at)}. ` : "";
    line.textContent = `${cell ? labelOf(cell) : name}: bạn ghi ${entry.text || "để trống"}, người khác vừa ghi ${other}. ${who}`;
    for (const [mine, label] of choices(name, entry)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small plain";
      button.textContent = label;
      button.addEventListener("click", () => { saver.resolve(name, mine); showConflicts(); grid.go(cell); });
      line.append(button, " ");
    }
    conflictBox.append(line);
  }
}

function moment(at) {
  return new Date(at).toLocaleString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", year: "numeric" });
}

function labelOf(cell) {
  return grid.isCell(cell) ? grid.label(cell) : cell.labels[0].textContent;
}

function choices(name, entry) {
  if (name.startsWith("note:")) return [[true, "Giữ phần tôi ghi"], [false, "Lấy phần kia"]];
  return [[true, `Giữ số của tôi (${entry.text || "để trống"})`], [false, `Lấy số kia (${entry.current === null ? "để trống" : write(entry.current)})`]];
}

// Shown first and after each save: what the checks say marks its cells.
const problems = document.getElementById("problems");
const checks = new Checks(page, problems);
new MutationObserver(() => { strip.warn(checks.links); checks.count(); }).observe(problems, { childList: true });

let problemsTimer;
function refreshProblems() {
  clearTimeout(problemsTimer);
  problemsTimer = setTimeout(async () => {
    try {
      const response = await fetch(`/reports/${unit}/${month}/problems/`, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      problems.innerHTML = await response.text();
    } catch { /* asked again after the next save */ }
  }, 700);
}

// Write several cells at once; one step to undo.
function apply(changes) {
  const present = document.activeElement;
  const step = changes.map(({ cell, text }) => ({ name: cell.name, row: cell.closest("tr").dataset.of, from: shown(cell === present ? before : cell.value), to: shown(text) }));
  const real = changes.filter((_, place) => step[place].from !== step[place].to || !same(changes[place].cell.value, changes[place].text));
  for (const { cell, text } of real) cell.value = shown(text);
  if (real.length) saver.change(...real.map(({ cell }) => cell));
  steps.add(step);
  seen();
  if (grid.isCell(present)) grid.whole(present);
}

// What the present cell held when it was entered, for Escape and for undoing.
function seen() {
  before = grid.isCell(document.activeElement) ? document.activeElement.value : null;
  undoButton.hidden = !steps.done.length;
}

// What was typed into a cell is one step.
function commit(cell) {
  if (before === null || same(before, cell.value)) return;
  steps.add([{ name: cell.name, row: cell.closest("tr").dataset.of, from: before, to: shown(cell.value) }]);
  undoButton.hidden = false;
}

// Take the last step back, or do it again; cells that hold something else by now are left alone.
async function travel(forth) {
  if (grid.isCell(document.activeElement) && !forth) commit(document.activeElement);
  const step = steps.take(forth);
  if (!step) return;
  for (const row of new Set(step.map((one) => one.row).filter(Boolean))) {
    const opener = form.querySelector(`.open-groups[data-for="${row}"][aria-expanded=false]`);
    if (opener && step.some(({ name }) => !grid.cell(name))) await toggleGroups(opener);
  }
  const found = step.map((one) => ({ ...one, cell: grid.cell(one.name) })).filter(({ cell }) => cell);
  const mine = found.filter(({ cell, from }) => same(cell.value, from));
  for (const { cell, to } of mine) cell.value = to;
  if (mine.length) saver.change(...mine.map(({ cell }) => cell));
  seen(); // what was written here is no typing to be undone
  mine.forEach(({ cell }) => grid.uncover(cell));
  grid.go(mine[0]?.cell);
  if (grid.isCell(document.activeElement)) grid.whole(document.activeElement);
  const left = step.length - mine.length;
  if (left) saver.show("waiting", `${left} ô đã đổi sau đó nên giữ nguyên.`);
}

const undoButton = page.querySelector("[data-do=undo]");
undoButton.addEventListener("click", () => travel(false));
document.getElementById("save-all").hidden = true; // everything saves itself
let before = null;
seen();

form.addEventListener("focusin", ({ target }) => {
  if (!grid.isCell(target)) return;
  before = target.value;
});

form.addEventListener("focusout", ({ target }) => {
  if (!grid.isCell(target)) return;
  commit(target);
  before = null;
  saver.complainOf(target);
  saver.later(0);
});

form.addEventListener("input", ({ target }) => {
  if (grid.isCell(target)) saver.change(target);
});

const clear = (cells) => apply(cells.filter(({ value }) => value).map((cell) => ({ cell, text: "" })));

// The first row of the selection into the rows below it; one cell takes what is above it.
function fillDown(cell) {
  const { rows } = selection;
  const above = rows.length > 1 ? rows[0] : null;
  if (above) return apply(rows.slice(1).flatMap((row) => row.map((one, x) => ({ cell: one, text: above[x].value }))));
  const spot = grid.where(cell);
  const from = spot.rows[spot.y - 1];
  return from ? apply(rows[0].map((one) => ({ cell: one, text: from[grid.where(one).x].value }))) : null;
}

// Keys that act on what is selected. Each gives true where it did something.
const KEYS = {
  Escape(cell) {
    cell.value = before ?? cell.defaultValue;
    saver.change(cell);
    grid.arrive(cell);
  },
  Delete(cell) { return grid.editing || grid.typing || (!selection.isRange && cell.selectionEnd - cell.selectionStart < cell.value.length) ? false : clear(selection.cells); },
  Backspace() { return selection.isRange && !grid.editing && !grid.typing ? clear(selection.cells) : false; },
  "Control+Enter": (cell) => apply(selection.cells.map((one) => ({ cell: one, text: cell.value }))),
  "Control+d": fillDown,
  "Control+z": () => travel(false),
  "Control+y": () => travel(true),
  "Control+Shift+z": () => travel(true),
};

form.addEventListener("keydown", (event) => {
  if (!grid.isCell(event.target) || event.altKey || event.metaKey || event.isComposing) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = KEYS[`${event.ctrlKey ? "Control+" : ""}${event.ctrlKey && event.shiftKey ? "Shift+" : ""}${key}`];
  if (act && act(event.target) !== false) event.preventDefault();
});

// Wherever the focus is: a browser's own undoing changes a cell that was left.
document.addEventListener("keydown", (event) => {
  const { target, shiftKey } = event;
  const key = event.key.toLowerCase();
  if (!event.ctrlKey || event.altKey || event.metaKey) return;
  if (key === "s" && !shiftKey) {
    event.preventDefault();
    if (grid.isCell(target)) saver.complainOf(target);
    saver.now();
  } else if ((key === "z" || key === "y") && !target.closest("input, textarea, dialog")) {
    event.preventDefault();
    travel(key === "y" || shiftKey);
  }
});

for (const kind of ["copy", "cut"]) {
  form.addEventListener(kind, (event) => {
    if (!grid.isCell(event.target) || grid.editing) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", selection.text);
    if (kind === "cut") clear(selection.cells);
  });
}

form.addEventListener("paste", async (event) => {
  if (!grid.isCell(event.target)) return;
  const text = blockIn(event.clipboardData);
  if (!/[\t\n]/.test(text.replace(/\r?\n$/, ""))) {
    if (grid.editing) return;
    event.preventDefault();
    if (!clean(text)) return; // a picture, or nothing: no reason to clear
    apply(selection.cells.map((cell) => ({ cell, text: clean(text) })));
    selection.cells.forEach((cell) => saver.complainOf(cell));
    return;
  }
  event.preventDefault();
  const plan = await readBlock(grid, text).catch(() => null);
  if (!plan) {
    state.className = "waiting";
    state.textContent = "Mất mạng nên chưa đọc được khối dán; có mạng lại, hãy dán lần nữa";
  } else if (!document.getElementById("preview").open) {
    apply(await preview(grid, plan, "Dán từ bảng tính"));
  }
});
for (const touch of ["pointerdown", "keydown"]) form.addEventListener(touch, () => fetchReader().catch(() => null), { once: true });

page.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-none], [data-do=stocks]");
  if (button) {
    event.preventDefault();
    if (button.dataset.none) {
      apply(await preview(grid, noneOf(grid, button.dataset.none), "Ghi “không phát sinh” (0) cho các ô còn trống"));
    } else {
      const stocks = await fetch(`/reports/${unit}/${month}/stocks/`, { credentials: "same-origin" }).then((answer) => answer.json()).catch(() => ({}));
      const changes = Object.entries(stocks).map(([name, value]) => ({ cell: grid.cell(name), text: String(value) })).filter(({ cell }) => cell && !cell.value.trim());
      apply(await preview(grid, { changes, refused: [] }, "Lấy số hiện có của tháng trước cho các ô còn trống"));
    }
  }
  const opener = event.target.closest(".open-groups");
  if (opener) {
    event.preventDefault();
    await toggleGroups(opener);
  }
});

async function toggleGroups(opener) {
  const { hamlet, for: row } = opener.dataset;
  const shown = form.querySelectorAll(`tr[data-of="${row}"]`);
  if (shown.length) {
    const open = opener.getAttribute("aria-expanded") === "true";
    const wrong = open && [...shown].map((line) => line.querySelector("[aria-invalid]")).find(Boolean);
    if (wrong) { grid.go(wrong); return; } // closed, nobody would find it
    shown.forEach((line) => { line.hidden = open; });
    opener.setAttribute("aria-expanded", String(!open));
    grid.refresh();
    const left = selection.anchor;
    if (open && left?.closest("tr").dataset.of === row) grid.point(grid.cell(`${row}.${left.name.split(".")[1]}`));
    return;
  }
  try {
    const response = await fetch(`/reports/${unit}/${month}/groups/${hamlet}/`, { credentials: "same-origin" });
    if (!response.ok || response.redirected) throw new Error();
    opener.closest("tr").insertAdjacentHTML("afterend", await response.text());
    opener.setAttribute("aria-expanded", "true");
    grid.refresh();
    saver.restore();
  } catch {
    location.href = `?open=${row}`;
  }
}

// Cells of groups that still wait are shown, whatever was open when they were typed.
async function openWaitingGroups() {
  const waits = () => Object.keys(saver.store.cells).some((name) => name.startsWith("g") && !grid.cell(name));
  for (const opener of form.querySelectorAll(".open-groups[aria-expanded=false]")) {
    if (!waits()) return;
    const row = opener.dataset.for;
    if (!saver.home.size || [...saver.home.values()].includes(row)) await toggleGroups(opener);
  }
}

for (const name of ["difficulties", "proposals"]) {
  const field = document.getElementById(name);
  const waiting = saver.store.cells[`note:${name}`];
  const keep = () => saver.note(name, field.value, saver.store.cells[`note:${name}`]?.was ?? field.defaultValue);
  if (field.value !== field.defaultValue) keep();
  else if (waiting) field.value = waiting.text;
  field.addEventListener("input", keep);
}

// Rows in which nothing is blank step aside, all at once and not under someone's hands.
const onlyBlanks = page.querySelector("[data-do=blanks]");
onlyBlanks?.addEventListener("click", () => {
  const on = onlyBlanks.getAttribute("aria-pressed") !== "true";
  onlyBlanks.setAttribute("aria-pressed", String(on));
  grid.filter(on);
  saver.show(state.className, on ? `Còn ${grid.tops.filter((row) => !row.classList.contains("filtered")).length} khu có ô trống.` : "Đang hiện tất cả các khu.");
});
if (onlyBlanks) onlyBlanks.hidden = false;

// Once the page is read whole the browser leads to the address's cell; who has begun elsewhere by then stays there.
function stay() {
  if (document.readyState !== "complete") history.replaceState(history.state, "", location.pathname + location.search);
}

form.addEventListener("submit", (event) => { event.preventDefault(); saver.flush(); });
page.querySelectorAll("[data-do=stocks]").forEach((button) => { button.hidden = false; });
openWaitingGroups().then(() => {
  for (const cell of grid.cells) if (saver.store.cells[cell.name]) saver.complainOf(cell);
});
saver.takeUp();
if (saver.waiting()) { saver.tell(); saver.flush(); }
if (grid.isCell(document.activeElement)) stay();
else grid.goTo(location.hash.slice(1));
form.addEventListener("focusin", stay);
if (document.activeElement === document.body && !parts.at(location.hash)) grid.go(grid.firstBlank());
else if (grid.isCell(document.activeElement)) { grid.selection.only(document.activeElement); seen(); }
addEventListener("pagehide", () => { if (grid.isCell(document.activeElement)) commit(document.activeElement); });
addEventListener("beforeunload", (event) => { if (saver.busy) event.preventDefault(); });
