/** What a scenario says when the files that it extends are merged into it: as YAML, with the place of each line. */

import { isScalar, LineCounter, parseDocument, stringify, visit } from "yaml";
import type { IssuePath } from "../issue.ts";
import type { Json } from "../json.ts";
import { readScenarioTree } from "./extends.ts";
import { type ReadFile, ReferencedFiles } from "./files.ts";
import { IssueList, placeOf, toJson } from "./source.ts";

/** A merged scenario. */
export interface MergedScenario {
  /** Without `extends`, in the program's own writing. */
  readonly text: string;
  readonly value: Json;
  /** Where the value of each line was written, from the first line on; null: its parts come from several places. */
  readonly origins: readonly ({ readonly file: string; readonly line: number } | null)[];
}

/** Merges it; null: one of the texts cannot be read. @throws what `readFile` throws, unless it is a SimError */
export async function mergedScenario(
  text: string,
  file: string,
  readFile: ReadFile,
): Promise<MergedScenario | null> {
  const tree = await readScenarioTree(text, file, new ReferencedFiles(readFile), new IssueList());
  if (tree === undefined) return null;
  const value = toJson(tree);
  const merged = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  const origins: ({ file: string; line: number } | null)[] = Array.from(merged.split("\n"), () => null);
  for (const { line, path } of leavesOf(merged)) {
    const { file, line: at } = placeOf(tree, path);
    if (at !== undefined) origins[line - 1] ??= { file, line: at };
  }
  return { text: merged, value, origins };
}

/** Lines of the texts, numbers and the like of a YAML text, with their paths. */
function leavesOf(text: string): { readonly line: number; readonly path: IssuePath }[] {
  const lines = new LineCounter();
  const found: { line: number; path: IssuePath }[] = [];
  visit(parseDocument(text, { lineCounter: lines }), {
    Scalar(key, node, parents) {
      if (key === "key" || !node.range) return;
      const path: (string | number)[] = [];
      parents.forEach((parent, i) => {
        const child = parents[i + 1] ?? node;
        if (typeof parent !== "object" || parent === null || !("items" in parent)) {
          if (parent !== null && typeof parent === "object" && "key" in parent && isScalar(parent.key)) {
            path.push(String(parent.key.value));
          }
        } else if (!("key" in child)) path.push((parent.items as unknown[]).indexOf(child));
      });
      found.push({ line: lines.linePos(node.range[0]).line, path });
    },
  });
  return found;
}
