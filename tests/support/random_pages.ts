/** Pages of notebooks that nobody would write: for laws that hold for every text. */

import fc from "./properties.ts";

const BREAKS = fc.constantFrom("\n", "\n", "\n", "\r\n", "\r");

/** Lines that look like something to a parser, whole and broken. */
const LINES = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("", "", " ", "\t") },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "Prose with **stars** and ${base.gini}.",
      "# Heading",
      "> ```yaml run #quoted",
      "- a list",
      "  - inside",
      "---",
      "...",
      "<!-- a comment",
      "-->",
      "<div>",
      "    ```sql table #indented",
      "seed: 1",
      "title: A page",
      "scenario: growth",
      "of: [base, other]",
      "select * from base where x > ${rate}",
      "$${escaped} ${ ${a}",
      "a ``` in the middle",
      "\u0000\u2028 odd \uFEFF",
      "👩‍🔬 é",
    ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(
      fc.constantFrom("", "", "", " ", "   "),
      fc.constantFrom("```", "```", "```", "````", "`````", "~~~", "~~~~", "``"),
      fc.constantFrom(
        "",
        "",
        "",
        " ",
        "yaml",
        "yaml run #base",
        "yaml run #base manual",
        "yaml input #rate",
        "yaml scenario #growth extends=a/b.yaml",
        "yaml batch #sweep hide-source",
        "sql table #rows",
        "yaml chart",
        "yaml chart #rows from=base",
        "yaml run #b`ad",
        "json",
        "yaml conversation #",
        "YAML run",
      ),
    ).map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);

/** A cell as people write it, around whatever lines. */
const CELLS = fc.tuple(
  fc.constantFrom("```", "````", "~~~"),
  fc.constantFrom("yaml run #base", "yaml input #rate", "sql table #rows", "yaml chart from=rows", "js"),
  fc.array(LINES, { maxLength: 4 }),
).map(([fence, info, lines]) => [fence + info, ...lines, fence].join("\n"));

/** The text of a page. */
export const randomPage: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom("", "", "", "\uFEFF", "---\ntitle: A page\n---\n", "---\r\ntitle: [\r\n---\r\n", "---\n"),
  fc.array(
    fc.tuple(fc.oneof({ weight: 3, arbitrary: LINES }, { weight: 1, arbitrary: CELLS }), BREAKS).map((parts) =>
      parts.join("")
    ),
    { maxLength: 24 },
  ),
  fc.constantFrom("", "last line without an end"),
).map(([front, lines, last]) => front + lines.join("") + last);

/** What somebody types into a cell. */
export const randomBody: fc.Arbitrary<string> = fc.array(LINES, { maxLength: 6 }).map((lines) => lines.join("\n"));
