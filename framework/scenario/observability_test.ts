import { assertEquals } from "../../tests/support/assert.ts";
import { type BadInput, testRefusals } from "../../tests/support/refusals.ts";
import { formatIssue } from "../issue.ts";
import { load, scenarioText } from "./testing.ts";

const observability = (flow: string) => scenarioText({}, `observability: { ${flow} }`);
const matrix = (rows: string) => observability(`matrix: [${rows}]`);
const LISTED = "variable_visibility: { external: [wealth, mood], internal: [inflation, total_economic_value] }";

const CASES: readonly BadInput[] = [
  {
    name: "a row of three",
    text: matrix("«[A, B, insider]"),
    code: "invalid_value",
    message: /^observability\.matrix\[0\] must be a list \[observer, target, level, noise\] or a map, not a list of 3$/,
  },
  {
    name: "a row of five",
    text: matrix("[A, B, insider, 0], «[B, A, insider, 0, 1]"),
    code: "invalid_value",
    message: /^observability\.matrix\[1\] must be a list \[observer, target, level, noise\] or a map, not a list of 5$/,
  },
  {
    name: "a row without target",
    text: matrix("«{ observer: A, level: insider }"),
    code: "missing_key",
    message: /^observability\.matrix\[0\]\.target is missing$/,
  },
  {
    name: "a negative noise",
    text: matrix("[A, B, insider, «-1]"),
    code: "invalid_value",
    message: /^observability\.matrix\[0\]\[3\] must be a number ≥ 0, not -1$/,
  },
  {
    name: "an endless noise",
    text: matrix("[A, B, insider, «.inf]"),
    code: "not_finite",
    message: /'\.inf'/,
  },
  {
    name: "a negative default noise",
    text: observability("default: { level: insider, noise: «-0.1 }"),
    code: "invalid_value",
    message: /^observability\.default\.noise must be a number ≥ 0, not -0\.1$/,
  },
  {
    name: "a misspelt level",
    text: matrix("[A, B, «insidr, 0]"),
    code: "invalid_value",
    message: /must be one of unaware, external, insider, not 'insidr'/,
    hint: /did you mean 'insider'\?/,
  },
  {
    name: "a pair said twice",
    text: matrix("[A, B, insider, 0], [B, A, insider, 0], «{ observer: A, target: B, level: unaware }"),
    code: "duplicate_pair",
    message: /^observability\.matrix\[2\] says again what 'A' sees of 'B'$/,
    hint: /matrix\[0\] says it first/,
  },
  {
    name: "an unknown observer",
    text: matrix("[«AA, B, insider, 0]"),
    code: "unknown_agent",
    message: /^observability\.matrix\[0\]\[0\]: there is no agent 'AA'$/,
    hint: /did you mean 'A'\? valid: \*, A, B$/,
  },
  {
    name: "the world as observer",
    text: matrix("[«global, B, insider, 0]"),
    code: "unknown_agent",
    message: /there is no agent 'global'/,
  },
  {
    name: "an unknown target",
    text: matrix("{ observer: A, target: «globl, level: insider }"),
    code: "unknown_agent",
    message: /^observability\.matrix\[0\]\.target: there is no agent 'globl'$/,
    hint: /did you mean 'global'\?/,
  },
  {
    name: "an unknown external variable",
    text: observability("variable_visibility: { external: [mood, «welth] }"),
    code: "unknown_variable",
    message: /^observability\.variable_visibility\.external\[1\]: there is no variable 'welth'$/,
    hint: /did you mean 'wealth'\?/,
  },
  {
    name: "an unknown internal variable",
    text: observability("variable_visibility: { internal: [«debt] }"),
    code: "unknown_variable",
    message: /internal\[0\]: there is no variable 'debt'/,
    hint: /valid: wealth, mood, inflation/,
  },
  {
    name: "a variable that is external and internal",
    text: observability("variable_visibility: { external: [wealth], internal: [mood, «wealth] }"),
    code: "ambiguous_visibility",
    message: /^the variable 'wealth' is both external and internal$/,
  },
  {
    name: "visibility of another kind",
    text: observability("variable_visibility: { external: [], «extrnal: [] }"),
    code: "unknown_key",
    message: /has no key 'extrnal'/,
    hint: /did you mean 'external'\?/,
  },
];

testRefusals(CASES);

Deno.test("observability is read in both forms of a row, with noise 0 and level unaware unless it says otherwise", async () => {
  const text = scenarioText(
    { agents: "agents: [{ name: A, type: n }, { name: crowd, type: n, count: 2 }]" },
    `
observability:
  ${LISTED}
  matrix:
    - [A, crowd_2, insider, 0.1]
    - [A, crowd, external, null]
    - [crowd, "*", external, 0]
    - { observer: "*", target: global, level: insider }
    - { observer: newcomer_3, target: newcomer, level: unaware, noise: null }
interventions: [{ at: 2, add_agent: { name: newcomer, type: n } }]
`,
  );
  const { scenario, issues } = await load(text);
  assertEquals(issues.map(formatIssue), []);
  assertEquals(scenario!.observability, {
    external: ["wealth", "mood"],
    internal: ["inflation", "total_economic_value"],
    matrix: [
      { observer: "A", target: "crowd_2", level: "insider", noise: 0.1 },
      { observer: "A", target: "crowd", level: "external", noise: 0 },
      { observer: "crowd", target: "*", level: "external", noise: 0 },
      { observer: "*", target: "global", level: "insider", noise: 0 },
      { observer: "newcomer_3", target: "newcomer", level: "unaware", noise: 0 },
    ],
    default: { level: "unaware", noise: 0 },
  });
});

Deno.test("observability that is absent, empty or switched off is null", async () => {
  for (const more of ["", "observability:", "observability: { enabled: false, matrix: [[X, Y, insider, 0]] }"]) {
    const { scenario, issues } = await load(scenarioText({}, more));
    assertEquals(issues.map(formatIssue), [], more);
    assertEquals(scenario!.observability, null, more);
  }
});

Deno.test("variables in neither list are a warning, where somebody looks at level external", async () => {
  const warnings = async (flow: string) =>
    (await load(observability(flow))).issues.map(({ code, line, message }) => `${line} ${code} ${message}`);
  const lists = "variable_visibility: { external: [wealth], internal: [inflation] }";
  const warning = (names: string) =>
    `8 unlisted_variable neither external nor internal: ${names}; observers at level external do not see them`;
  const all = warning("mood, total_economic_value");
  assertEquals(await warnings(`${lists}, default: { level: external }`), [all]);
  assertEquals(await warnings(`${lists}, matrix: [["*", global, external, 0]]`), [all]);
  // Of the world only where it is looked at like that.
  assertEquals(await warnings(`${lists}, matrix: [[A, B, external, 0]]`), [warning("mood")]);
  const settled = `matrix: [["*", global, insider, 0]], default: { level: external }`;
  assertEquals(await warnings(`${lists}, ${settled}`), [warning("mood")]);
  assertEquals(await warnings(`${lists}, default: { level: insider }`), []);
  assertEquals(await warnings(`${LISTED}, default: { level: external }`), []);
});

Deno.test("very many unknown names are found in time that grows with their number", async () => {
  const agents = `agents: [{ name: agent, type: n, count: 10000 }]`;
  const rows = Array.from({ length: 20_000 }, (_, i) => `[agnt_${i}, agnt_${i + 1}, insider, 0]`).join(", ");
  const { issues } = await load(scenarioText({ agents }, `observability: { matrix: [${rows}] }`));
  assertEquals(issues.length >= 200, true);
});
