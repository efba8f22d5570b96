// Ticks a whole column of the yearly standard at once; what is recognised is registered too.

const bar = document.querySelector("[data-tick-all]");
const boxes = (name) => document.querySelectorAll(`input[name="${name}"]`);
bar.hidden = false;
bar.addEventListener("click", ({ target }) => {
  const name = target.dataset.tick;
  if (!name) return;
  boxes(name).forEach((box) => { box.checked = true; });
  if (name === "recognised") boxes("registered").forEach((box) => { box.checked = true; });
});
