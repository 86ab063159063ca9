// The board's own script on the pages of Streamlit.
(() => {
  // --- where the server is: or else each page asks below its own address first, and is told no ---
  window.__streamlit = { BACKEND_BASE_URL: `${window.location.origin}/` };

  // --- the splash, until there is anything to see ---
  const splash = document.getElementById("splash");
  const drawn = '[data-testid="stMain"] [data-testid="stElementContainer"], [role="dialog"]';
  const observer = new MutationObserver(() => {
    if (!document.querySelector(drawn)) return;
    splash.remove();
    observer.disconnect();
  });
  observer.observe(document.body, { childList: true, subtree: true });

  // --- icons: without their font they would be words ("expand_more") ---
  const isIconFont = (face) => face.family.includes("Material Symbols");
  const showIcons = (faces) => {
    if (faces.some((face) => isIconFont(face) && face.status === "loaded")) {
      document.documentElement.dataset.icons = "";
    }
  };
  document.fonts.addEventListener("loadingdone", (event) => showIcons([...event.fontfaces]));
  showIcons([...document.fonts]);

  // --- a popover that holds text alone can be scrolled by keys only if it can have the focus ---
  const popover = '[data-testid="stPopoverBody"]:not([tabindex])';
  new MutationObserver(() => {
    for (const body of document.querySelectorAll(popover)) body.tabIndex = 0;
  }).observe(document.body, { childList: true, subtree: true });

  // --- copy buttons: the address of the page, or the text of a button ---
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

  // --- a list of several choices closes once one is chosen, as it lies over what was asked for ---
  const closeChoices = () => {
    const field = document.activeElement;
    if (!field?.matches('[data-testid="stMultiSelect"] input[aria-expanded="true"]')) return;
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  };
  // Heard before the list itself, which lets neither event through to the page.
  document.addEventListener(
    "click",
    (event) => event.target.closest?.('[role="option"]') && setTimeout(closeChoices),
    true,
  );
  document.addEventListener(
    "keydown",
    (event) => event.key === "Enter" && setTimeout(closeChoices),
    true,
  );

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
