// The page of returned cells saves itself: a number when its box is left, an answer likewise; the button saves the rest.

import { parseCount, read, shown } from "./counts.js";

const form = document.querySelector("form[data-report]");
const state = document.getElementById("save-state");
const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? ""; // the prefix without DEBUG

async function send(method, path, body) {
  const response = await fetch(`/api/v1/reports/${form.dataset.report}/${path}/`, {
    method, credentials: "same-origin", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token(), "X-Account": document.body.dataset.user },
  }).catch(() => { throw new Error("mất kết nối, sẽ gửi khi có mạng."); });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? Object.values(answer).flat().join(" "));
  return answer;
}

const cellOf = (key) => {
  const [row, indicator] = key.split(".");
  const number = Number(row.slice(1));
  return { hamlet: row[0] === "h" ? number : null, group: row[0] === "g" ? number : null, indicator };
};

// What cannot be saved here stays in its box and is said; the button's answer says it beside the box.
async function saveNumber(box) {
  const was = form.elements.namedItem(`was.${box.name}`);
  const [value, before] = [parseCount(box.value), read(was.value)];
  if (value === before) return false;
  const answer = await send("PUT", "figures", { figures: [{ ...cellOf(box.name), value, was: before }] });
  const theirs = answer.conflicts[0];
  if (theirs) throw new Error(`${theirs.by ?? "Người khác"} vừa ghi ô này thành ${theirs.current === null ? "để trống" : shown(String(theirs.current))}; bấm Lưu để xem cả hai số.`);
  if (answer.errors[0]) throw new Error(answer.errors[0].error);
  was.value = value === null ? "" : String(value);
  return true;
}

async function saveAnswer(box) {
  const text = box.value.trim();
  if (!text) return false;
  const spoken = await send("POST", "comments", { ...cellOf(box.name.slice("answer.".length)), text });
  const line = document.createElement("li");
  line.textContent = spoken.text;
  box.closest("section").querySelector(".thread").append(line);
  box.value = "";
  return true;
}

let queue = Promise.resolve();
const unsaved = new Set(); // boxes whose text the server does not have
function save(box) {
  queue = queue.then(async () => {
    try {
      const saved = box.name.startsWith("answer.") ? await saveAnswer(box) : await saveNumber(box);
      unsaved.delete(box);
      if (saved) state.textContent = `Đã lưu lúc ${new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", second: "2-digit" })}`;
    } catch (error) {
      unsaved.add(box);
      state.textContent = `Chưa lưu được: ${error.message}`;
    }
  });
}

form.addEventListener("change", ({ target }) => save(target));
addEventListener("online", () => unsaved.forEach((box) => save(box)));
addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });

// Leaving a box by the button saves it already: the form goes when that is done, or the answer would be given twice.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  queue.then(() => {
    unsaved.clear(); // all of it goes
    form.submit();
  });
});
