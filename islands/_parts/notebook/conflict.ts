/** A conflict's answers: which side each region takes, and what the text is then. */

import type { Mixed, Region } from "./sync.ts";

/** What a region takes. */
export type Pick = "mine" | "disk" | "both";

/** The regions of a mixed text, in order. */
export function regionsOf(mixed: Mixed): Region[] {
  return mixed.filter((part): part is Region => typeof part !== "string");
}

/** The text, each region answered; null: one is not. */
export function answered(mixed: Mixed, picks: readonly (Pick | undefined)[]): string | null {
  let n = 0;
  const parts = mixed.map((part) => typeof part === "string" ? part : taken(part, picks[n++]));
  return parts.every((part) => part !== null) ? parts.join("") : null;
}

/** Answers for a new set of regions: those to regions that are as they were stay. */
export function carriedOver(
  before: readonly Region[],
  picks: readonly (Pick | undefined)[],
  now: readonly Region[],
): (Pick | undefined)[] {
  return now.map(({ mine, disk }) => picks[before.findIndex((region) => region.mine === mine && region.disk === disk)]);
}

/** In which cell a region is, by the text around it: `run #base`; null: in none. */
export function whereIs(mixed: Mixed, region: Region): string | null {
  const at = mixed.indexOf(region);
  const above = mixed.slice(0, at).map((part) => typeof part === "string" ? part : part.mine).join("");
  const fences = [
    ...`${above}${region.mine}`.slice(0, above.length + 1 + region.mine.indexOf("\n") + 1)
      .matchAll(/^(`{3,}|~{3,})[ \t]*([^\n]*)$/gm),
  ];
  let open: { readonly fence: string; readonly info: string } | null = null;
  for (const [, fence, info] of fences) {
    if (open === null) open = { fence: fence!, info: info!.trim() };
    else if (fence!.startsWith(open.fence) && info!.trim() === "") open = null;
  }
  const [, kind, id] = /^(?:yaml|sql|js)[ \t]+(\w+)(?:.*?(#\w+))?/.exec(open?.info ?? "") ?? [];
  return kind === undefined ? null : id === undefined ? kind : `${kind} ${id}`;
}

function taken(region: Region, pick: Pick | undefined): string | null {
  switch (pick) {
    case undefined:
      return null;
    case "mine":
      return region.mine;
    case "disk":
      return region.disk;
    case "both":
      return region.mine.endsWith("\n") || region.mine === ""
        ? region.mine + region.disk
        : `${region.mine}\n${region.disk}`;
  }
}
