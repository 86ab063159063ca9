// Entry of the wall: server events, user actions, and the update of every second.

import { by, text } from "./draw.js";
import { announce, footer, time } from "./footer.js";
import {
  acknowledge, closeForm, countDown, interrupt, openForm, receipt, typing, undo,
} from "./interrupt.js";
import { Connection } from "./connection.js";
import { alarms, sound } from "./ringing.js";
import { hold, restart, turn, turnWhenDue } from "./rotation.js";
import { config, narrow, now, state, words } from "./state.js";
import { redraw } from "./view.js";

sound.changed = footer;

function onState(picture, clocks) {
  if (clocks.files !== config.files && !state.alarm && !state.frozen) {
    location.reload(); // the server has newer scripts
    return;
  }
  state.ahead = clocks.ahead;
  state.lostSince = 0;
  state.over = false;
  if (picture) {
    alarms.update(picture.moment.live ? picture.alarms : []);
    if (state.frozen) state.newer = picture;
    else show(picture);
  }
  state.newestChecked = clocks.checked;
  if (!state.frozen) state.checked = clocks.checked;
  update();
}

function show(picture) {
  state.picture = picture;
  state.newer = null;
  if (state.at >= picture.views.length) state.at = 0;
  if (!state.turnsAt) restart();
  document.body.classList.remove("waiting");
  redraw();
}

function onLost() {
  state.lostSince ||= now();
  update();
}

function onEnded() {
  // Without access, nothing stays on the screen.
  state.over = true;
  state.picture = state.newer = null;
  alarms.queue = [];
  document.body.classList.add("waiting");
  update();
}

function freeze() {
  state.frozen = !state.frozen;
  if (!state.frozen) {
    state.checked = state.newestChecked;
    if (state.newer) show(state.newer);
  }
}

const actions = {
  back: () => turn(-1),
  next: () => turn(1),
  hold,
  freeze,
  mute: () => sound.toggle(),
  acknowledge: openForm,
  undo,
  home: () => { location.href = config.home; },
  full: () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  },
};
const KEYS = {
  ArrowLeft: "back", ArrowRight: "next", " ": "hold", f: "freeze", m: "mute", a: "acknowledge",
  Enter: "acknowledge", u: "undo", b: "home", Escape: "home", l: "full",
};

document.addEventListener("keydown", (event) => {
  sound.wake();
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (state.naming) {
    if (event.key === "Escape") closeForm();
    return;
  }
  const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || (event.key === "Enter" && event.target.closest?.("button, a"))) return;
  event.preventDefault();
  actions[action]();
  update();
});
document.addEventListener("pointerdown", () => sound.wake());
document.addEventListener("pointermove", (event) => {
  if (!event.movementX && !event.movementY) return; // the picture moved under a mouse at rest
  document.body.classList.add("pointed");
  state.hidesAt = Date.now() + 4000;
});
by("controls").addEventListener("click", (event) => {
  const action = event.target.closest("button")?.dataset.act;
  if (action) actions[action]();
  update();
});
by("undo").addEventListener("click", undo);
by("name").addEventListener("input", typing);
by("acknowledge").addEventListener("submit", (event) => {
  event.preventDefault();
  acknowledge();
});
narrow.addEventListener("change", redraw);
// What fits is measured with the letters that are shown, and in the space that there is.
document.fonts.addEventListener("loadingdone", redraw);
const space = new ResizeObserver(redraw);
const edges = [document.body, document.querySelector("header"), by("line").parentElement];
for (const part of [...edges, by("announced")]) space.observe(part);

// --- once a second, and after every event ---

function update() {
  interrupt();
  announce();
  receipt();
  footer();
  time();
  by("over").hidden = !state.over;
  if (state.over) {
    text(by("over-text"), words.signed_out);
    text(by("over-way"), words.sign_in);
    by("over-way").href = location.href; // the server asks to sign in and leads back here
  }
}

let last = Date.now();
setInterval(() => {
  const passedMs = Date.now() - last;
  last = Date.now();
  countDown(passedMs);
  turnWhenDue();
  if (state.hidesAt && Date.now() > state.hidesAt) {
    document.body.classList.remove("pointed");
    state.hidesAt = 0;
  }
  update();
}, 1000);

new Connection("/layar/gambar" + location.search, { onState, onLost, onEnded }).run();
