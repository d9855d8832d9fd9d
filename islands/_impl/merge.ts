/** Two changes of one text in one, by line. Loaded when a conflict has to be shown. */

import { diff3MergeRegions } from "node-diff3";

/** Texts and regions in turn: a region is where both sides have changed the same lines, each in its own way. */
export function mix(
  base: string,
  mine: string,
  disk: string,
): (string | { base: string; mine: string; disk: string })[] {
  const parts: (string | { base: string; mine: string; disk: string })[] = [];
  for (const region of diff3MergeRegions(linesOf(mine), linesOf(base), linesOf(disk))) {
    if (region.stable) {
      const text = region.bufferContent.join("");
      const last = parts.at(-1);
      if (typeof last === "string") parts[parts.length - 1] = last + text;
      else parts.push(text);
      continue;
    }
    const [a, o, b] = [region.aContent.join(""), region.oContent.join(""), region.bContent.join("")];
    // The same change on both sides is none to ask about.
    if (a === b) parts.push(a);
    else parts.push({ base: o, mine: a, disk: b });
  }
  return parts;
}

/** Lines with their ends: joined they are the text. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
