import { assertEquals, assertNear, assertTrue } from "../../tests/support/assert.ts";
import { exampleRun } from "./example_run.ts";
import { chooseCharts, quantile, thinned } from "./series.ts";

Deno.test("chooseCharts: reporters in scenario order, then globals that vary, then agent variables that vary", async () => {
  const { charts, constants, omitted } = chooseCharts(await exampleRun());
  assertEquals(charts.map((chart) => `${chart.section} ${chart.variable}`), [
    "metrics total",
    "metrics gini",
    "world inflation",
    "agents wealth",
  ]);
  assertEquals(charts[3]!.lines.map((line) => line.name), ["Atlantia", "Borealis", "Cascadia"]);
  assertEquals(charts[3]!.unit, "USD bn");
  assertEquals(constants, [{ name: "oil_price", value: 80 }]);
  assertEquals(omitted, []);
});

Deno.test("chooseCharts: a description's end in square brackets is the unit", async () => {
  const run = await exampleRun();
  const charted = (description: string | null) => {
    const agent_vars = { wealth: { type: "float", description } };
    const scenario = { ...run.scenario, state_variables: { ...run.scenario.state_variables, agent_vars } };
    const { unit, description: text } = chooseCharts({ ...run, scenario }).charts.at(-1)!;
    return [unit, text];
  };
  assertEquals(charted("Net wealth [USD bn]"), ["USD bn", "Net wealth"]);
  assertEquals(charted("[%]"), ["%", undefined]);
  assertEquals(charted("Net wealth (all)"), [undefined, "Net wealth (all)"]);
  assertEquals(charted(null), [undefined, undefined]);
});

Deno.test("chooseCharts: a constant reporter is drawn all the same", async () => {
  const run = await exampleRun();
  const global = run.global.map((row) => ({ ...row, "metric.gini": 0.5 }));
  assertEquals(chooseCharts({ ...run, global }).charts[1]!.variable, "gini");
});

Deno.test("chooseCharts: more than twelve agents are a band of percentiles by turn", async () => {
  const agents = Array.from({ length: 13 }, (_, i) => `a${i}`);
  const chart = chooseCharts(await exampleRun({ agents, turns: 4 })).charts.at(-1)!;
  assertEquals(chart.lines, []);
  assertEquals(chart.agents, 13);
  const [turn, low, median, high] = chart.band!.points[0]!;
  assertEquals(turn, 0);
  const wealth = agents.map((_, i) => 100 + 10 * i + 3 * Math.sin(i)).sort((a, b) => a - b);
  assertEquals(median, wealth[6]);
  assertNear(low, quantile(wealth, 0.1), 1e-9);
  assertNear(high, quantile(wealth, 0.9), 1e-9);
});

Deno.test("chooseCharts: the band of a long run has few points, the first and the last turn among them", async () => {
  const agents = Array.from({ length: 13 }, (_, i) => `a${i}`);
  const turns = chooseCharts(await exampleRun({ agents, turns: 1998 })).charts.at(-1)!.band!.points.map(([turn]) =>
    turn
  );
  assertTrue(turns.length <= 501, `${turns.length}`);
  assertEquals([turns[0], turns.at(-1)], [0, 1998]);
});

Deno.test("chooseCharts: what is beyond the limit is named", async () => {
  const { charts, omitted } = chooseCharts(await exampleRun(), 2);
  assertEquals(charts.length, 2);
  assertEquals(omitted, ["inflation", "wealth"]);
});

Deno.test("chooseCharts: a run without rows has no charts", async () => {
  const run = { ...await exampleRun(), global: [], agents: [] };
  assertEquals(chooseCharts(run), { charts: [], constants: [], omitted: [] });
});

Deno.test("quantile: linear between neighbours", () => {
  assertEquals(quantile([1, 2, 3, 4, 5], 0.5), 3);
  assertEquals(quantile([0, 10], 0.1), 1);
  assertEquals(quantile([7], 0.9), 7);
});

Deno.test("thinned: keeps ends, peaks and gaps of a long line in few points", () => {
  const points = Array.from(
    { length: 50_000 },
    (_, i) => [i, i === 31_234 ? 1000 : i === 777 ? null : Math.sin(i)] as const,
  );
  const thin = thinned({ name: "x", points }, 800).points;
  assertTrue(thin.length < 2000, `${thin.length}`);
  assertEquals(thin[0], points[0]);
  assertEquals(thin.at(-1), points.at(-1));
  assertTrue(thin.some(([, y]) => y === 1000));
  assertTrue(thin.some(([x, y]) => x === 777 && y === null));
  assertTrue(thin.every(([x], i) => i === 0 || x > thin[i - 1]![0]));
});
