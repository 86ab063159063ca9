// The script of the copy buttons: copies the address of the page, or the text of a button.
(() => {
  if (window.situasiCopies) return;
  window.situasiCopies = true;
  // The stylesheet hides the buttons until this attribute is set, as they need this script.
  document.documentElement.dataset.copies = "";

  // On an intranet without TLS browsers have no navigator.clipboard.
  const copy = (text) => {
    const box = document.createElement("textarea");
    box.value = text;
    box.style.position = "fixed";
    box.style.opacity = "0";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button || button.dataset.word) return;
    if (!copy(button.dataset.copy || window.location.href)) return;
    button.focus();
    button.dataset.word = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = button.dataset.word;
      delete button.dataset.word;
    }, 4000);
  });
})();
