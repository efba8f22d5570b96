// The page of a month: ties the grid, the saver, pasting and the bar of the present cell together.

import { write } from "./counts.js";
import { Grid } from "./grid.js";
import { blanksOf, preview, readBlock } from "./paste.js";
import { Saver } from "./saver.js";

const form = document.getElementById("entry");
const state = document.getElementById("save-state");
const conflictBox = document.getElementById("conflicts");
const bar = document.getElementById("cell-bar");
const { unit, month } = form.dataset;
const grid = new Grid(form);
const undone = []; // each: [{name, text}] to put back

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
    line.textContent = `${cell ? labelOf(cell) : name}: bạn ghi ${entry.text || "để trống"}, người khác vừa ghi ${entry.current === null ? "để trống" : typeof entry.current === "number" ? write(entry.current) : `“${entry.current}”`}. `;
    for (const [mine, label] of choices(name, entry)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small plain";
      button.textContent = label;
      button.addEventListener("click", () => { saver.resolve(name, mine); showConflicts(); cell?.focus(); });
      line.append(button, " ");
    }
    conflictBox.append(line);
  }
}

function labelOf(cell) {
  return grid.isCell(cell) ? grid.label(cell) : cell.labels[0].textContent;
}

function choices(name, entry) {
  if (name.startsWith("note:")) return [[true, "Giữ phần tôi ghi"], [false, "Lấy phần kia"]];
  return [[true, `Giữ số của tôi (${entry.text || "để trống"})`], [false, `Lấy số kia (${entry.current === null ? "để trống" : entry.current})`]];
}

let problemsTimer;
function refreshProblems() {
  clearTimeout(problemsTimer);
  problemsTimer = setTimeout(async () => {
    try {
      const response = await fetch(`/reports/${unit}/${month}/problems/`, { credentials: "same-origin" });
      if (response.ok && !response.redirected) document.getElementById("problems").innerHTML = await response.text();
    } catch { /* asked again after the next save */ }
  }, 700);
}

// Write several cells at once; one step to undo.
function apply(changes) {
  if (!changes.length) return;
  undone.push(changes.map(({ cell }) => ({ name: cell.name, text: cell.value })));
  for (const { cell, text } of changes) cell.value = text;
  saver.change(...changes.map(({ cell }) => cell));
  undoButton.hidden = false;
  seen();
}

// What the present cell held when it was entered, for Escape and for undoing.
function seen() {
  before = grid.isCell(document.activeElement) ? document.activeElement.value : null;
}

function undo() {
  const step = undone.pop();
  if (!step) return;
  const cells = step.map(({ name }) => grid.cell(name));
  cells.forEach((cell, place) => { if (cell) cell.value = step[place].text; });
  saver.change(...cells.filter(Boolean));
  grid.cell(step[0].name)?.focus();
  seen();
  undoButton.hidden = !undone.length;
}

const undoButton = form.querySelector("[data-do=undo]");
undoButton.addEventListener("click", undo);
document.getElementById("save-all").hidden = true; // everything saves itself
let before = null;

form.addEventListener("focusin", ({ target }) => {
  if (!grid.isCell(target)) return;
  before = target.value;
  const row = target.name.split(".")[0];
  const code = target.name.split(".")[1];
  bar.hidden = false;
  bar.replaceChildren();
  const name = document.createElement("strong");
  name.textContent = grid.label(target);
  const link = document.createElement("a");
  link.href = `/reports/${unit}/${month}/cells/${row}/${code}/`;
  link.textContent = "Lịch sử, ghi ý kiến";
  const total = document.createElement("span");
  total.textContent = `Tổng: ${write(grid.total(code))}`;
  bar.append(name, total);
  if (saver.report) bar.append(link);
});

form.addEventListener("focusout", ({ target }) => {
  if (!grid.isCell(target)) return;
  if (before !== null && before !== target.value) {
    undone.push([{ name: target.name, text: before }]);
    undoButton.hidden = false;
  }
  saver.complainOf(target);
  saver.later(0);
});

form.addEventListener("input", ({ target }) => {
  if (grid.isCell(target)) saver.change(target);
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && grid.isCell(event.target)) {
    event.target.value = before ?? event.target.defaultValue;
    saver.change(event.target);
    event.target.select();
  }
  if (event.ctrlKey && event.key.toLowerCase() === "z" && grid.isCell(event.target) && event.target.value === before) {
    event.preventDefault();
    undo();
  }
});

form.addEventListener("paste", async (event) => {
  if (!grid.isCell(event.target)) return;
  const text = event.clipboardData.getData("text/plain");
  if (!/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
  event.preventDefault();
  apply(await preview(grid, readBlock(grid, event.target, text), "Dán từ bảng tính"));
});

form.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-none], [data-do=stocks]");
  if (button) {
    event.preventDefault();
    if (button.dataset.none) {
      const changes = blanksOf(grid, button.dataset.none);
      if (button.dataset.none === "rest") apply(await preview(grid, { changes, refused: [] }, "Ghi “không phát sinh” (0) cho các ô còn trống"));
      else apply(changes);
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
    shown.forEach((line) => { line.hidden = open; });
    opener.setAttribute("aria-expanded", String(!open));
    grid.refresh();
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

form.addEventListener("submit", (event) => { event.preventDefault(); saver.flush(); });
form.querySelectorAll("[data-do=stocks]").forEach((button) => { button.hidden = false; });
openWaitingGroups().then(() => {
  for (const cell of grid.cells) if (saver.store.cells[cell.name]) saver.complainOf(cell);
});
saver.takeUp();
if (saver.waiting()) { saver.tell(); saver.flush(); }
grid.goTo(location.hash.slice(1));
addEventListener("beforeunload", (event) => { if (saver.busy) event.preventDefault(); });

// Back may bring the page as it was left: what was saved since then is asked again; unsent cells wait in the store.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
