/** Rubrics: what a judge gives points for. */

import { type Issue, issuesError } from "llm-sim";

/** One thing that gets 1 to 5 points. */
export interface Criterion {
  /** Name as verdicts have it. */
  readonly name: string;
  /** What 1 and 5 points mean. */
  readonly meaning: string;
}

const MOST = 20;
const BULLET = /^-\s/;
const CRITERION = /^-\s+([A-Za-z][A-Za-z0-9_]{0,49})\s*:\s*(\S.*)$/;
const HINT = "a line has the form '- name: what 1 and 5 mean'; the name is of letters, digits and '_'";

/**
 * The criteria in a Markdown text: its lines `- name: what 1 and 5 mean`; a line that is indented belongs to the one above,
 * all others are for people.
 *
 * @param file the text's file, for errors
 * @throws {SimError} `bad_rubric` with the place of all that is wrong: lines that are no criteria, names that are there
 *   twice, no criterion at all, more than 20
 */
export function readRubric(text: string, file: string): readonly Criterion[] {
  const criteria: Criterion[] = [];
  const issues: Issue[] = [];
  const report = (problem: string, line: number, hint: string) => {
    const message = `${file}:${line}:1: ${problem}`;
    issues.push({ severity: "error", code: "bad_rubric", message, hint, file, line, column: 1 });
  };
  for (const { text: written, line } of bulletsOf(text)) {
    const [, name, meaning] = CRITERION.exec(written) ?? [];
    if (name === undefined || meaning === undefined) {
      report(`'${written.slice(0, 80)}' is no criterion`, line, HINT);
    } else if (criteria.some((before) => before.name === name)) {
      report(`there are two criteria '${name}'`, line, "give one of them another name");
    } else {
      criteria.push({ name, meaning });
    }
  }
  if (criteria.length === 0 && issues.length === 0) report("the rubric has no criteria", 1, HINT);
  if (criteria.length > MOST) {
    report(`the rubric has ${criteria.length} criteria, more than ${MOST}`, 1, "leave some out");
  }
  if (issues.length > 0) throw issuesError(issues);
  return criteria;
}

/** The list's entries on one line each, with the line where they begin. */
function bulletsOf(text: string): { text: string; readonly line: number }[] {
  const bullets: { text: string; readonly line: number }[] = [];
  let isOpen = false;
  for (const [i, line] of text.replace(/^\ufeff/, "").split(/\r\n?|\n/).entries()) {
    const begins = BULLET.test(line);
    isOpen = begins || (isOpen && /^\s+\S/.test(line));
    if (begins) bullets.push({ text: line.trim(), line: i + 1 });
    else if (isOpen) bullets.at(-1)!.text += ` ${line.trim()}`;
  }
  return bullets;
}
