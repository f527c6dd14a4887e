// The script of a figure's page: what a mark says, beside the pointer or by the keyboard.
// A mark is any element of the figure that has words of its own, as its `aria-label`.

/** Pixels within which the pointer finds a mark. */
const REACH = 24;
/** The most marks of one place that are described. */
const MOST_MARKS = 8;

const figure = document.getElementById("figure");
const tip = document.getElementById("tip");
const said = document.getElementById("said");

/** The places with marks, from left to right, and from bottom to top in a column. */
let places = [];
let chosen = -1;

/** Finds the places of the marks: again whenever the page changes its size. */
function measure() {
  choose(-1);
  const frame = figure.getBoundingClientRect();
  const found = new Map();
  for (const element of figure.querySelectorAll("g [aria-label]:not(g)")) {
    const { left, top, width, height } = element.getBoundingClientRect();
    const x = left + width / 2 - frame.left, y = top + height / 2 - frame.top;
    const key = `${Math.round(x)} ${Math.round(y)}`;
    if (!found.has(key)) found.set(key, { x, y, elements: [] });
    found.get(key).elements.push(element);
  }
  places = [...found.values()].sort((a, b) => Math.round(a.x) - Math.round(b.x) || b.y - a.y);
}

function choose(index, byKey = false) {
  if (index === chosen) return;
  places[chosen]?.elements.forEach((element) => element.classList.remove("chosen"));
  chosen = index;
  const place = places[index];
  tip.hidden = place === undefined;
  if (place === undefined) return;
  const { x, y, elements } = place;
  elements.forEach((element) => element.classList.add("chosen"));
  tip.textContent = wordsOf(elements);
  if (byKey) {
    said.textContent = tip.textContent;
    elements[0].scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  // On the side of the place that has more room, and within the page.
  const left = x > figure.clientWidth / 2 ? x - tip.offsetWidth - 12 : x + 12;
  const lowest = Math.max(figure.clientHeight - tip.offsetHeight, 0);
  tip.style.left = `${Math.max(left, 0)}px`;
  tip.style.top = `${Math.min(Math.max(y - tip.offsetHeight / 2, 0), lowest)}px`;
}

/** What the marks of a place say, each once. */
function wordsOf(elements) {
  const words = [...new Set(elements.map((element) => element.getAttribute("aria-label")))];
  const more = words.length - MOST_MARKS;
  return [...words.slice(0, MOST_MARKS), ...more > 0 ? [`and ${more} more`] : []].join("\n\n");
}

/** The place under the pointer, or the nearest one. */
function nearest(event) {
  const direct = places.findIndex(({ elements }) => elements.includes(event.target));
  if (direct >= 0) return direct;
  const frame = figure.getBoundingClientRect();
  const x = event.clientX - frame.left, y = event.clientY - frame.top;
  return least((place) => {
    const distance = Math.hypot(place.x - x, place.y - y);
    return distance < REACH ? distance : Infinity;
  }, -1);
}

/** The nearest place above (−1) or below (1), in the same column if there is one. */
function vertical(direction) {
  if (chosen < 0) return 0;
  const { x, y } = places[chosen];
  return least((place) => {
    const down = (place.y - y) * direction;
    return down > 0.5 ? down + 4 * Math.abs(place.x - x) : Infinity;
  }, chosen);
}

/** The place with the least finite cost, or another where all are infinite. */
function least(cost, otherwise) {
  let best = otherwise, lowest = Infinity;
  places.forEach((place, i) => {
    const own = cost(place);
    if (own < lowest) [best, lowest] = [i, own];
  });
  return best;
}

const KEYS = {
  ArrowRight: () => Math.min(chosen + 1, places.length - 1),
  ArrowLeft: () => chosen < 0 ? places.length - 1 : Math.max(chosen - 1, 0),
  ArrowUp: () => vertical(-1),
  ArrowDown: () => vertical(1),
  Home: () => 0,
  End: () => places.length - 1,
  Escape: () => -1,
};

figure.addEventListener("pointermove", (event) => choose(nearest(event)));
figure.addEventListener("pointerdown", (event) => choose(nearest(event)));
figure.addEventListener("pointerleave", () => choose(-1));
figure.addEventListener("keydown", (event) => {
  if (!(event.key in KEYS) || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  choose(KEYS[event.key](), true);
});
addEventListener("resize", measure);
measure();
