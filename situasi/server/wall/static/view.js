// Draws the current view: figures, map and list; on a phone the figures of all views.

import * as draw from "./draw.js";
import { by, text } from "./draw.js";
import { fill, narrow, state, words } from "./state.js";

const LINES = 6;
const STRIP = "putuskan"; // the view that is the strip in full

function view() {
  const views = state.picture.views;
  if (state.alarm) return views.find((one) => one.name === "situasi") ?? views[state.at];
  return views[state.at];
}

export function redraw() {
  const picture = state.picture;
  if (!picture) return;
  const bands = picture.bands.filter(([kind]) => kind !== "broken");
  draw.bands(by("bands"), bands);
  document.body.classList.toggle("crowded", bands.length > 1);
  text(by("day"), `${picture.moment.day} · ${picture.moment.note}`);
  text(by("filter"), fill(words.filter, { filter: picture.filter }));
  const one = view();
  if (!one) {
    text(by("title"), "Situasi");
    text(by("nothing"), picture.nothing ?? "");
    for (const id of ["figures", "lines", "legend"]) by(id).replaceChildren();
    by("decide").hidden = true;
    return;
  }
  text(by("title"), one.title);
  document.body.classList.toggle("deciding", one.name === STRIP);
  draw.figures(by("figures"), narrow.matches ? allFigures(picture) : one.figures);
  draw.areas(by("map"), one.areas);
  const silent = Object.values(one.areas).some((area) => !area[1]);
  draw.legend(by("legend"), one.legend.filter(([mark]) => mark[0] !== "silent" || silent));
  draw.marks(by("map"), picture.marks);
  draw.zoom(by("map"), state.alarm?.spot);
  text(by("map-title"), `${one.title}: ${one.heading}`);
  const bare = one.lines ? !one.lines.length : !picture.alarms.length;
  text(by("nothing"), bare ? one.nothing : narrow.matches ? one.rest ?? "" : "");
  by("listed").classList.toggle("bare", bare);
  decide(picture, one);
  if (narrow.matches) {
    list(one, new Set((picture.decisions ?? []).map((matter) => matter.id)));
    headList(one.lines?.length ?? 0);
    by("listed").hidden = !bare && !by("lines").children.length;
  } else fitLists(one);
  const newest = by("newest"); // a guest link of figures has no reports
  if (newest) draw.lines(newest, picture.newest.map(report));
  const table = by("table"); // a frozen copy has its tables in the HTML
  if (table) draw.table(table, picture.table);
}

// Draw the list of a view, or the reports but for those that are told where they wait.
function list(one, told) {
  const rows = one.lines ?? reports(state.picture, told);
  draw.lines(by("lines"), rows);
  by("heading").hidden = false;
  const grave = rows.some((row) => row.grave);
  const others = !one.lines && state.picture.alarms.some((alarm) => told.has(alarm.id));
  const newest = others && rows.length && !grave;
  text(by("heading"), newest ? words.newest : grave && others ? words.other_grave : one.heading);
}

// What waits for a decision stands on every view; on its own it is the list.
function decide(picture, one) {
  const waiting = picture.decisions ?? [];
  const full = one.name === STRIP && !narrow.matches;
  by("decide").hidden = full || !waiting.length;
  draw.lines(by("decisions"), waiting);
  const unheld = waiting.filter((matter) => matter.unheld).length;
  by("decide").classList.toggle("unheld", unheld > 0);
  const more = (picture.decision_count ?? 0) - waiting.length;
  headDecisions(unheld, more);
}

function headDecisions(unheld, more) {
  const sentence = unheld ? words.decide_unheld : more > 0 ? words.decide_more : words.decide;
  text(by("decide-title"), fill(sentence, { n: unheld || more }));
}

// A case is told once: what waits for a decision, and is shown there, leaves the list above it,
// which has space for others then. What was shown to wait stays so.
function fitLists(one) {
  const told = new Set();
  let shown = 0;
  for (;;) {
    list(one, told);
    shown = fitOnce(shown);
    const waiting = (state.picture.decisions ?? []).slice(0, shown).filter((matter) => matter.id);
    if (one.lines || waiting.every((matter) => told.has(matter.id))) return;
    waiting.forEach((matter) => told.add(matter.id));
  }
}

// Nothing is cut: what has no space is not begun, and is counted. Returns how many matters are
// shown, at least so many as that is possible.
function fitOnce(least) {
  const unit = by("unit");
  unit.hidden = false;
  unit.hidden = unit.scrollWidth > unit.clientWidth;
  const waiting = state.picture.decisions ?? [];
  by("listed").hidden = false;
  const strip = view().name === STRIP;
  // Its title says what it is: the heading takes space only for how many matters are not shown.
  by("heading").hidden = strip && waiting.length > 0;
  draw.fit(by("lines"), strip ? 1 : 0);
  const isShown = (row) => !row.hidden;
  if (strip && [...by("lines").children].filter(isShown).length < state.picture.decision_count) {
    by("heading").hidden = false;
    draw.fit(by("lines"), strip ? 1 : 0);
  }
  const rows = [...by("lines").children].filter(isShown);
  // Returns how many matters have no space beside so many rows.
  const show = (count) => {
    rows.forEach((row, at) => { row.hidden = at >= count; });
    by("listed").hidden = !count && by("lines").children.length > 0;
    return draw.fit(by("decisions"), 1);
  };
  // What waits is worth more than the list above it: one matter has its space on every view, and
  // two where the list is of reports, the gravest of which wait themselves.
  const wanted = Math.min(Math.max(least, view().lines ? 1 : 2), waiting.length);
  const isSub = rows[0]?.matches(".sub");
  let count = Math.min(rows.length, isSub || view().lines ? 2 : 1); // one line alone is no list
  let hidden = show(count);
  while (count && (draw.isCut(by("decisions")) || waiting.length - hidden < wanted)) {
    count = isSub ? 0 : count - 1;
    hidden = show(count);
  }
  // The list has the space that the matters leave.
  while (count && count < rows.length && show(count + 1) === hidden
         && !draw.isCut(by("decisions"))) count += 1;
  if (rows[count - 1]?.matches(".sub")) count -= 1; // a heading of nothing
  hidden = show(count);
  const unheld = waiting.filter((matter) => matter.unheld).length;
  headDecisions(unheld, (state.picture.decision_count ?? 0) - waiting.length + hidden);
  headList(count);
  return waiting.length - hidden;
}

// Say how many lines of a list, or matters, are not shown.
function headList(count) {
  const one = view();
  if (one.name === STRIP && !narrow.matches) {
    const unshown = (state.picture.decision_count ?? 0) - count;
    if (unshown > 0) text(by("heading"), fill(words.decide_more, { n: unshown }));
  } else if (one.count > count && count) {
    text(by("heading"), fill(words.list_more, { heading: one.heading, n: one.count - count }));
  }
}

// On a phone the figures of all views are stacked.
function allFigures(picture) {
  const figures = new Map();
  for (const one of picture.views) {
    for (const figure of one.figures) if (!figures.has(figure.key)) figures.set(figure.key, figure);
  }
  return [...figures.values()];
}

// Open critical cases that are not told elsewhere; the remaining lines go to the newest reports.
function reports(picture, told) {
  const untold = picture.alarms.filter((one) => !told.has(one.id));
  const grave = untold.slice(0, LINES).map((one) => ({
    id: one.id,
    grave: true,
    mark: one.tingkat,
    title: one.title,
    place: one.place,
    end: fill(words.heard, { time: one.when }),
    note: [one.acknowledged ?? (picture.moment.live ? words.unacknowledged : ""), one.situasi?.[1],
      one.status, one.happened].filter(Boolean).join(" · "),
  }));
  const named = picture.alarms.filter((one) => told.has(one.id)).length;
  const rest = picture.alarm_count - named - grave.length;
  if (rest > 0 && grave.length) grave[grave.length - 1].note = fill(words.and_more, { n: rest + 1 });
  if (narrow.matches || grave.length > LINES - 2) return grave;
  const known = new Set(picture.alarms.map((one) => one.id));
  const newest = picture.newest.filter((one) => !known.has(one.id)).map(report);
  if (!newest.length) return grave;
  if (!grave.length && named) return newest.slice(0, LINES);
  const heading = { sub: true, title: words.newest };
  return [...grave, heading, ...newest.slice(0, LINES - 1 - Math.max(1, grave.length))];
}

function report(one) {
  return {
    id: one.id, mark: one.tingkat, title: one.title, place: one.place, end: one.when,
    text: one.text,
    note: [one.status, one.happened].filter(Boolean).join(" · "),
  };
}
