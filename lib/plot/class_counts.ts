import * as Plot from "@observablehq/plot";
import { countText } from "../base/number_text.ts";
import { max } from "../base/statistics.ts";
import { classCounts, type Dataset } from "../dataset/dataset.ts";
import { type Figure, figure, plotPanel } from "./figure.ts";
import { SERIES, THEME } from "./theme.ts";

/** Draws the number of training and test images of each class as bars. */
export function classCountBars(dataset: Dataset): Figure {
  const parts = [
    { name: "train", samples: dataset.train, ...SERIES[0] },
    { name: "test", samples: dataset.test, ...SERIES[1] },
  ].filter(({ samples }) => samples.count > 0);
  const panels = parts.map(({ name, samples, light }) => {
    const counts = classCounts(samples, dataset.classes.length)
      .map((count, label) => ({ count, name: dataset.classes[label] }));
    return plotPanel({
      width: 350,
      height: 24 + 24 * counts.length,
      marginTop: 20,
      marginBottom: 4,
      marginLeft: 24 + 6 * (max(dataset.classes, (name) => name.length) ?? 0),
      marginRight: 46,
      x: { axis: null },
      y: { domain: [...dataset.classes], label: null },
      marks: [
        Plot.barX(counts, { x: "count", y: "name", fill: light, insetTop: 2, insetBottom: 2 }),
        Plot.text(counts, {
          x: "count",
          y: "name",
          text: ({ count }) => countText(count),
          textAnchor: "start",
          dx: 6,
          fontSize: 12,
        }),
        Plot.axisY({ tickSize: 0, fontSize: 12, label: null, fill: THEME.muted.light }),
        Plot.text([`${name}: ${countText(samples.count)} images`], {
          frameAnchor: "top-left",
          dy: -16,
          fontSize: 12,
          fontWeight: 600,
        }),
      ],
    });
  });
  return figure({ title: `How many images of each class (${dataset.name})` }, panels);
}
