import assert from "node:assert/strict";
import { jupyterDisplay } from "../plot/figure.ts";
import { formula } from "./formula.ts";

Deno.test("numbers get the requested digits, and powers of ten if they are tiny or huge", () => {
  assert.equal(formula`${1 / 3}`.latex, "0.333333");
  assert.equal(formula.digits(3)`${1 / 3}`.latex, "0.333");
  assert.equal(formula`${0} ${-0} ${12345.678}`.latex, "0 0 12345.7");
  assert.equal(formula`${-1.5e-9} ${2e12}`.latex, String.raw`-1.5 \cdot 10^{-9} 2 \cdot 10^{12}`);
  assert.equal(formula`${NaN}, ${-Infinity}`.latex, String.raw`\text{NaN}, -\infty`);
});

Deno.test("a negative number has parentheses only after an operator", () => {
  assert.equal(
    formula`${-1} + ${-2} \cdot ${-3} = ${-4}, f(${-5}) - ${6}`.latex,
    String.raw`-1 + (-2) \cdot (-3) = -4, f(-5) - 6`,
  );
});

Deno.test("text and backslashes pass unchanged", () => {
  assert.equal(
    formula`\text{net}_{${"h1"}} \underline{\nu}`.latex,
    String.raw`\text{net}_{h1} \underline{\nu}`,
  );
});

Deno.test("the front end gets LaTeX, several lines aligned", async () => {
  const one = await formula`a = ${1}`[jupyterDisplay]();
  assert.equal(one["text/latex"], "$$\na = 1\n$$");
  const two = await formula`a &= ${1} \\ b &= ${2}`[jupyterDisplay]();
  assert.equal(
    two["text/latex"],
    "$$\n\\begin{aligned}\na &= 1 \\\\ b &= 2\n\\end{aligned}\n$$",
  );
});

Deno.test("an exported page gets a picture in the colour of its text, without ids or addresses", async () => {
  const { "image/svg+xml": svg } = await formula`\frac{a}{b} = ${2}`[jupyterDisplay]();
  assert.match(svg, /^<svg [^>]*viewBox="[^"]+"/);
  assert.match(svg, /fill="currentColor"/);
  assert.match(svg, /data-mml-node="mfrac"/);
  assert.doesNotMatch(svg, /merror| id=|href=/);
  assert.equal((await formula`\frac{a}{b} = ${2}`[jupyterDisplay]())["image/svg+xml"], svg);
});
