/**
 * Self-contained pages: they load nothing, which their policy enforces.
 * @module
 */

/**
 * Returns the hash with which a page's `Content-Security-Policy` permits one of its style sheets or scripts,
 * so that nothing else is applied or run.
 *
 * @param source the text between the tags
 */
export async function sourceHash(source: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(source));
  return `'sha256-${new Uint8Array(bytes).toBase64()}'`;
}

/**
 * Inserts contents into a page.
 *
 * @param page HTML
 * @param contents pairs of a text and the content to insert after its first occurrence
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
