/** A label and where it is drawn, in pixels. */
interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The number that an attribute of a tag has. */
function attribute(tag: string, name: string): number {
  return Number(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]);
}

/** The labels of a piece of SVG, each as wide as Verdana, the widest of the usual fonts, draws it. */
export function labelBoxes(svg: string): Box[] {
  return [...svg.matchAll(/<text( [^>]*text-anchor[^>]*)>([^<]*)/g)].map(([, tag, text]) => {
    const x = attribute(tag, "x"), y = attribute(tag, "y"), width = 7 * text.length;
    const left = tag.includes(`"start"`) ? x : x - width / 2;
    return { text, left, right: left + width, top: y - 11, bottom: y + 3 };
  });
}

/** The circles of a piece of SVG. */
export function circlesOf(svg: string): { x: number; y: number; r: number }[] {
  return [...svg.matchAll(/<circle( [^>]*)>/g)].map(([, tag]) => ({
    x: attribute(tag, "cx"),
    y: attribute(tag, "cy"),
    r: attribute(tag, "r"),
  }));
}
