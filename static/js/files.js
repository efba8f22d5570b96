// A file that need not be chosen: marked while there is none, for ours to stand where the browser words that in its
// language (files.css); one that must be chosen is marked by being invalid. Without this the browser's words are read.
document.querySelectorAll(".file input:not(:required)").forEach((input) => {
  const mark = () => input.toggleAttribute("data-none", !input.files.length);
  input.addEventListener("change", mark);
  addEventListener("pageshow", mark);
  mark();
});
