// The footer and the clock: connection, age of the data, rotation, sound.

import { by, text } from "./draw.js";
import { alarms, sound } from "./ringing.js";
import { PACE } from "./rotation.js";
import { age, clock, config, fill, narrow, now, state, withZone, words } from "./state.js";

const QUIET = 15 * 60 * 1000;

export function footer() {
  const picture = state.picture;
  // Nothing rings for a time of the past; a phone has no key to press.
  const rings = picture?.moment.live !== false && !(narrow.matches && sound.state === "blocked");
  text(by("sound"), rings ? words[sound.state] : "");
  by("sound").className = sound.state;
  const body = document.body.classList;
  const broken = Boolean(picture?.trouble);
  body.toggle("lost", Boolean(state.lostSince));
  body.toggle("broken", broken);
  body.toggle("frozen", state.frozen);
  body.toggle("stale", Boolean(state.lostSince || broken));
  if (!picture) {
    text(by("state"), words.wait);
    return;
  }
  const connection =
    state.lostSince ? "lost" : broken ? "broken" : state.frozen ? "frozen" : "connected";
  const calm = picture.moment.exercise ? "connected_exercise" : connection;
  const sentence = words[connection === "connected" ? calm : `${connection}_short`];
  const checked = machineTime(withZone(state.checked, true));
  const parts = [fill(sentence, { time: checked, age: age(state.checked) })];
  if (connection === "connected") {
    parts.push(picture.last ? lastReport(...picture.last) : words.never);
  }
  text(by("state"), parts.join(" · "));
  const all = picture.views.length;
  body.toggle("single", all < 2);
  const place = { at: state.at + 1, all, n: PACE };
  const turning = narrow.matches ? words.picked : state.held ? words.held : words.turning;
  text(by("rotation"), all < 2 ? words.single : fill(turning, place));
}

// Quiet times are stated, so that nobody takes them for a lost connection. With the date if it is
// not the day shown.
function lastReport(at, date, hasHour) {
  const shown = state.picture.moment.ticks ? now() : state.picture.moment.at;
  const day = (moment) => Math.floor((moment + config.offset * 1000) / 86400000);
  const isToday = day(at) === day(shown);
  const parts = [isToday && hasHour ? "" : date, hasHour ? withZone(at, false) : ""];
  const time = parts.filter(Boolean).join(" ");
  return fill(shown - at > QUIET ? words.quiet : words.last, { time });
}

// An exercise has its own clock: a time of this computer's beside it says so.
function machineTime(time) {
  return state.picture?.moment.exercise ? fill(words.machine_time, { time }) : time;
}

// The warning line: lost connection, broken store, frozen state.
export function announce() {
  const messages = [];
  const time = state.checked ? machineTime(withZone(state.checked, false)) : "–";
  const since = machineTime(clock(state.lostSince));
  if (state.lostSince) messages.push(fill(words.lost, { since, time }));
  else if (state.picture?.trouble) {
    messages.push(`${fill(words.broken, { time })}. ${state.picture.trouble}`);
  }
  if (state.frozen) {
    messages.push(fill(words.frozen, { time: machineTime(withZone(state.checked, true)) }));
    const first = alarms.first;
    if (first) messages.push(`${counted()}: ${first.title}, ${first.place} (${first.came})`);
  }
  text(by("announced"), messages.join(" — "));
  by("announced").hidden = !messages.length;
}

export function counted() {
  const more = alarms.queue.length - 1;
  return more > 0 ? fill(words.more, { n: more }) : words.new;
}

export function time() {
  const moment = state.picture?.moment;
  if (!moment) return;
  const at = moment.ticks ? now() : moment.at;
  text(by("minute"), clock(at, false));
  text(by("second"), moment.ticks ? clock(at, true).slice(-3) : "");
}
