// Draws the state into the page. No numbers or texts are made here.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  tinggi: ["path", { d: "M0-8L8 0L0 8L-8 0Z" }],
  sedang: ["path", { d: "M0-7L7 6H-7Z" }],
  rendah: ["circle", { r: 6 }],
  belum: ["circle", { r: 5.5 }],
};

export const by = (id) => document.getElementById(id);

export function text(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// Bring the parent to exactly this many children; existing ones are kept, not drawn again.
function children(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make(parent));
  return [...parent.children];
}

function element(name, ...inside) {
  const made = document.createElement(name);
  made.append(...inside);
  return made;
}

function sign(place, [scale, code, letter]) {
  const name = `sign ${scale}${scale === "colour" ? "" : ` ${code}`}`;
  if (place.className !== name) place.className = name;
  text(place, letter ?? "");
  place.style.background = scale === "colour" ? code : "";
}

// A text, or marks with their counts.
function textOrCounts(place, words) {
  if (typeof words === "string") {
    if (place.children.length || place.textContent !== words) place.textContent = words;
    return;
  }
  if (!place.children.length) place.textContent = "";
  const made = () => {
    const one = element("span", element("i"), element("b"), element("em"));
    one.className = "counted";
    return one;
  };
  children(place, words.length, made).forEach((one, at) => {
    const [mark, number, word] = words[at];
    sign(one.children[0], mark);
    text(one.children[1], number);
    text(one.children[2], word);
  });
}

export function figures(place, list) {
  const made = () => element("article", element("h2"), element("p",
    element("strong"), element("small")), element("div"), trendLine());
  children(place, list.length, made).forEach((card, at) => {
    const one = list[at];
    card.className = one.alarm ? "alarm" : "";
    card.dataset.key = one.key;
    text(card.children[0], one.title);
    textOrCounts(card.children[1].children[0], one.value);
    text(card.children[1].children[1], one.unit);
    textOrCounts(card.children[2], one.note);
    const letters = typeof one.value === "string" ? one.value.length : 0;
    card.children[1].className = letters > 11 ? "long" : "";
    trend(card.children[3], one.trend ?? []);
  });
}

function trendLine() {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "trend");
  drawing.setAttribute("viewBox", "0 0 60 20");
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(document.createElementNS(SVG, "polyline"));
  return drawing;
}

// Values up to now, the oldest first, from zero to the largest; of [lowest, highest] a band.
function trend(drawing, values) {
  const most = Math.max(...values.flat(), 0);
  drawing.toggleAttribute("hidden", values.length < 2 || !most);
  const step = 58 / Math.max(1, values.length - 1);
  const point = (value, at) => `${1 + at * step},${19 - (18 * value) / (most || 1)}`;
  const isBand = Array.isArray(values[0]);
  const points = values.map((value, at) => point(isBand ? value[0] : value, at));
  if (isBand) points.push(...values.map((value, at) => point(value[1], at)).reverse());
  drawing.firstChild.setAttribute("points", points.join(" "));
  drawing.firstChild.classList.toggle("band", isBand);
}

export function bands(place, list) {
  children(place, list.length, () => element("p")).forEach((band, at) => {
    band.className = list[at][0];
    text(band, list[at][1]);
  });
}

// Lines of a list: {id, mark, title, end, place, note, text, act, sub, unheld}.
export function lines(place, list) {
  const made = () => element("li", element("i"), element("b"), element("time"), element("p"),
    element("p"), element("p"), element("p"));
  children(place, list.length, made).forEach((row, at) => {
    const one = list[at];
    const [mark, title, end, where, note, act, words] = row.children;
    const kinds = [one.sub && "sub", one.mark || "plain", one.unheld && "unheld"];
    row.className = kinds.filter((kind) => kind && kind !== one.mark).join(" ");
    row.dataset.case = one.id ?? "";
    sign(mark, ["tingkat", one.mark ?? "belum"]);
    text(title, one.title);
    text(end, one.end ?? "");
    where.className = "place";
    text(where, one.place ?? "");
    text(note, one.note ?? "");
    act.className = "act";
    text(act, one.act ?? "");
    words.className = "words";
    text(words, one.text ?? "");
  });
}

// A font keeps space above and below its letters, which may lie outside.
export function isCut(place) {
  const space = 0.1 * parseFloat(getComputedStyle(place).fontSize);
  return place.scrollHeight > place.clientHeight + space;
}

// Hide the last lines that have no space, so that none is cut, but for so many; return how many.
export function fit(place, least) {
  const rows = [...place.children];
  rows.forEach((row) => { row.hidden = false; });
  let hidden = 0;
  while (hidden < rows.length - least && isCut(place)) {
    hidden += 1;
    rows[rows.length - hidden].hidden = true;
  }
  return hidden;
}

export function legend(place, list) {
  children(place, list.length, () => element("span", element("i"), element("em")))
    .forEach((entry, at) => {
      sign(entry.children[0], list[at][0]);
      text(entry.children[1], list[at][1]);
    });
}

export function table(place, data) {
  const all = data ? [data.head, ...data.rows] : [];
  children(place, all.length, () => element("tr")).forEach((row, at) => {
    const cell = () => document.createElement(at ? "td" : "th");
    children(row, all[at].length, cell).forEach((one, n) => text(one, all[at][n]));
  });
}

const areaState = (area) => (area ? (area[1] ? "" : "silent") : "out");

// byCode: of each area [value, fill, opacity, lines]; others stay empty.
export function areas(map, byCode) {
  for (const shape of map.querySelectorAll(".area")) {
    const area = byCode[shape.dataset.code];
    shape.setAttribute("class", `area ${areaState(area)}`.trim());
    shape.setAttribute("fill", area?.[1] ?? "none");
    shape.setAttribute("fill-opacity", area?.[2] ?? 1);
  }
  for (const shape of map.querySelectorAll(".hatch")) {
    const area = byCode[shape.dataset.code];
    shape.setAttribute("class", `hatch ${areaState(area)}`.trim());
    const lines = area?.[3];
    const hatched = lines && lines !== "hijau";
    shape.setAttribute("fill", hatched ? `url(#hatch-${lines})` : "none");
  }
  for (const label of map.querySelectorAll(".label")) {
    const area = byCode[label.dataset.code];
    label.classList.toggle("out", !area);
    const value = area?.[0] ?? "";
    text(label.querySelector(".value"), value);
    nameBeside(label, value);
  }
}

const LONG = 9; // letters; such a value has a line of its own, below the whole name
const NOTHING = "\u200b"; // an empty part of a text would not begin a line

function nameBeside(label, value) {
  const [first, last] = label.querySelectorAll(".name");
  if (!last) return;
  label.dataset.first ??= first.textContent;
  label.dataset.last ??= last.textContent;
  const long = value.length > LONG;
  text(first, long ? `${label.dataset.first} ${label.dataset.last.trim()}` : label.dataset.first);
  text(last, long ? NOTHING : label.dataset.last);
}

// Names in one line may be long, or have long values: the map becomes as small as these need.
function namesBox(map) {
  const wide = map.querySelector(".wide");
  const isWide = getComputedStyle(wide).display !== "none";
  const box = isWide ? map.dataset.wide : map.dataset.whole;
  const [left, top, width, height] = box.split(" ").map(Number);
  const names = isWide ? wide : map.querySelector(".names:not(.wide)");
  const scale = names.transform.baseVal.consolidate()?.matrix.a ?? 1;
  const drawn = names.getBBox();
  const start = Math.min(left, drawn.x * scale);
  return [start, top, Math.max(left + width, (drawn.x + drawn.width) * scale) - start, height];
}

const ZOOM = 2.4;

// Show the surroundings of a place only, or all of the map (no spot).
export function zoom(map, spot) {
  map.dataset.whole ??= map.getAttribute("viewBox");
  const [left, top, width, height] = namesBox(map);
  map.classList.toggle("zoomed", Boolean(spot));
  const [w, h] = [width / ZOOM, height / ZOOM];
  const corner = spot && [spot[0] - w / 2, spot[1] - h / 2];
  map.setAttribute("viewBox", (spot ? [...corner, w, h] : [left, top, width, height]).join(" "));
}

// Marks of the map: [x, y, tingkat, whether the place is an estimate, number of cases].
export function marks(map, list) {
  const place = map.querySelector("#marks");
  const graveness = Object.keys(SHAPES).reverse(); // the gravest lies on top
  const drawn = [...list].sort((a, b) => graveness.indexOf(a[2]) - graveness.indexOf(b[2]));
  const made = () => document.createElementNS(SVG, "g");
  children(place, drawn.length, made).forEach((group, at) => {
    const [x, y, tingkat, isEstimate, count] = drawn[at];
    group.setAttribute("class", `mark ${tingkat}${isEstimate ? " estimate" : ""}`);
    group.setAttribute("transform", `translate(${x} ${y})`);
    const state = `${tingkat} ${count}`;
    if (group.dataset.shape === state) return;
    const parts = [SHAPES[tingkat]];
    if (count > 1) parts.push(["text", { x: 8, y: -5 }]);
    group.replaceChildren(...parts.map(([name, attributes]) => {
      const part = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
      return part;
    }));
    if (count > 1) group.lastChild.textContent = count;
    group.dataset.shape = state;
  });
}

// The ring around a report; its animation plays once.
export function ring(map, spot, anew) {
  const place = map.querySelector("#ring");
  place.setAttribute("class", spot ? "shown" : "");
  if (!spot) return;
  place.setAttribute("transform", `translate(${spot[0]} ${spot[1]})`);
  if (!anew) return;
  const pulse = place.querySelector(".pulse");
  pulse.replaceWith(pulse.cloneNode());
}
