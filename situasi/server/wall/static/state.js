// State of the page: data from the server, what is shown, and formats of times and ages.

export const told = JSON.parse(document.body.dataset.told);
export const words = told.words;
export const asked = new URLSearchParams(location.search);
const seconds = (name, usual, least) => {
  const given = Number(asked.get(name));
  return Number.isFinite(given) && given >= least ? given : usual;
};
export const PACE = seconds("tempo", 20, 2);
export const RELEASE = seconds("jeda", 60, 3);
// A frozen copy has the desk layout on any screen.
export const narrow = matchMedia(
  told.flat ? "all" : "not ((min-width: 1000px) and (min-aspect-ratio: 5/4))");
export const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export const state = {
  picture: null, // the state that is drawn
  newer: null, // a newer state that arrived while frozen
  checked: 0, // when the store was last read for the drawn state
  heardChecked: 0,
  ahead: 0, // ms by which the server's clock is ahead
  at: 0, // index of the view
  turnsAt: 0,
  held: false,
  frozen: false,
  lostSince: 0,
  over: false,
  alarm: null, // the alarm that is shown
  released: 0, // ms for which it stays
  naming: false,
  hidesAt: 0,
};

export const now = () => Date.now() + state.ahead;

export function clock(at, exact) {
  const local = new Date(at + told.offset * 1000);
  const parts = [local.getUTCHours(), local.getUTCMinutes()];
  if (exact) parts.push(local.getUTCSeconds());
  return parts.map((part) => String(part).padStart(2, "0")).join(told.between);
}
export const withZone = (at, exact) => `${clock(at, exact)} ${told.zone}`;

export function age(at) {
  const gone = Math.max(0, Math.round((now() - at) / 1000));
  if (gone < 1) return words.now;
  if (gone < 100) return say(words.seconds, { n: gone });
  if (gone < 6000) return say(words.minutes, { n: Math.floor(gone / 60) });
  return say(words.hours, { n: Math.floor(gone / 3600) });
}
