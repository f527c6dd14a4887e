import assert from "node:assert/strict";
import { lineChart } from "./line_chart.ts";
import { SERIES } from "./theme.ts";

const axes = {
  x: { label: "w", scale: "linear" },
  y: { label: "loss", scale: "linear" },
} as const;
const curve = [0, 1, 2].map((x) => ({ series: "L", x, y: (x - 1) ** 2 }));

Deno.test("a path is drawn in the order of its points, not from left to right", () => {
  const points = [{ x: 0, y: 1 }, { x: 2, y: 1 }, { x: 1, y: 0 }];
  const { svg } = lineChart(curve, { title: "t", ...axes, path: { label: "steps", points } });
  const orange = svg.slice(svg.lastIndexOf(`stroke="${SERIES[1].light}"`));
  const [, path] = /<path d="M([^"]*)"/.exec(orange) ?? [];
  const places = path.split("L").map((place) => Number(place.split(",")[0]));
  assert.equal(places.length, 3);
  assert.ok(places[0] < places[2] && places[2] < places[1]);
  assert.ok(svg.includes("steps"));
});

Deno.test("without a path there are only the curves", () => {
  const { svg } = lineChart(curve, { title: "t", ...axes });
  assert.ok(svg.includes(SERIES[0].light) && !svg.includes(SERIES[1].light));
});
