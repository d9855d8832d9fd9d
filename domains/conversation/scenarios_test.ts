import { describeDomain } from "llm-sim";
import { PLAN_ACTIONS } from "llm-sim/conversation";
import { parse } from "yaml";
import { type ConversationRun, type ConverseReport, converseReport, OFFLINE_MEANING } from "../../runner/mod.ts";
import { withApp } from "../../tests/support/app.ts";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { typesOf, undescribed } from "../../tests/support/domains.ts";
import conversation from "./mod.ts";

const FOLDER = new URL("../../scenarios/conversation/", import.meta.url);
const README = Deno.readTextFileSync(new URL("README.md", import.meta.url));
const SCENARIOS = ["plan_refine_offline", "plan_refine_llm", "adversarial_users", "regression", "controls"];
/** Those that ask models, which the offline provider answers for here. */
const WITH_MODELS = ["plan_refine_llm", "adversarial_users"];

/** All cases of every scenario, played offline. */
const played = await withApp({ offline: true }, async (app) => {
  const reports = new Map<string, ConverseReport>();
  for (const name of SCENARIOS) {
    const plan = await app.conversations.plan({ file: `scenarios/conversation/${name}.yaml` });
    const runs = await Promise.all(plan.runs.map(async (planned) => {
      const run_id = await app.conversations.startPlanned(planned);
      await app.wait(run_id);
      return await app.conversations.get(run_id);
    }));
    reports.set(name, converseReport(plan.name, runs));
  }
  return reports;
});

const runsOf = (name: string): ConversationRun[] => played.get(name)!.cases.flatMap(({ runs }) => runs);

Deno.test("every scenario of the folder is in the README's table, which says what comes of it", () => {
  const isScenario = (name: string) => !("batch" in parse(Deno.readTextFileSync(new URL(name, FOLDER))));
  const files = [...Deno.readDirSync(FOLDER)].filter(({ isFile, name }) => isFile && isScenario(name))
    .map(({ name }) => name.replace(".yaml", ""));
  assertEquals(files.toSorted(), SCENARIOS.toSorted());
  const rows = [...README.matchAll(/^\| `(\w+)` +\|((?: +\d+ \|){5}) `(\w+)`/gm)];
  const told = rows.map(([, name, numbers, ends]) => [name, ...numbers!.match(/\d+/g)!.map(Number), ends]);
  assertEquals(
    told,
    SCENARIOS.map((name) => {
      const runs = runsOf(name);
      const sum = (key: "aligned" | "misaligned" | "unclear") => runs.reduce((all, run) => all + run.summary[key], 0);
      const ends = [...new Set(runs.map(({ ended_by }) => ended_by))].join();
      return [name, runs.length, played.get(name)!.passed, sum("aligned"), sum("misaligned"), sum("unclear"), ends];
    }),
  );
});

Deno.test("controls: the README's table is what comes of the four assistants, and of the thirty wishes it says what they are", () => {
  const rows = [...README.matchAll(/^\| `(\w+)` +\| +(\d+) \| +(\d+) \| +(\d+) \| +(\d of \d) \|/gm)];
  assertEquals(
    rows.map(([, ...told]) => told),
    rows.map(([, behaviour]) => {
      const runs = runsOf("controls").filter(({ config }) => config.case!.startsWith(behaviour!));
      const sum = (key: "aligned" | "misaligned" | "unclear") => runs.reduce((all, run) => all + run.summary[key], 0);
      const passed = runs.filter(({ summary }) => summary.passed).length;
      return [
        behaviour!,
        `${sum("aligned")}`,
        `${sum("misaligned")}`,
        `${sum("unclear")}`,
        `${passed} of ${runs.length}`,
      ];
    }),
  );
  assertEquals(rows.length, 4);
  const wishes = runsOf("controls").filter(({ config }) => config.case!.startsWith("perfect"))
    .flatMap(({ turns }) => turns.map(({ simulated_user }) => simulated_user.desired_action));
  const isChange = (name: string) => PLAN_ACTIONS[name]!.mutating;
  const kinds = wishes.map((wish) => wish === null ? "talk" : isChange(wish.name) ? "change" : "question");
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  assertEquals([wishes.length, count("change"), count("question"), count("talk")], [30, 22, 5, 3]);
  assertTrue(README.includes("thirty") && README.replace(/\s+/g, " ").includes("22 are changes, five are questions"));
});

for (const name of SCENARIOS) {
  Deno.test(`${name}: has a header, a description, its name; every case ends, every turn is judged, nothing failed`, () => {
    const text = Deno.readTextFileSync(new URL(`${name}.yaml`, FOLDER));
    const { simulation, domain, extends: base } = parse(text);
    assertTrue(text.startsWith("# ") && simulation.description.length > 10);
    assertEquals([simulation.name, domain ?? base], [name, domain ? "conversation" : "plan_refine_llm.yaml"]);
    for (const run of runsOf(name)) {
      assertEquals([run.status, run.error, run.validity.state], ["finished", null, "valid"], run.run_id);
      assertTrue(run.turns.every(({ judge }) => judge !== null));
    }
  });

  Deno.test(`${name}: says which models have answered: ${WITH_MODELS.includes(name) ? "offline, by rule" : "none"}`, () => {
    for (const { models, turns, cost } of runsOf(name)) {
      assertEquals(models.map((model) => model.split(" ")[0]), WITH_MODELS.includes(name) ? ["offline"] : []);
      const marked = turns.every(({ chat_agent }) => chat_agent.reply!.startsWith("(rule, not a language model)"));
      assertEquals([marked, cost.usd], [WITH_MODELS.includes(name), 0]);
      assertTrue(turns.every(({ judge }) => judge!.by === "rules"), "the offline provider never judges");
    }
  });
}

Deno.test("plan_refine_offline: what is said otherwise than the assistant understands is misaligned, or unclear", () => {
  const [run] = runsOf("plan_refine_offline");
  assertEquals(run!.turns.map(({ judge }) => judge!.alignment), [
    "aligned",
    "aligned",
    "misaligned",
    "aligned",
    "unclear",
    "aligned",
  ]);
  assertEquals([run!.summary.end_state, run!.summary.passed], ["differs", false]);
  assertEquals(run!.turns[2]!.judge!.witness!.wanted!.parameters, { task_id: 6 });
});

Deno.test("adversarial_users: nobody is offered to delete tasks, and everybody is somebody else", () => {
  const { conversation: { agent, cases } } = parse(Deno.readTextFileSync(new URL("adversarial_users.yaml", FOLDER)));
  assertTrue(!agent.tools.includes("delete_task"));
  assertEquals(
    new Set(cases.map(({ user }: { user: { instructions?: string } }) => user.instructions)).size,
    cases.length,
  );
});

Deno.test("the domain: components as the README lists them; every config key is described", () => {
  const description = describeDomain(conversation);
  const listed = (kind: string) =>
    [...README.matchAll(new RegExp(`^\\| ${kind} +\\| \`(\\w+)\``, "gm"))].map(([, type]) => type!);
  const types = typesOf(description);
  const { agents, engines, validators } = description;
  const components = [...agents, ...engines, ...validators].filter(({ type }) => type !== "human");
  const own = (names: readonly string[]) => names.filter((name) => name !== "human").toSorted();
  assertEquals(["agent", "engine", "validator"].map((kind) => own(listed(kind))), types.map(own));
  assertEquals(undescribed(components), []);
});

Deno.test("the README says that answers by rule are no model's", () => {
  assertTrue(README.includes(OFFLINE_MEANING));
});
