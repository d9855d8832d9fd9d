/** Reads a YAML file that is not a scenario with the scenario reader's rules and positions. */

import type { Issue, IssuePath } from "../issue.ts";
import type { Json } from "../json.ts";
import { readDocument } from "./document.ts";
import { IssueList, type Place, placeOf, toJson } from "./source.ts";

/** A YAML text as JSON. */
export interface ReadYaml {
  /** Absent when there were errors. */
  readonly value?: Json;
  readonly issues: readonly Issue[];
  /** Where a path is written. */
  readonly locate: (path: IssuePath) => Place;
}

/** The value of `text`; `file` is the name that issues give. */
export function readYaml(text: string, file: string): ReadYaml {
  const list = new IssueList();
  const root = readDocument(text, file, list);
  const issues = list.sorted(file);
  const locate = (path: IssuePath): Place => root ? placeOf(root, path) : { file };
  return root === undefined || list.failed ? { issues, locate } : { value: toJson(root), issues, locate };
}
