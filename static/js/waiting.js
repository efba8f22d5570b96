// On every page: say what still waits in this browser, and lead to where it is sent.

import { waitingFor } from "./store.js";

const user = document.body.dataset.user;
const place = document.getElementById("waiting");
if (user && place && !document.getElementById("entry")) {
  for (const [unit, month, count] of waitingFor(user)) {
    const [year, number] = month.split("-");
    const link = document.createElement("a");
    link.href = `/reports/${unit}/${month}/`;
    link.textContent = `Có ${count} ô của tháng ${Number(number)}/${year} chưa gửi được, đang giữ trên máy này. Mở để gửi.`;
    place.append(link, " ");
    place.hidden = false;
  }
}
