// Acts that take a while: what is being done is told while the server works. Everything works without this.
import { STREAM, bar, follow } from "./stream.js";

const LOST = "Mất kết nối. Chưa biết đã ghi hay chưa: hãy mở lại trang này để xem.";

// Puts what came of the work in the place of what was asked.
function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const [main, next] = [document, page].map((one) => one.getElementById("main"));
  document.querySelector(".messages")?.remove();
  const messages = page.querySelector(".messages");
  if (messages) main.previousElementSibling.append(messages);
  main.replaceWith(next);
  next.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));  // whatever dresses what is new on a page
  const [came, fault] = ["h2[tabindex='-1']", "[role=alert]"].map((one) => next.querySelector(one));
  const place = came ?? fault ?? next;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  scrollTo(0, 0);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-told]")) return;
  event.preventDefault();
  const [say, body, begun] = [bar(form), new FormData(form, event.submitter), Date.now()];
  const buttons = [...document.querySelectorAll("form[data-told] button")];
  let last = "Đang gửi…";
  const tell = () => say(`${last} (${Math.round((Date.now() - begun) / 1000)} giây)`);
  const clock = setInterval(tell, 1000);
  buttons.forEach((button) => { button.disabled = true; });
  tell();
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: STREAM }, credentials: "same-origin" });
    if (!response.ok || response.redirected || response.headers.get("Content-Type") !== STREAM) throw new Error();
    let page = null;
    await follow(response, (line) => {
      if (line.said) last = `Đang làm: ${line.said}…`;
      if (line.page) ({ page } = line);
      tell();
    });
    if (page === null) throw new Error();
    show(page);
  } catch {
    say(LOST, 0, 1);
    buttons.forEach((button) => { button.disabled = false; });
  } finally {
    clearInterval(clock);
  }
});
