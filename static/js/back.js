// Back shows what is true. A page that the browser kept whole is asked anew; in place of one that answered a form comes the page
// that the form stood on; a form that was sent holds again what the server has, not what was typed.

const SENT = "antq:sent"; // addresses whose forms were sent in this tab
const sent = () => { try { return JSON.parse(sessionStorage.getItem(SENT)) ?? []; } catch { return []; } };
const keep = (paths) => { try { sessionStorage.setItem(SENT, JSON.stringify(paths.slice(-50))); } catch { /* then it shows what was typed */ } };
const post = (form) => form.getAttribute("method")?.toLowerCase() === "post";

const from = document.referrer.startsWith(`${location.origin}/`) ? document.referrer : location.href;
if ("answer" in document.body.dataset) {
  // Forms and links without an address of their own keep this one. (form.action may be a box of that name.)
  for (const form of document.forms) if (!form.getAttribute("action")) form.setAttribute("action", location.href);
  for (const link of document.querySelectorAll('a[href^="?"]')) link.setAttribute("href", link.href);
  history.replaceState(history.state, "", from);
}

document.addEventListener("submit", ({ target }) => {
  if (post(target)) keep([...sent().filter((path) => path !== location.pathname), location.pathname]);
}, { capture: true });

window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) return location.reload();
  if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward" || !sent().includes(location.pathname)) return undefined;
  keep(sent().filter((path) => path !== location.pathname));
  return [...document.forms].filter(post).forEach((form) => form.reset());
});
