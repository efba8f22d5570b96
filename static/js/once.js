// What is told once: it stands open the first time somebody sees it in this browser, and folded afterwards.

for (const told of document.querySelectorAll("details[data-once]")) {
  const key = `antq.once.${told.dataset.once}.${document.body.dataset.user}`;
  try {
    told.open = !localStorage.getItem(key);
    localStorage.setItem(key, "1");
  } catch {
    // a browser that keeps nothing: it stays folded
  }
}
