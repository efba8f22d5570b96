// Parts of a page that are asked for once it stands; without JavaScript their links lead there.

for (const place of document.querySelectorAll("[data-fragment]")) {
  fetch(place.dataset.fragment, { credentials: "same-origin" })
    .then((response) => (response.ok && !response.redirected ? response.text() : Promise.reject()))
    .then((html) => { place.innerHTML = html; })
    .catch(() => { /* the link stays */ });
}
