// The frozen copy: one state, drawn once. Only the selected view changes.

import { by } from "./draw.js";
import { state } from "./state.js";
import { redraw } from "./view.js";

const buttons = [...by("views").querySelectorAll("button")];

function turn(to) {
  const all = state.picture.views.length;
  if (all) state.at = (to + all) % all;
  redraw();
  buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(at === state.at)));
}

state.picture = JSON.parse(by("picture").textContent);
document.body.classList.remove("waiting");
turn(0);

buttons.forEach((button, at) => button.addEventListener("click", () => turn(at)));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.("details")) return;
  if (event.key === "ArrowLeft") turn(state.at - 1);
  if (event.key === "ArrowRight") turn(state.at + 1);
});
