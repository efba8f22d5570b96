// Workbooks on their way in: how far the upload, the check and the writing are. Everything works without this.

import { STREAM, bar, follow } from "./stream.js";

document.querySelectorAll("form[data-upload]").forEach((form) => form.addEventListener("submit", (event) => {
  if (!form.querySelector("input[type=file]").files.length) return;
  event.preventDefault();
  const say = bar(form);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => say(loaded < total ? "Đang tải tệp lên…" : "Đang mở tệp…", loaded, total));
  request.addEventListener("load", () => {
    if (request.status === 200) { location.href = request.responseURL; return; }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.getElementById("main").replaceWith(page.getElementById("main"));
    import(`./import.js?again=${Date.now()}`);
    const told = document.querySelector("[role=alert]");
    if (told) {
      told.tabIndex = -1;
      told.focus();
    }
  });
  request.addEventListener("error", () => say("Mất kết nối. Tệp chưa được tải lên; hãy thử lại.", 0, 1));
  request.open("POST", location.href);
  request.send(new FormData(form));
}));

const result = document.querySelector("[data-check]");
if (result) {
  const say = bar(result);
  try {
    const response = await fetch(result.dataset.check, { headers: { Accept: STREAM }, credentials: "same-origin" });
    if (!response.ok || response.redirected) throw new Error();
    await follow(response, ({ done, of, html }) => {
      if (html === undefined) say(`Đang kiểm tra dòng ${done}/${of}…`, done, of);
      else result.innerHTML = html;
    });
  } catch {
    location.search = "?whole=1";
  }
}

document.querySelectorAll("form[data-apply]").forEach((form) => form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const say = bar(form);
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: STREAM }, credentials: "same-origin" });
    if (!response.ok || response.redirected) throw new Error();
    await follow(response, ({ done, of, error, go }) => {
      if (go) location.href = go;
      else if (error) { say(error, 0, 1); button.disabled = false; }
      else say("Đang nhập…", done, of);
    });
  } catch {
    say("Mất kết nối. Chưa biết đã nhập hay chưa: hãy mở lại trang này để xem.", 0, 1);
    button.disabled = false;
  }
}));
