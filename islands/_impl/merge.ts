/** Two changes of one text in one, by line, as the server does it. Loaded when a conflict or a draft has to be shown. */

import { merged3 } from "../../runner/notebook/page/diff3.ts";

/** Texts and regions in turn: a region is where both sides have changed the same lines, each in its own way. */
export function mix(
  base: string,
  mine: string,
  disk: string,
): (string | { base: string; mine: string; disk: string })[] {
  const parts: (string | { base: string; mine: string; disk: string })[] = [];
  for (const region of merged3(linesOf(base), linesOf(mine), linesOf(disk))) {
    if (region.agreed === undefined) {
      const { base: o, mine: a, disk: b } = region;
      parts.push({ base: o.join(""), mine: a.join(""), disk: b.join("") });
      continue;
    }
    const text = region.agreed.join("");
    const last = parts.at(-1);
    if (typeof last === "string") parts[parts.length - 1] = last + text;
    else if (text !== "") parts.push(text);
  }
  return parts;
}

/** Lines with their ends: joined they are the text. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
