// State of the page: data from the server, what is shown, and formats of times and ages.

export const config = JSON.parse(document.body.dataset.config);
export const words = config.words;
export const params = new URLSearchParams(location.search);
export const seconds = (name, fallback, minimum) => {
  const value = Number(params.get(name));
  return Number.isFinite(value) && value >= minimum ? value : fallback;
};
document.documentElement.classList.toggle("big", params.get("besar") === "ya");
export const RELEASE = seconds("jeda", 60, 3);
// A frozen copy has the desk layout on any screen, and so has a list in full.
export const narrow = matchMedia(config.flat || config.stacked
  ? "all" : "not ((min-width: 1000px) and (min-aspect-ratio: 5/4))");
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export const state = {
  picture: null, // the state that is drawn
  newer: null, // a newer state that arrived while frozen
  checked: 0, // when the store was last read for the drawn state
  newestChecked: 0, // the same for the newest state that arrived
  ahead: 0, // ms by which the server's clock is ahead
  at: 0, // index of the view
  turnsAt: 0,
  held: false,
  frozen: false,
  lostSince: 0,
  over: false,
  alarm: null, // the alarm that is shown
  remainingMs: 0, // ms for which it stays
  naming: false, // a name is being typed
  hint: "",
  receipt: null, // of the last act here: what was written, and which alarm that took away
  hidesAt: 0,
};

export const now = () => Date.now() + state.ahead;

export function clock(at, exact) {
  const local = new Date(at + config.offset * 1000);
  const parts = [local.getUTCHours(), local.getUTCMinutes()];
  if (exact) parts.push(local.getUTCSeconds());
  return parts.map((part) => String(part).padStart(2, "0")).join(config.between);
}
export const withZone = (at, exact) => `${clock(at, exact)} ${config.zone}`;

export function age(at) {
  const elapsed = Math.max(0, Math.round((now() - at) / 1000));
  if (elapsed < 1) return words.now;
  if (elapsed < 100) return fill(words.seconds, { n: elapsed });
  if (elapsed < 6000) return fill(words.minutes, { n: Math.floor(elapsed / 60) });
  return fill(words.hours, { n: Math.floor(elapsed / 3600) });
}
