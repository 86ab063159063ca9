// Rotation of the views: each stays for PACE seconds; held, frozen or interrupted, none follows.

import { narrow, seconds, state } from "./state.js";
import { redraw } from "./view.js";

export const PACE = seconds("tempo", 20, 2);

export function restart() {
  state.turnsAt = Date.now() + PACE * 1000;
}

export function turn(step) {
  const all = state.picture?.views.length ?? 0;
  if (!all) return;
  state.at = (state.at + step + all) % all;
  restart();
  redraw();
}

export function hold() {
  state.held = !state.held;
  restart();
}

export function turnWhenDue() {
  const turning = !state.held && !state.frozen && !state.alarm && !narrow.matches;
  if (turning && state.picture?.views.length > 1 && Date.now() >= state.turnsAt) turn(nextStep());
}

// Views with nothing to say are skipped; keys still reach them.
function nextStep() {
  const { views } = state.picture;
  for (let step = 1; step < views.length; step += 1) {
    if (!views[(state.at + step) % views.length].quiet) return step;
  }
  return 0;
}
