// The alarm of a critical case: shown with sound until acknowledged or timed out.

import * as draw from "./draw.js";
import { by, text } from "./draw.js";
import { counted } from "./foot.js";
import { alarms, sound } from "./ringing.js";
import { PACE, RELEASE, say, state, told, words } from "./state.js";
import { redraw } from "./view.js";

const RING_AGAIN = 15;
const TYPING = 30_000; // ms that remain at least after each key while a name is typed

export function interrupt() {
  const first = state.frozen || state.over ? null : alarms.first;
  if (first?.id !== state.alarm?.id) {
    state.alarm = first;
    close();
    by("alarm").hidden = !first;
    document.body.classList.toggle("alarmed", Boolean(first));
    if (first) {
      state.released = RELEASE * 1000;
      state.rings = 0;
    }
    state.turnsAt = Date.now() + PACE * 1000;
    redraw();
    draw.ring(by("map"), first?.spot, true);
  }
  state.alarm = first;
  if (first) describe(first);
}

function describe(one) {
  text(by("alarm-count"), counted());
  text(by("alarm-title"), one.title);
  text(by("alarm-place"), one.place);
  text(by("alarm-text"), one.text);
  by("alarm").dataset.tingkat = one.tingkat;
  const when = [one.weight, one.situasi?.[1], say(words.came, { time: one.came }), one.happened];
  if (one.latihan) when.unshift(words.made_up);
  text(by("alarm-when"), when.filter(Boolean).join(" · "));
  hint();
}

function hint(said) {
  if (said) state.said = said;
  const left = { n: Math.max(0, Math.ceil(state.released / 1000)) };
  text(by("alarm-hint"), state.said || say(told.may_heed ? words.hint : words.hint_guest, left));
}

export function count(passed) {
  if (!state.alarm) return;
  if (state.rings-- <= 0) {
    sound.ring();
    state.rings = RING_AGAIN - 1;
  }
  state.released -= passed;
  if (state.released <= 0) {
    alarms.letGo(state.alarm.id);
    interrupt();
  } else hint();
}

export function heeding() {
  const which = state.alarm ?? alarms.first ?? state.picture?.alarms.find((one) => !one.heeded);
  if (!told.may_heed || !which || !state.picture.moment.live) return;
  if (!state.alarm) { // a report of the list: shown like a new one
    alarms.letGo(which.id);
    alarms.queue.unshift(which);
    state.frozen = false;
    interrupt();
  }
  state.naming = true;
  typing();
  by("acknowledge").hidden = false;
  by("name").value ||= told.name;
  by("name").focus();
  by("name").select();
}

// Only typing prolongs the alarm: a form left open must not block the next one.
export function typing() {
  state.released = Math.max(state.released, TYPING);
}

export function close() {
  state.naming = false;
  state.said = "";
  by("acknowledge").hidden = true;
  by("name").blur();
}

export async function acknowledge() {
  const one = state.alarm;
  if (!one || !by("name").value.trim()) return;
  hint(words.sending);
  try {
    const answer = await fetch("/layar/paham" + location.search, {
      method: "POST",
      body: new URLSearchParams({ case: one.id, name: by("name").value }),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.why);
    alarms.letGo(one.id);
    const row = state.picture.alarms.find((other) => other.id === one.id);
    if (row) row.heeded = said.heeded;
    interrupt();
    redraw();
  } catch (error) {
    const why = error instanceof TypeError ? words.no_line : error.message;
    hint(say(words.failed, { why }));
  }
}
