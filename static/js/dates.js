// A calendar beside every box for a day. The box itself stays text, dd/mm/yyyy, whatever language the browser speaks.

const two = (number) => String(number).padStart(2, "0");

// "5/3/2024" as a calendar holds it; "" where it is no day.
export function toCalendar(typed) {
  const found = typed.trim().match(/^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$/);
  return found ? `${found[3]}-${two(found[2])}-${two(found[1])}` : "";
}

export const toBox = (held) => held.split("-").reverse().join("/");

function dress(box) {
  if (box.closest(".day") || box.disabled || box.readOnly) return;
  const around = document.createElement("span");
  const calendar = Object.assign(document.createElement("input"), { type: "date", tabIndex: -1 });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "▾" });
  const label = box.labels?.[0]?.firstChild?.textContent.trim() || box.getAttribute("aria-label") || "";
  around.className = "day";
  calendar.setAttribute("aria-hidden", "true");
  button.setAttribute("aria-label", `Mở lịch: ${label}`);
  button.title = "Mở lịch";
  box.replaceWith(around);
  around.append(box, button, calendar);
  button.addEventListener("click", () => {
    calendar.value = toCalendar(box.value);
    calendar.showPicker?.();
  });
  calendar.addEventListener("change", () => {
    if (!calendar.value) return;
    box.value = toBox(calendar.value);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
    box.focus();
  });
}

const dressAll = (within) => within.querySelectorAll("input[data-date]").forEach(dress);
dressAll(document);
document.addEventListener("htmx:load", (event) => dressAll(event.target));
