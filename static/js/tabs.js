// On a narrow screen the tabs scroll sideways: bring the present one into their middle, and let the page stand.

const tabs = document.querySelector(".tabs");
const present = tabs?.querySelector("[aria-current]");

if (present && tabs.scrollWidth > tabs.clientWidth) {
  const [all, one] = [tabs, present].map((element) => element.getBoundingClientRect());
  tabs.scrollLeft += one.left + one.width / 2 - all.left - all.width / 2;
}
