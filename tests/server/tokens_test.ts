/** Every pair of colours that is written with can be read: 4.5 to 1 for text, 3 to 1 for the frames of controls. */

import { assertTrue } from "../support/assert.ts";

const CSS = await Deno.readTextFile(new URL("../../static/tokens.css", import.meta.url));
const COLORS = new Map(
  [...CSS.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)]
    .map(([, name, light, dark]) => [name!, { light: light!, dark: dark! }]),
);

const GROUNDS = ["bg", "sunken", "raised", "hover", "accent-soft"];
const STATUSES = ["queued", "running", "done", "cached", "stale", "error"];
const TEXTS = [
  ...GROUNDS.flatMap((ground) => ["text", "muted", "accent"].map((text) => [text, ground])),
  ...STATUSES.flatMap((status) => [`${status}-bg`, "bg", "sunken", "raised"].map((ground) => [status, ground])),
  ...STATUSES.map((status) => ["text", `${status}-bg`]),
  ["on-accent", "accent"],
] as [string, string][];

for (const theme of ["light", "dark"] as const) {
  Deno.test(`text can be read on every ground it stands on, ${theme}`, () => {
    for (const [text, ground] of TEXTS) assertContrast(text, ground, 4.5, theme);
  });
  Deno.test(`frames of controls can be seen, ${theme}`, () => {
    for (const ground of ["bg", "raised"]) assertContrast("control-border", ground, 3, theme);
  });
}

function assertContrast(text: string, ground: string, least: number, theme: "light" | "dark"): void {
  const [a, b] = [text, ground].map((name) => luminance(COLORS.get(name)![theme])) as [number, number];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  assertTrue(contrast >= least, `--${text} on --${ground}: ${contrast.toFixed(2)}`);
}

/** By WCAG 2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
