import { projectPath } from "../base/project.ts";
import { escapeXml, type Figure } from "./figure.ts";
import { fillPage, sourceHash } from "./page.ts";
import { themeSheet } from "./theme.ts";

/** The learning curves of a trial. */
export interface PageTrial {
  readonly label: string;
  /** After each epoch: its number, the training loss, the loss and the accuracy on held-out images. */
  readonly records: readonly (readonly [number, number, number, number])[];
}

/** A figure on a page with its data. */
export interface PageEntry {
  /** Name of the table's file. */
  readonly name: string;
  /** The text of its marks, their `aria-label`, is shown beside the pointer. */
  readonly figure: Figure;
  /** Further figures, below the first, whose marks are found as its marks are. */
  readonly more?: readonly Figure[];
  /** Sentences below the figure. */
  readonly notes?: readonly string[];
  /** Trials of each mark, by its text: indices in `trials`. */
  readonly marks?: Readonly<Record<string, readonly number[]>>;
  readonly trials?: readonly PageTrial[];
  /** Images held out from the trials' training; defaults to `test`. */
  readonly heldOut?: "validation" | "test";
  /** Names and values for the list below the figure. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
}

/**
 * Creates one self-contained page of figures. The text of a mark is shown beside the pointer or reached with
 * the keyboard, and the learning curves of its trials beside the figure. Of several figures, the reader
 * chooses one or two to compare. The page can be mailed, and requests nothing from any server: its policy
 * permits only its own style sheets and script.
 *
 * @param entries at least one
 * @returns HTML; equal figures give equal bytes
 */
export async function figurePage(
  title: string,
  entries: readonly PageEntry[],
): Promise<string> {
  const read = (ending: string) =>
    Deno.readTextFile(projectPath("lib", "plot", `figure_page.${ending}`));
  const [page, sheet, script] = await Promise.all(["html", "css", "js"].map(read));
  const style = themeSheet() + sheet;
  const sheets = entries.flatMap(({ figure, more = [] }) => [figure, ...more]).map(({ svg }) =>
    /<style>(.*?)<\/style>/s.exec(svg)?.[1] ?? ""
  );
  const hashes = await Promise.all([...new Set([style, ...sheets])].map(sourceHash));
  const policy = `default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; ` +
    `style-src ${hashes.join(" ")}; script-src ${await sourceHash(script)}`;
  const data = entries.map(({ marks = {}, trials = [], heldOut = "test" }) => ({
    marks,
    trials,
    heldOut,
  }));
  return fillPage(page, [
    [`-Policy" content="`, policy],
    ["<title>", escapeXml(title)],
    ["<style>", style],
    ["<script>", script],
    // A cell's text must not end the element.
    [`<script type="application/json">`, JSON.stringify(data).replaceAll("<", "\\u003c")],
    [
      `<div class="tip" hidden></div>`,
      (entries.length > 1 ? chooser(entries) : "") +
      entries.map(section).join("\n"),
    ],
  ]);
}

/** The list of all sweeps, and two menus to choose from. */
function chooser(entries: readonly PageEntry[]): string {
  const options = entries.map(({ name }, i) => `<option value="${i}">${escapeXml(name)}</option>`)
    .join("");
  const fact = ({ facts = [] }: PageEntry, name: string) =>
    `<td>${escapeXml(facts.find(([own]) => own === name)?.[1] ?? "")}</td>`;
  const lines = entries.map((entry, i) =>
    `<tr><td><button type="button" data-show="${i}">${escapeXml(entry.name)}</button></td>` +
    `${["dataset", "varied", "trials", "best"].map((name) => fact(entry, name)).join("")}</tr>`
  );
  return `<nav><table><thead><tr><th>table</th><th>dataset</th><th>varied</th><th>trials</th>` +
    `<th>best</th></tr></thead><tbody>${lines.join("")}</tbody></table>` +
    `<p><label>show <select id="first">${options}</select></label> ` +
    `<label>compare with <select id="second"><option value="">nothing</option>${options}` +
    `</select></label></p></nav>\n`;
}

function section(entry: PageEntry, place: number): string {
  const { name, figure, more = [], notes = [], facts = [] } = entry;
  const svg = [figure, ...more].map((one) =>
    one.svg.replace(`role="img"`, `role="graphics-document"`)
  ).join("");
  const list = facts.map(([name, value]) =>
    `<tr><th>${escapeXml(name)}</th><td>${escapeXml(value)}</td></tr>`
  );
  return `<section${place > 0 ? " hidden" : ""} aria-label="${escapeXml(name)}">` +
    `<div class="figure" tabindex="0" role="group" aria-describedby="keys">${svg}</div>` +
    `<div class="course" hidden></div>` +
    notes.map((note) => `<p class="note">${escapeXml(note)}</p>`).join("") +
    (list.length === 0 ? "" : `<details class="facts" open><summary>${escapeXml(name)} was run ` +
      `with</summary><table>${list.join("")}</table></details>`) +
    `</section>`;
}
