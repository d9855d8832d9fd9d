/** Names and values where lines end, instead of a legend. */

import { compactNumber, escapeMarkup } from "../report/markup.ts";

/** Name and value where a line ends. */
export interface End {
  readonly name: string;
  readonly x: number;
  readonly value: number;
  readonly color: string;
  readonly dash: string | null;
}

/** An end whose label is drawn at the vertical position `at`. */
export type EndLabel = End & { readonly at: number };

/** Where the lines are drawn, in pixels, and what is behind them. */
export interface PlotArea {
  /** The horizontal axis from `left` to `right` spans these values. */
  readonly xs: readonly [number, number];
  readonly left: number;
  readonly right: number;
  /** Vertical position of a value. */
  readonly pixel: (value: number) => number;
  /** Colour of the ground. */
  readonly ground: string;
}

const LABEL_HEIGHT = 15;
/** Length of the coloured line between a line's end and its label. */
export const LEADER = 22;
/** Of all text in charts but titles, in pixels. */
export const FONT_SIZE = 12;

/**
 * Labels moved apart vertically, in the order of their values: overlapping ones form a block centred on where its labels
 * would be, kept between `top` and `bottom` as far as it fits.
 */
export function spread(
  ends: readonly End[],
  pixel: (value: number) => number,
  top: number,
  bottom: number,
): EndLabel[] {
  const blocks: { sum: number; first: number; ends: readonly End[] }[] = [];
  const blockOf = (sum: number, members: readonly End[]) => {
    const height = (members.length - 1) * LABEL_HEIGHT;
    const centred = sum / members.length - height / 2;
    return { sum, ends: members, first: Math.max(top, Math.min(centred, bottom - height)) };
  };
  for (const end of ends.toSorted((a, b) => b.value - a.value)) {
    let block = blockOf(pixel(end.value), [end]);
    for (let above = blocks.at(-1); above !== undefined; above = blocks.at(-1)) {
      if (above.first + above.ends.length * LABEL_HEIGHT <= block.first) break;
      blocks.pop();
      block = blockOf(above.sum + block.sum, [...above.ends, ...block.ends]);
    }
    blocks.push(block);
  }
  return blocks.flatMap((block) => block.ends.map((end, i) => ({ ...end, at: block.first + i * LABEL_HEIGHT })));
}

/** Dot, leader and text of each label as SVG. Drawn here: Plot has no way to move labels apart vertically. */
export function labelsSvg(labels: readonly EndLabel[], plot: PlotArea): string {
  const { xs, left, right, pixel, ground } = plot;
  const single = labels.length === 1;
  const n = (value: number) => Number(value.toFixed(1));
  return labels.map((label) => {
    const share = xs[0] === xs[1] ? 0.5 : (label.x - xs[0]) / (xs[1] - xs[0]);
    const [x, y] = [n(left + share * (right - left)), n(pixel(label.value))];
    const dash = label.dash === null ? "" : ` stroke-dasharray="3 2"`;
    const leader = single ? "" : `<path d="M${n(right + 5)},${y}L${n(right + 13)},${n(label.at)}H${n(right + LEADER)}" \
fill="none" stroke="${label.color}" stroke-width="1.5"${dash}/>`;
    const words = `${label.name} ${compactNumber(label.value)}`.trim();
    return `${leader}<circle cx="${x}" cy="${y}" r="3" fill="${label.color}" stroke="${ground}"/>\
<text x="${n(right + (single ? 9 : LEADER + 5))}" y="${n(label.at)}" dy="0.34em" text-anchor="start" \
font-variant="tabular-nums">${escapeMarkup(words)}</text>`;
  }).join("");
}

/** About how many pixels wide `text` is at the charts' font size; a little too wide rather than too narrow. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    width += code >= 0x1100 ? 1 : /[MWmw@%]/.test(character) ? 0.95 : /[.,:;il|' ]/.test(character) ? 0.38 : 0.64;
  }
  return width * FONT_SIZE;
}
