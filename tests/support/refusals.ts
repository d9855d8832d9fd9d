/** Tests of what scenarios get wrong. */

import { formatIssue } from "../../framework/issue.ts";
import { errorsOf, load, marked } from "../../framework/scenario/testing.ts";
import { assertEquals, assertMatches } from "./assert.ts";

/** A scenario that is refused. */
export interface BadInput {
  readonly name: string;
  /** The text, with « where the issue must point. */
  readonly text: string;
  readonly code: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

/** A test for each of `cases`: one error, with this code, exactly there. */
export function testRefusals(cases: readonly BadInput[]): void {
  for (const { name, text: withMark, code, message, hint } of cases) {
    Deno.test(`a scenario with ${name} is refused with ${code} at its place`, async () => {
      const { text, line, column } = marked(withMark);
      const loaded = await load(text);
      const errors = errorsOf(loaded);
      assertEquals(errors.map(({ code }) => code), [code], loaded.issues.map(formatIssue).join("\n"));
      const [issue] = errors;
      assertEquals([issue!.file, issue!.line, issue!.column], ["demo.yaml", line, column], formatIssue(issue!));
      assertMatches(issue!.message, message);
      if (hint !== undefined) assertMatches(issue!.hint ?? "", hint);
      assertEquals(loaded.scenario, undefined);
    });
  }
}
