// On every page: say what still waits in this browser, and lead to where it is sent. On the page of a month that takes
// nothing any more: which cells, and that they may be given up.

import { forget, waitingFor, waitingIn } from "./store.js";

const user = document.body.dataset.user;
const place = document.getElementById("waiting");
const month = document.getElementById("entry");

const NOTES = { difficulties: "khó khăn, vướng mắc", proposals: "kiến nghị" };
const named = (number) => `tháng ${Number(number.split("-")[1])}/${number.split("-")[0]}`;
const text = (id) => document.getElementById(id)?.textContent.trim() ?? "";

// "Khu 5 – Lượt tuần tra = 6"
function cellOf([name, entry]) {
  if (name.startsWith("note:")) return NOTES[name.slice(5)];
  const [row, code] = name.split(".");
  const head = document.getElementById(`i-${code}`);
  const what = head ? head.title || head.firstChild.textContent.trim() : code;
  return `${[text(`r-${row}`), what].filter(Boolean).join(" – ")} = ${entry.text || "để trống"}`;
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button small plain";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function lead() {
  for (const [unit, of, count] of waitingFor(user)) {
    if (unit === month?.dataset.unit && of === month.dataset.month) continue;
    const link = document.createElement("a");
    link.href = `/reports/${unit}/${of}/`;
    link.textContent = `Có ${count} ô của ${named(of)} chưa gửi được, đang giữ trên máy này. Mở để gửi.`;
    place.append(link, " ");
    place.hidden = false;
  }
}

// The report was sent while somebody was still typing: nothing of that is in it, and nothing is lost.
function tellOfClosed({ unit, month: of }) {
  const cells = waitingIn(user, unit, of);
  if (!cells.length) return;
  const some = cells.slice(0, 5).map(cellOf).join("; ") + (cells.length > 5 ? "…" : "");
  place.append(`${cells.length} ô bạn ghi chưa vào báo cáo này, vì báo cáo không còn nhận số liệu: ${some}. `
    + "Số được giữ trên máy này và tự gửi khi báo cáo được trả lại. ", button("Bỏ các số này", () => {
    forget(user, unit, of);
    place.hidden = true;
  }));
  place.hidden = false;
}

if (user && place && (!month || month.dataset.readonly)) {
  lead();
  if (month) tellOfClosed(month.dataset);
}
