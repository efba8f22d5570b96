// Completes what is typed of a commune: the server is asked for the few that fit.

document.addEventListener("input", async ({ target }) => {
  const address = target.dataset?.offered;
  const typed = target.value?.trim();
  if (!address || typed.length < 2 || typed.includes(",")) return; // a comma: one of the list was taken
  try {
    const answer = await fetch(`${address}?q=${encodeURIComponent(typed)}`, { redirect: "error" });
    if (answer.ok && target.value.trim() === typed) target.list.innerHTML = await answer.text();
  } catch { // without the network one types the code or the name whole
  }
});
