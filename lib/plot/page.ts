/**
 * Pages that are one file: they load nothing, and their policy forbids it.
 * @module
 */

/**
 * A style sheet or script of a page, as its policy (`Content-Security-Policy`) permits it: nothing else
 * on the page is then applied or run, whatever it contains.
 *
 * @param source the text between the tags
 */
export async function sourceHash(source: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(source));
  return `'sha256-${new Uint8Array(bytes).toBase64()}'`;
}

/**
 * Fills in a page.
 *
 * @param page HTML
 * @param contents each behind the first place in the page that has the text before it
 */
export function fillPage(
  page: string,
  contents: readonly (readonly [place: string, content: string])[],
): string {
  return contents.reduce(
    (page, [place, content]) => page.replace(place, () => place + content),
    page,
  );
}
