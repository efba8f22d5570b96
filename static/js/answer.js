// Where one stands after an act that failed: at what is said of it, else in the first box that is wrong. Without this one
// begins at the top. Once all is loaded: the administration's own script goes into its first box.
addEventListener("load", () => {
  const place = document.querySelector("main [role=alert], .messages .error, [aria-invalid=true]");
  if (!place || document.querySelector("main [autofocus]")) return;
  if (!place.matches("input, select, textarea")) place.tabIndex = -1;
  place.focus();
});
