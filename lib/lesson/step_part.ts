import * as Plot from "@observablehq/plot";
import { numberText } from "../base/number_text.ts";
import type { UpdateOrder } from "../training/mazur.ts";
import { element } from "../pad/display.ts";
import { drawChart } from "./chart.ts";
import {
  FIRST_NUMBERS,
  gradientOf,
  lossAlong,
  momentsOf,
  type Name,
  numbersAfter,
  stepOf,
  type WeightName,
  WEIGHTS,
} from "./step.ts";
import { createStepDrawing } from "./step_drawing.ts";

/** The rate with which the page begins, as in Mazur's example. */
const FIRST_RATE = 0.5;

const isWeight = (name: Name): name is WeightName => WEIGHTS.some((weight) => weight === name);

/** A formula's text, with its indices, as in `z_h1`, below the line. */
function withIndices(line: string): (string | HTMLElement)[] {
  return line.split(/_(\w+)/).map((piece, i) => {
    if (i % 2 === 0) return piece;
    const index = document.createElement("sub");
    index.textContent = piece;
    return index;
  });
}

/** The part of the page with one step of a 2-2-2 network, whose numbers the reader drags. */
export function stepPart(): void {
  let numbers = FIRST_NUMBERS, rate = FIRST_RATE, moment = 0, steps = 0;
  let chosen: WeightName = "w5";
  const order = element<HTMLSelectElement>("order"), slider = element<HTMLInputElement>("rate");
  const back = element<HTMLButtonElement>("back"), forward = element<HTMLButtonElement>("forward");
  const drawing = createStepDrawing(element("step-network"), {
    onChange(name, value) {
      numbers = { ...numbers, [name]: value };
      if (isWeight(name)) chosen = name;
      show();
    },
    onChoose(name) {
      if (!isWeight(name)) return;
      chosen = name;
      show();
    },
  });

  function show(): void {
    const step = stepOf(numbers, rate, order.value as UpdateOrder);
    const moments = momentsOf(numbers, rate, step, order.value as UpdateOrder);
    const { title, lines } = moments[moment];
    drawing.show(numbers, step, moment, chosen);
    element("moment").textContent = `${moment + 1} of ${moments.length}. ${title}`;
    element("formulas").replaceChildren(...lines.map((line) => {
      const item = document.createElement("li");
      item.append(...withIndices(line));
      return item;
    }));
    back.disabled = moment === 0;
    forward.disabled = moment === moments.length - 1;
    element("rate-text").textContent = numberText(rate, 3);
    element("loss-now").textContent = `loss L = ${numberText(step.loss, 9)} after ${steps} ${
      steps === 1 ? "update" : "updates"
    }`;
    showCurve(step.loss, gradientOf(step, chosen));
  }

  function showCurve(loss: number, slope: number): void {
    const at = numbers[chosen], reach = 0.7;
    const tangent = [-reach, reach].map((h) => ({ x: at + h, y: loss + slope * h }));
    drawChart(element("loss-along"), [{ label: "loss", points: lossAlong(numbers, chosen) }], {
      title: `The loss along ${chosen}`,
      x: { label: chosen },
      y: { label: null, zero: true },
      marks: [
        Plot.line(tangent, { x: "x", y: "y", stroke: "var(--second)", strokeDasharray: "5 4" }),
        Plot.dot([{ x: at, y: loss }], { x: "x", y: "y", r: 6, fill: "var(--second)" }),
      ],
    });
    element("loss-along-note").textContent =
      `The loss along ${chosen}, everything else as it is; dashed, the slope in the network's place, ` +
      `∂L/∂${chosen} = ${numberText(slope, 5)}. Choose another weight in the drawing.`;
  }

  /** The focus stays where keys go on working. */
  const go = (by: number) => {
    moment += by;
    show();
    const [pressed, other] = by > 0 ? [forward, back] : [back, forward];
    if (pressed.disabled) other.focus();
  };
  back.addEventListener("click", () => go(-1));
  forward.addEventListener("click", () => go(1));
  element("update").addEventListener("click", () => {
    numbers = numbersAfter(numbers, stepOf(numbers, rate, order.value as UpdateOrder));
    steps++;
    show();
  });
  element("mazur").addEventListener("click", () => {
    [numbers, rate, moment, steps] = [FIRST_NUMBERS, FIRST_RATE, 0, 0];
    slider.value = String(rate);
    show();
  });
  order.addEventListener("change", show);
  slider.addEventListener("input", () => {
    rate = Number(slider.value);
    show();
  });
  show();
}
