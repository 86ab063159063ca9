// The alarm of a critical case: shown with sound until acknowledged or timed out.

import * as draw from "./draw.js";
import { by, text } from "./draw.js";
import { counted } from "./footer.js";
import { alarms, sound } from "./ringing.js";
import { restart } from "./rotation.js";
import { RELEASE, config, fill, state, words } from "./state.js";
import { redraw } from "./view.js";

const RING_AGAIN = 15;
const RECEIPT = 10_000; // ms
const TYPING = 30_000; // ms that remain at least after each key while a name is typed

export function interrupt() {
  const first = state.frozen || state.over ? null : alarms.first;
  if (first?.id !== state.alarm?.id) {
    state.alarm = first;
    closeForm();
    by("alarm").hidden = !first;
    document.body.classList.toggle("alarmed", Boolean(first));
    if (first) {
      state.remainingMs = RELEASE * 1000;
      state.ringsIn = 0;
    }
    restart();
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
  text(by("alarm-text"), one.whole ?? one.text);
  for (const name of ["before", "near", "credible"]) {
    const place = by(`alarm-${name}`);
    text(place, one[name] ?? "");
    place.hidden = place.previousElementSibling.hidden = !one[name];
  }
  by("alarm").dataset.tingkat = one.tingkat;
  const when = [one.weight, one.situasi?.[1], fill(words.came, { time: one.came }), one.happened];
  if (one.latihan) when.unshift(words.made_up);
  text(by("alarm-when"), when.filter(Boolean).join(" · "));
  hint();
}

function hint(message) {
  if (message) state.hint = message;
  const left = { n: Math.max(0, Math.ceil(state.remainingMs / 1000)) };
  const countdown = config.may_acknowledge ? words.hint : words.hint_guest;
  text(by("alarm-hint"), state.hint || fill(countdown, left));
}

export function countDown(passedMs) {
  if (!state.alarm) return;
  if (state.ringsIn-- <= 0) {
    sound.ring();
    state.ringsIn = RING_AGAIN - 1;
  }
  state.remainingMs -= passedMs;
  if (state.remainingMs <= 0) {
    alarms.remove(state.alarm.id);
    interrupt();
  } else hint();
}

export function openForm() {
  const alarm = state.alarm ?? alarms.first
    ?? state.picture?.alarms.find((one) => !one.acknowledged);
  if (!config.may_acknowledge || !alarm || !state.picture.moment.live) return;
  if (!state.alarm) { // a report of the list: shown like a new one
    alarms.remove(alarm.id);
    alarms.queue.unshift(alarm);
    state.frozen = false;
    interrupt();
  }
  state.naming = true;
  typing();
  by("acknowledge").hidden = false;
  by("name").value ||= config.name;
  by("name").focus();
  by("name").select();
}

// Only typing prolongs the alarm: a form left open must not block the next one.
export function typing() {
  state.remainingMs = Math.max(state.remainingMs, TYPING);
}

export function closeForm() {
  state.naming = false;
  state.hint = "";
  by("acknowledge").hidden = true;
  by("name").blur();
}

export async function acknowledge() {
  const one = state.alarm;
  if (!one || !by("name").value.trim()) return;
  hint(words.sending);
  try {
    const body = await send({ case: one.id, name: by("name").value });
    alarms.remove(one.id);
    mark(one.id, body.acknowledged);
    const sentence = body.is_new ? words.written : words.written_before;
    confirm(fill(sentence, { what: body.acknowledged }), body.is_new ? one : null);
    interrupt();
    redraw();
  } catch (error) {
    hint(fill(words.failed, { why: reason(error) }));
  }
}

// Take back what was acknowledged here a moment ago: the report interrupts again.
export async function undo() {
  const one = state.receipt?.undoes;
  if (!one) return;
  state.receipt.undoes = null; // a second press is the same act
  try {
    const { undone } = await send({ case: one.id, undo: "ya" });
    if (!undone) throw new Error(words.too_late);
    mark(one.id, null);
    alarms.queue.unshift({ ...one, acknowledged: null });
    confirm(words.undone);
    interrupt();
    redraw();
  } catch (error) {
    confirm(fill(words.not_undone, { why: reason(error) }));
  }
}

async function send(fields) {
  const answer = await fetch("/layar/paham" + location.search, {
    method: "POST",
    body: new URLSearchParams(fields),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.why);
  return body;
}

const reason = (error) => (error instanceof TypeError ? words.no_line : error.message);

function mark(id, acknowledged) {
  const row = state.picture?.alarms.find((other) => other.id === id);
  if (row) row.acknowledged = acknowledged;
}

// --- the receipt: what was written, and for ten seconds the way back ---

function confirm(what, undoes = null) {
  state.receipt = { what, undoes, until: Date.now() + RECEIPT };
  receipt();
}

export function receipt() {
  if (state.receipt && Date.now() >= state.receipt.until) state.receipt = null;
  by("receipt").hidden = !state.receipt;
  text(by("written"), state.receipt?.what ?? "");
  by("undo").hidden = !state.receipt?.undoes;
}
