/** Front matter: YAML between two `---` lines, the first of which is the first line of the file. */

import { LineCounter, parseDocument } from "yaml";
import type { Lines } from "./lines.ts";
import type { FrontMatter, PageIssue } from "./types.ts";

/** The version of the format that this program reads. */
export const FORMAT = 1;

/** What stands before the first cell or prose. */
export interface Front {
  /** Lines that it takes; 0: there is none. */
  readonly lines: number;
  readonly front: FrontMatter | null;
  readonly issues: readonly PageIssue[];
}

/** Reads the front matter of a text whose lines these are. */
export function readFront(lines: Lines): Front {
  if (!isRule(lines.text(0))) return { lines: 0, front: null, issues: [] };
  let end = 1;
  // No YAML has a fence: what comes after one is no front matter, however many rules there are below.
  while (end < lines.count && !isRule(lines.text(end)) && !/^(?:```|~~~)/.test(lines.text(end))) end++;
  if (end >= lines.count || !isRule(lines.text(end))) return unclosed(lines);
  const yaml = Array.from({ length: end - 1 }, (_, index) => lines.text(index + 1)).join("\n");
  return { lines: end + 1, ...readYaml(yaml) };
}

/** A byte order mark may stand before it. */
function isRule(line: string): boolean {
  return /^\uFEFF?---[ \t]*$/.test(line);
}

/** `---` without a second one is a rule across the page, unless what follows looks like front matter. */
function unclosed(lines: Lines): Front {
  if (!/^(notebook|title):/.test(lines.text(1))) return { lines: 0, front: null, issues: [] };
  const message = "the front matter is not closed";
  const hint = "put a line with --- after it";
  return { lines: 0, front: null, issues: [{ severity: "error", code: "front_unclosed", message, hint, line: 1 }] };
}

function readYaml(yaml: string): { front: FrontMatter | null; issues: PageIssue[] } {
  const counter = new LineCounter();
  const issues: PageIssue[] = [];
  const options = { lineCounter: counter, prettyErrors: false, logLevel: "error", uniqueKeys: false } as const;
  const document = parseDocument(yaml, options);
  for (const error of document.errors) {
    const { line, col } = counter.linePos(error.pos[0]);
    issues.push({
      severity: "error",
      code: "front_yaml",
      message: `front matter: ${error.message}`,
      line: Math.max(line, 1) + 1,
      column: Math.max(col, 1),
    });
  }
  if (issues.length > 0) return { front: null, issues };
  const lineOf = (key: string): number => {
    const node = document.getIn([key], true) as { range?: [number, number, number] } | undefined;
    return node?.range === undefined ? 2 : counter.linePos(node.range[0]).line + 1;
  };
  const wrong = (code: string, message: string, line: number, hint?: string) =>
    issues.push({ severity: "error", code, message, ...(hint === undefined ? {} : { hint }), line });
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    // Aliases that would unfold without bounds.
    wrong("front_yaml", `front matter: ${(error as Error).message}`, 2);
    return { front: null, issues };
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    wrong("front_yaml", "front matter is a mapping: notebook: 1, title: …", 2);
    return { front: null, issues };
  }
  const front: { [key: string]: unknown } = { ...value };
  if (front.notebook !== undefined && front.notebook !== FORMAT) {
    const hint = `this program reads notebook: ${FORMAT}`;
    wrong("front_version", `this page says notebook: ${JSON.stringify(front.notebook)}`, lineOf("notebook"), hint);
    if (typeof front.notebook !== "number") delete front.notebook;
  }
  if (typeof front.title === "number" || typeof front.title === "boolean") front.title = String(front.title);
  if (front.title === null) delete front.title;
  if (front.title !== undefined && typeof front.title !== "string") {
    wrong("front_title", "the title is text", lineOf("title"), "put it in quotes");
    delete front.title;
  }
  return { front: front as FrontMatter, issues };
}
