import assert from "node:assert/strict";
import { emptySamples } from "../dataset/dataset.ts";
import { barChart } from "./bar_chart.ts";
import { SERIES } from "./theme.ts";

/** Position, width and colour of a chart's bars, without the figure's background. */
function bars(svg: string) {
  return [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" [^>]*fill="(#\w+)"/g)]
    .map(([, x, width, color]) => ({ x: Number(x), width: Number(width), color }));
}

Deno.test("bars are proportional to their numbers, to the right above 0 and to the left below", () => {
  const [plus, zero, minus] = bars(
    barChart([{ title: "a", values: [2, 0, -1] }], { title: "t" }).svg,
  );
  assert.deepEqual([plus.color, minus.color], [SERIES[0].light, SERIES[1].light]);
  assert.deepEqual([plus.width, zero.width, minus.width], [80, 0, 40]);
  assert.equal(minus.x + minus.width, plus.x);
});

Deno.test("each column has its own scale and the same labels", () => {
  const columns = [{ title: "a", values: [1, 2] }, {
    title: "b <",
    values: [10, 5],
    labels: ["u", "v"],
  }];
  const { svg } = barChart(columns, { title: "t" });
  assert.deepEqual(bars(svg).map(({ width }) => width), [60, 120, 120, 60]);
  for (const text of [">0<", ">1<", ">u<", ">v<", "b &lt;"]) assert.ok(svg.includes(text), text);
});

Deno.test("columns with the same range have the same scale", () => {
  const columns = [{ title: "a", values: [1, 2], range: [0, 4] }, { title: "b", values: [4, 1] }];
  const { svg } = barChart(columns, { title: "t" });
  assert.deepEqual(bars(svg).map(({ width }) => width), [30, 60, 120, 30]);
});

Deno.test("a column of zeros is drawn too", () => {
  const { svg } = barChart([{ title: "a", values: [0, 0] }], { title: "t" });
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

Deno.test("the image is left of the bars", () => {
  const image = { samples: emptySamples(1, 28, 28), index: 0 };
  const { svg, width } = barChart([{ title: "a", values: [1] }], { title: "t", image });
  assert.match(svg, /<image class="ink"/);
  assert.ok(width > barChart([{ title: "a", values: [1] }], { title: "t" }).width + 28 * 4);
});
