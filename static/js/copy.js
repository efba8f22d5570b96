// Copies the words of a place of the page, and says so.

const said = document.getElementById("copied");
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const place = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(place.value ?? place.innerText);
      said.textContent = "Đã chép.";
    } catch { // an old browser, or no TLS: select it, so that Ctrl + C copies
      if (place.select) place.select();
      else getSelection().selectAllChildren(place);
      said.textContent = "Bấm Ctrl + C để chép.";
    }
  });
}
