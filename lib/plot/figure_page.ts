import { projectPath } from "../base/project.ts";
import { escapeXml, type Figure } from "./figure.ts";
import { fillPage, sourceHash } from "./page.ts";
import { themeSheet } from "./theme.ts";

/**
 * A figure as one self-contained page, on which the words of its marks (their `aria-label`) stand beside
 * the pointer or are reached with the keyboard. It can be mailed, and it asks nothing of any server: its
 * policy permits its own two style sheets and its own script, and nothing else.
 *
 * @returns HTML; the same bytes for the same figure
 */
export async function figurePage({ title, svg }: Figure): Promise<string> {
  const read = (ending: string) =>
    Deno.readTextFile(projectPath("lib", "plot", `figure_page.${ending}`));
  const [page, sheet, script] = await Promise.all(["html", "css", "js"].map(read));
  const style = themeSheet() + sheet;
  const own = /<style>(.*?)<\/style>/s.exec(svg)?.[1] ?? "";
  const policy = `default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; ` +
    `style-src ${await sourceHash(style)} ${await sourceHash(own)}; ` +
    `script-src ${await sourceHash(script)}`;
  return fillPage(page, [
    [`-Policy" content="`, policy],
    ["<title>", escapeXml(title)],
    ["<style>", style],
    ["<script>", script],
    [`aria-describedby="keys">`, svg.replace(`role="img"`, `role="graphics-document"`)],
  ]);
}
