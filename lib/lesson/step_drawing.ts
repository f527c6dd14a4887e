import { numberText } from "../base/number_text.ts";
import type { StepTrace } from "../training/trace.ts";
import {
  gradientOf,
  type Name,
  NAMES,
  type Numbers,
  PLACES,
  type WeightName,
  WEIGHTS,
} from "./step.ts";

/** Events of the drawing. */
export interface StepEvents {
  /** The reader has dragged a number, or changed it with the arrow keys. */
  readonly onChange: (name: Name, value: number) => void;
  /** The reader has chosen a number without changing it. */
  readonly onChoose: (name: Name) => void;
}

/** The moments from which on numbers are shown: of hidden units, outputs, and both layers' gradients. */
const HIDDEN = 0, OUTPUTS = 1, OUTER_GRADIENTS = 3, INNER_GRADIENTS = 4;

const WIDTH = 720, HEIGHT = 350, RADIUS = 36;
const COLUMNS = [84, 360, 636], ROWS = [92, 268];
/** Width of a number's box. */
const BOX = 114;
/** Change by an arrow key and, along the drag, by a pixel; most of a number's magnitude. */
const KEY_STEP = 0.01, PIXEL_STEP = 0.005, MOST = 10;

const LABELS: Readonly<Record<Name, string>> = {
  i1: "input",
  i2: "input",
  t1: "target",
  t2: "target",
  b1: "bias",
  b2: "bias",
  ...Object.fromEntries(WEIGHTS.map((name) => [name, "weight"])) as Record<WeightName, string>,
};

function svg(name: string, attributes: Record<string, string | number>, content = ""): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = content;
  return made;
}

const unitAt = (layer: number, unit: number) => ({ x: COLUMNS[layer], y: ROWS[unit] });

/** Where a number's label is. */
function placeOf(name: Name): { x: number; y: number } {
  if (name in PLACES) {
    const { layer, from, to } = PLACES[name as WeightName];
    const start = unitAt(layer, from), end = unitAt(layer + 1, to);
    // At this part of their way, labels of crossing edges do not overlap.
    const part = 0.36;
    return { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part };
  }
  const unit = Number(name[1]) - 1;
  if (name[0] === "i") return { x: COLUMNS[0], y: unit === 0 ? 24 : ROWS[1] + RADIUS + 22 };
  if (name[0] === "t") return { x: COLUMNS[2], y: ROWS[unit] + RADIUS + 22 };
  return { x: COLUMNS[unit + 1], y: 24 };
}

/** Creates the drawing, whose labels are sliders. */
export function createStepDrawing(
  place: HTMLElement,
  events: StepEvents,
): { show(numbers: Numbers, step: StepTrace, moment: number, chosen: WeightName): void } {
  const root = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "network" });
  const lines = new Map(WEIGHTS.map((name) => {
    const { layer, from, to } = PLACES[name];
    const start = unitAt(layer, from), end = unitAt(layer + 1, to);
    return [name, svg("line", { x1: start.x, y1: start.y, x2: end.x, y2: end.y })] as const;
  }));
  const units = ["i", "h", "o"].flatMap((letter, layer) =>
    [0, 1].map((unit) => {
      const { x, y } = unitAt(layer, unit);
      const value = svg("text", { x, y: y + 12, class: "value" });
      return {
        layer,
        unit,
        value,
        parts: [
          svg("circle", { cx: x, cy: y, r: RADIUS }),
          svg("text", { x, y: y - 8, class: "name" }, `${letter}${unit + 1}`),
          value,
        ],
      };
    })
  );
  const labels = new Map(NAMES.map((name) => [name, createLabel(name, events)] as const));
  root.append(
    ...lines.values(),
    ...units.flatMap(({ parts }) => parts),
    ...[...labels.values()].map(({ group }) => group),
  );
  place.replaceChildren(root);

  return {
    show(numbers, step, moment, chosen) {
      for (const [name, line] of lines) {
        line.setAttribute("stroke-width", String(1 + 4 * Math.min(1, Math.abs(numbers[name]))));
        line.setAttribute("class", numbers[name] < 0 ? "below" : "above");
      }
      for (const { layer, unit, value } of units) {
        const isKnown = layer === 0 || moment >= (layer === 1 ? HIDDEN : OUTPUTS);
        const number = layer === 0
          ? numbers[unit === 0 ? "i1" : "i2"]
          : step.layers[layer - 1].a[0][unit];
        value.textContent = isKnown ? numberText(number) : "?";
      }
      for (const [name, label] of labels) {
        const weight = name in PLACES ? name as WeightName : undefined;
        const from = weight && PLACES[weight].layer === 1 ? OUTER_GRADIENTS : INNER_GRADIENTS;
        const gradient = weight && moment >= from ? gradientOf(step, weight) : undefined;
        label.show(numbers[name], gradient, name === chosen);
      }
    },
  };
}

/** A number that is dragged to the right or up to raise it, or changed with the arrow keys. */
function createLabel(name: Name, { onChange, onChoose }: StepEvents) {
  const { x, y } = placeOf(name);
  const group = svg("g", { tabindex: 0, role: "slider", class: "number", "data-name": name });
  const box = svg("rect", { x: x - BOX / 2, width: BOX, rx: 6 });
  const first = svg("text", { x }), second = svg("text", { x, y: y + 15, class: "gradient" });
  group.append(box, first, second);
  let value = 0, drag: { x: number; y: number; value: number } | undefined;
  const change = (next: number) => {
    const rounded = Number(Math.max(-MOST, Math.min(MOST, next)).toFixed(4));
    onChange(name, rounded);
  };
  group.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, value };
    group.setPointerCapture(event.pointerId);
    onChoose(name);
  });
  group.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const way = event.clientX - drag.x + drag.y - event.clientY;
    if (way !== 0) change(drag.value + PIXEL_STEP * way);
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
    group.addEventListener(type, () => drag = undefined);
  }
  group.addEventListener("focus", () => onChoose(name));
  group.addEventListener("keydown", (event) => {
    const sign = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    if (sign === undefined) return;
    event.preventDefault();
    change(value + sign * KEY_STEP * (event.shiftKey ? 10 : 1));
  });
  return {
    group,
    show(next: number, gradient: number | undefined, isChosen: boolean) {
      value = next;
      const hasGradient = gradient !== undefined;
      first.textContent = `${name} = ${numberText(value)}`;
      second.textContent = hasGradient ? `∂L/∂${name} ${numberText(gradient, 3)}` : "";
      first.setAttribute("y", String(hasGradient ? y - 1 : y + 5));
      box.setAttribute("y", String(y - (hasGradient ? 17 : 13)));
      box.setAttribute("height", hasGradient ? "38" : "26");
      group.classList.toggle("chosen", isChosen);
      group.setAttribute("aria-label", `${LABELS[name]} ${name}`);
      group.setAttribute("aria-valuenow", String(value));
      group.setAttribute("aria-valuemin", String(-MOST));
      group.setAttribute("aria-valuemax", String(MOST));
    },
  };
}
