// The script of a page of figures: the words of a mark beside the pointer or by the keyboard, the learning
// curves of its trials, and the choice of one figure or two.
// A mark is any element of a figure that has words of its own, as its `aria-label`.

/** Pixels within which the pointer finds a mark. */
const REACH = 24;
/** The most marks of one place that are described, and the most trials whose curves are drawn. */
const MOST_MARKS = 8;

const main = document.querySelector("main");
const tip = document.querySelector(".tip");
const said = document.getElementById("said");
const entries = JSON.parse(document.querySelector(`script[type="application/json"]`).textContent);
const sections = [...document.querySelectorAll("section")];
const figures = sections.map((section, i) => connect(section, entries[i]));

/** Finds the places of the marks again: whenever the page changes its size. */
function measure() {
  figures.forEach((figure) => figure.measure());
}

/** Makes a section's figure respond to the pointer and the keyboard. */
function connect(section, entry) {
  const figure = section.querySelector(".figure"), course = section.querySelector(".course");
  /** The places with marks, from left to right, and from bottom to top in a column. */
  let places = [];
  let chosen = -1;

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
    place.elements.forEach((element) => element.classList.add("chosen"));
    const words = wordsOf(place.elements);
    tip.textContent = shown(words).join("\n\n");
    if (byKey) {
      said.textContent = tip.textContent;
      place.elements[0].scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    drawCourse(
      course,
      [...new Set(words.flatMap((text) => entry.marks[text] ?? []))]
        .map((trial) => entry.trials[trial]),
      entry.heldOut,
    );
    placeTip(figure, place);
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
  return { measure };
}

/** The words of marks, each once. */
function wordsOf(elements) {
  return [...new Set(elements.map((element) => element.getAttribute("aria-label")))];
}

function shown(words) {
  const more = words.length - MOST_MARKS;
  return [...words.slice(0, MOST_MARKS), ...more > 0 ? [`and ${more} more`] : []];
}

/** Moves the words to the side of the place that has more space, within the page. */
function placeTip(figure, { x, y }) {
  const left = x > figure.clientWidth / 2 ? x - tip.offsetWidth - 12 : x + 12;
  const lowest = Math.max(figure.clientHeight - tip.offsetHeight, 0);
  const frame = figure.getBoundingClientRect(), page = main.getBoundingClientRect();
  tip.style.left = `${frame.left - page.left + Math.max(left, 0)}px`;
  tip.style.top = `${
    frame.top - page.top + Math.min(Math.max(y - tip.offsetHeight / 2, 0), lowest)
  }px`;
}

/** The columns of a trial's records. */
const EPOCH = 0, TRAIN_LOSS = 1, HELD_OUT_LOSS = 2, ACCURACY = 3;
const WIDTH = 330, HEIGHT = 170, LEFT = 52, TOP = 26, BOTTOM = 26;

/** Draws the learning curves of trials; none where they are not known. */
function drawCourse(course, trials, heldOut) {
  const known = trials.filter((trial) => trial?.records.length > 0).slice(0, MOST_MARKS);
  course.hidden = known.length === 0;
  if (known.length === 0) return;
  const heading = document.createElement("p");
  heading.textContent = `Learning curves of ${known.map(({ label }) => label).join(", ")}`;
  course.replaceChildren(
    heading,
    panel(
      known,
      [HELD_OUT_LOSS, TRAIN_LOSS],
      `loss: ${heldOut}, training dashed`,
      Math.log,
      (y) => y.toPrecision(3),
    ),
    panel(known, [ACCURACY], `${heldOut} accuracy (%)`, (y) => y, (y) => (100 * y).toFixed(2)),
  );
}

/** One panel of curves along the epochs. */
function panel(trials, columns, title, bend, text) {
  const records = trials.flatMap((trial) => trial.records);
  const epochs = records.map((record) => record[EPOCH]);
  const values = columns.flatMap((column) => records.map((record) => record[column]))
    .filter((value) => Number.isFinite(bend(value)));
  const [first, last] = ends(epochs), [low, high] = ends(values);
  const x = (epoch) => LEFT + (WIDTH - LEFT - 12) * share(epoch, first, last);
  const bottom = HEIGHT - BOTTOM;
  const y = (value) => bottom - (bottom - TOP) * share(bend(value), bend(low), bend(high));
  const svg = element("svg", { width: WIDTH, height: HEIGHT, role: "img", "aria-label": title });
  const write = (x, y, anchor, words) => {
    svg.append(element("text", { x, y, "text-anchor": anchor }, words));
  };
  write(LEFT, 12, "start", title);
  for (const value of new Set([low, high])) {
    svg.append(element("line", { x1: LEFT, x2: WIDTH - 12, y1: y(value), y2: y(value) }));
    write(LEFT - 6, y(value) + 4, "end", text(value));
  }
  for (const epoch of new Set([first, last])) {
    write(x(epoch), HEIGHT - 8, epoch === last ? "end" : "start", `epoch ${epoch}`);
  }
  for (const column of columns) {
    const name = column === TRAIN_LOSS ? "training" : "test";
    for (const trial of trials) {
      const points = trial.records.filter((record) => Number.isFinite(bend(record[column])))
        .map((record) => [x(record[EPOCH]), y(record[column])]);
      if (points.length === 0) continue;
      if (points.length === 1) {
        svg.append(element("circle", { class: name, cx: points[0][0], cy: points[0][1], r: 3 }));
      }
      const d = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L");
      svg.append(element("path", { class: name, d: `M${d}` }));
    }
  }
  return svg;
}

function ends(values) {
  return values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

function share(value, low, high) {
  return high > low ? (value - low) / (high - low) : 0.5;
}

function element(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

/** Shows the chosen figure or two, and marks in their lists what differs. */
function compare(first, second) {
  sections.forEach((section, i) => section.hidden = i !== first && i !== second);
  const chosen = [...new Set([first, second])].filter((i) => i >= 0).map((i) => sections[i]);
  main.classList.toggle("pair", chosen.length > 1);
  const lines = chosen.map((section) => [...section.querySelectorAll(".facts tr")]);
  lines[0].forEach((line, i) => {
    const differs = lines.some((own) =>
      own[i]?.lastChild.textContent !== line.lastChild.textContent
    );
    lines.forEach((own) => own[i]?.classList.toggle("differs", differs));
  });
  measure();
}

const first = document.getElementById("first"), second = document.getElementById("second");
if (first) {
  const update = () =>
    compare(Number(first.value), second.value === "" ? -1 : Number(second.value));
  first.addEventListener("change", update);
  second.addEventListener("change", update);
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => {
      first.value = button.dataset.show;
      update();
    });
  }
}
addEventListener("resize", measure);
measure();
