/** The notebooks that the pages' benchmarks open. */

/** A scenario of `bench/ui/paced`: `quick` turns at once, then one every `pause` milliseconds. */
export function pacedScenario({ turns, quick = turns, pause = 0 }: {
  readonly turns: number;
  readonly quick?: number;
  readonly pause?: number;
}): string {
  return `domain: paced
simulation: { name: walk, max_turns: ${turns}, checkpoint_interval: 1000 }
engine: { type: walk }
validator: { type: always_valid }
agents:
  - { name: pacer, type: pacer, config: { from: ${quick}, pause_ms: ${pause} } }
state_variables:
  agent_vars: {}
  global_vars: { walk: { type: float, default: 0 }, wave: { type: float, default: 0 } }
events: { verbosity: MILESTONE }`;
}

/** As many cells as asked for, of kinds that cost nothing, with prose between them; after a run, of which so many are charts. */
export function mixedPage(cells: number, charts: number): string {
  const parts = [...TITLE, cell("yaml scenario #world", pacedScenario({ turns: 200 })), RUN];
  for (let i = 2; i < cells; i++) {
    if (i % 5 === 0) {
      parts.push(`## Part ${i / 5}\n\n${PROSE} The walk ends at **\${walk.walk}** after \${walk.turn} turns.\n`);
    }
    parts.push(i >= cells - charts ? CHART : CHEAP[i % CHEAP.length]!(i, "walk"));
  }
  return parts.join("\n");
}

/** The same without anything that is drawn. */
export function plainPage(cells: number): string {
  const parts = [...TITLE, cell("yaml scenario #world", pacedScenario({ turns: 200 }))];
  for (let i = 1; i < cells; i++) {
    if (i % 5 === 0) parts.push(`## Part ${i / 5}\n\n${PROSE}\n`);
    parts.push(CHEAP[i % CHEAP.length]!(i, "(SELECT 1 AS turn, 2 AS walk, 3 AS wave)"));
  }
  return parts.join("\n");
}

/** Two runs of 5,000 turns that go on at twenty turns a second, one below the other, and a chart of each. */
export function streamingPage(quick: number, turns: number, pause: number): string {
  const run = (id: string, seed: number) =>
    cell(`yaml run #${id} fold`, `scenario: world\nseed: ${seed}\nwatch: [walk, wave]`);
  const chart = (id: string) => cell("yaml chart fold", `data: ${id}\nmark: line\nx: turn\ny: walk`);
  return [
    "---\nnotebook: 1\ntitle: Two runs\n---\n",
    cell("yaml scenario #world fold", pacedScenario({ turns, quick, pause })),
    ...[run("one", 1), run("two", 2), chart("one"), chart("two")],
  ].join("\n");
}

const PROSE =
  "Four nations invest and trade. One of them is poor and invests 40 % of its output. When does it overtake the " +
  "others? *Move the slider*: what depends on it goes stale, and `nothing` runs before you say so.";

const TITLE = ["---\nnotebook: 1\ntitle: A page of many cells\n---\n", "# A page of many cells\n"];

const RUN = cell("yaml run #walk", "scenario: world\nseed: 1");

const CHART = cell("yaml chart", "data: walk\nmark: line\nx: turn\ny: walk\nlabel: The walk");

const CHEAP: readonly ((i: number, table: string) => string)[] = [
  (i) => cell(`yaml input #share_${i}`, `type: range\nmin: 0\nmax: 1\nstep: 0.05\nvalue: 0.4\nlabel: Share ${i}`),
  (i) =>
    cell(
      `yaml scenario #variant_${i}`,
      `scenario: world\nset:\n  simulation.max_turns: ${100 + i}\n  agents.pacer.config.from: ${i}`,
    ),
  (i, table) =>
    cell(
      `sql table #rows_${i}`,
      `SELECT turn, walk, wave -- every twentieth\nFROM ${table}\nWHERE turn % 20 = ${i % 20}\nORDER BY turn`,
    ),
  (i) => cell(`yaml input #choice_${i}`, "type: select\noptions: [500, 2000, 10000]\nvalue: 2000\nlabel: Traders"),
];

function cell(info: string, body: string): string {
  return `\`\`\`${info}\n${body}\n\`\`\`\n`;
}
