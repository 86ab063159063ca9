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

function sign(place, [scale, code]) {
  const name = `sign ${scale}${scale === "colour" ? "" : ` ${code}`}`;
  if (place.className !== name) place.className = name;
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
    element("strong"), element("small")), element("div"));
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
  });
}

export function bands(place, list) {
  children(place, list.length, () => element("p")).forEach((band, at) => {
    band.className = list[at][0];
    text(band, list[at][1]);
  });
}

// Lines of a list: {mark, title, place, end, note, text, sub}.
export function lines(place, list) {
  const made = () => element("li", element("i"), element("b"), element("span"), element("time"),
    element("p"), element("p"));
  children(place, list.length, made).forEach((row, at) => {
    const one = list[at];
    const [mark, title, where, end, note, words] = row.children;
    row.className = `${one.sub ? "sub" : ""}${one.mark ? "" : " plain"}`;
    sign(mark, ["tingkat", one.mark ?? "belum"]);
    text(title, one.title);
    text(where, one.place ?? "");
    text(end, one.end ?? "");
    text(note, one.note ?? "");
    text(words, one.text ?? "");
  });
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

// byCode: of each area [value, fill, opacity, label in paper colour]; others stay empty.
export function areas(map, byCode) {
  for (const shape of map.querySelectorAll(".area")) {
    const area = byCode[shape.dataset.code];
    shape.setAttribute("class", `area ${area ? (area[1] ? "" : "silent") : "out"}`.trim());
    shape.setAttribute("fill", area?.[1] ?? "none");
    shape.setAttribute("fill-opacity", area?.[2] ?? 1);
  }
  for (const label of map.querySelectorAll(".label")) {
    const area = byCode[label.dataset.code];
    label.classList.toggle("out", !area);
    label.classList.toggle("on-fill", Boolean(area?.[3]) && label.classList.contains("inside"));
    text(label.querySelector(".value"), area?.[0] ?? "");
  }
}

export function marks(map, alarms) {
  const place = map.querySelector("#marks");
  const drawn = alarms.filter((one) => one.spot).reverse(); // the newest lies on top
  const made = () => document.createElementNS(SVG, "g");
  children(place, drawn.length, made).forEach((group, at) => {
    const one = drawn[at];
    group.setAttribute("class", `mark ${one.tingkat}`);
    group.setAttribute("transform", `translate(${one.spot[0]} ${one.spot[1]})`);
    if (group.dataset.shape === one.tingkat) return;
    const [name, attributes] = SHAPES[one.tingkat];
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    group.replaceChildren(shape);
    group.dataset.shape = one.tingkat;
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
