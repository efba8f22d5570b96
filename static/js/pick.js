// A reviewer picks cells in the grid: a click or the space bar, arrows from cell to cell, Enter for its words. Each picked
// cell has its line in the bar below, from where the return is sent. Without this script the same boxes lead to a page.

const form = document.getElementById("back");
const bar = form.closest(".decide");
const picks = document.getElementById("picks");
const list = picks.querySelector("ol");
const forAll = bar.querySelector(".for-all");
const boxes = [...document.querySelectorAll('input[name="pick"]')];
const wordsOf = (part) => part?.title || part?.firstChild?.textContent.trim() || ""; // a short head has its full name there
const words = (ids) => ids.split(" ").map((id) => wordsOf(document.getElementById(id)));

// What a cell is called: "Khu 4 · Lượt tuần tra: 8".
function nameOf(box) {
  const labels = box.getAttribute("aria-labelledby");
  if (!labels) return box.getAttribute("aria-label");
  const [row, indicator, value] = words(labels);
  return `${row} · ${indicator}: ${value}`;
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function lineOf(box) {
  const name = nameOf(box);
  const history = box.parentElement.querySelector("a")?.href;
  const say = element("input", { name: `say.${box.value}`, maxLength: 1000, value: box.closest("td").title, placeholder: "Lời gửi xã" });
  say.setAttribute("form", "back");
  say.setAttribute("aria-label", `Lời gửi về ${name}`);
  say.addEventListener("keydown", (event) => { // back to the cell; only the button sends
    if (event.key !== "Enter" && event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    box.focus();
  });
  const drop = element("button", { type: "button", className: "link", textContent: "Bỏ" });
  drop.setAttribute("aria-label", `Bỏ ${name}`);
  drop.addEventListener("click", () => { box.checked = false; change(box); box.focus(); });
  const line = element("li", {}, element("b", { textContent: name }));
  if (history) line.append(" ", element("a", { href: history, textContent: "Ai ghi" }));
  line.append(" ", drop, say);
  line.box = box;
  return line;
}

function change(box) {
  const line = [...list.children].find((one) => one.box === box);
  if (box.checked && !line) list.append(lineOf(box));
  if (!box.checked) line?.remove();
  tell();
}

// Numbers in the cells and the bar, and where the form goes: here with cells, to its page without.
function tell() {
  const lines = [...list.children];
  for (const box of boxes) delete box.closest("td").dataset.pick;
  lines.forEach((line, place) => { line.box.closest("td").dataset.pick = place + 1; });
  const some = lines.length > 0;
  picks.hidden = !some;
  bar.querySelector(".to-picks").hidden = !some;
  forAll.hidden = !some;
  for (const field of forAll.querySelectorAll("input")) field.disabled = !some;
  document.getElementById("back-button").textContent = some ? `Trả lại ${lines.length} ô` : "Trả lại…";
  document.getElementById("picked").textContent = some ? `Đã chọn ${lines.length} ô` : "";
  form.method = some ? "post" : "get";
  const token = form.elements.namedItem("csrfmiddlewaretoken");
  if (some && !token) form.append(document.querySelector("input[name=csrfmiddlewaretoken]").cloneNode());
  if (!some) token?.remove();
}

// One stop of the tab key for a table; arrows go on from there.
const tables = [...new Set(boxes.map((box) => box.closest("table")))].map((table) => {
  const rows = [...table.rows].map((row) => [...row.querySelectorAll('input[name="pick"]')]).filter((row) => row.length);
  rows.flat().forEach((box, place) => { box.tabIndex = place ? -1 : 0; });
  table.querySelectorAll("td > a").forEach((link) => { if (link.parentElement.querySelector("input")) link.tabIndex = -1; });
  return { table, rows };
});

function arrive(box) {
  const { rows } = tables.find(({ table }) => table.contains(box));
  rows.flat().forEach((one) => { one.tabIndex = one === box ? 0 : -1; });
  box.focus();
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

addEventListener("keydown", (event) => {
  const box = event.target;
  if (!boxes.includes(box) || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter") {
    if (!box.checked) box.click();
    [...list.children].find((one) => one.box === box)?.querySelector("input").focus();
    event.preventDefault();
    return;
  }
  const { rows } = tables.find(({ table }) => table.contains(box));
  const row = rows.findIndex((one) => one.includes(box));
  const column = rows[row].indexOf(box);
  const step = STEPS[event.key];
  const next = step ? rows[row + step[0]]?.[column + step[1]] : event.key === "Home" ? rows[row][0] : event.key === "End" ? rows[row].at(-1) : null;
  if (step || next) event.preventDefault();
  if (next) arrive(next);
});

for (const box of boxes) {
  box.addEventListener("change", () => change(box));
  box.addEventListener("focus", () => { if (box.tabIndex < 0) arrive(box); });
}
document.documentElement.classList.add("picks-by-script");
const actions = bar.querySelector(".actions"); // on a telephone the bar is these alone
const resized = new ResizeObserver(() => {
  document.documentElement.style.setProperty("--decide", `${bar.offsetHeight || actions.offsetHeight}px`);
});
resized.observe(bar);
resized.observe(actions);

// The card of an odd total leads to its cells: one click picks, and goes there.
for (const link of document.querySelectorAll("[data-lead]")) {
  link.addEventListener("click", (event) => {
    const box = boxes.find((one) => one.value === link.dataset.lead);
    if (!box) return;
    event.preventDefault();
    if (!box.checked) box.click();
    box.focus();
  });
}

// Opening the groups of a hamlet loads the page anew: what is picked goes along in the address.
for (const link of document.querySelectorAll(".open-groups")) {
  link.addEventListener("click", () => {
    const address = new URL(link.href);
    for (const { box } of list.children) address.searchParams.append("pick", box.value);
    link.href = address;
  });
}
boxes.filter((box) => box.checked).forEach(change); // the browser keeps boxes across a reload
