import { readEnvironment } from "../conversation/mod.ts";
import type { EnvironmentSpec } from "../conversation/mod.ts";
import { formatIssue } from "../issue.ts";
import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { errorsOf, load, marked } from "./testing.ts";

const FILES = {
  "plan.yaml": "title: Launch\ntasks: [{ name: Test }, { name: Ship, dependencies: [1] }]\n",
  "user.md": "Speak.\n",
  "broken.yaml": "title: Launch\ntaks: []\n",
};

const SCRIPTED =
  "user: { kind: scripted, script: [{ desired_action: { name: delete_task, parameters: { task_id: '#2' } } }] }";

/** A conversation with these lines in its section. */
function conversation(...lines: string[]): string {
  return ["conversation:", ...lines.map((line) => `  ${line}`)].join("\n") + "\n";
}

async function loaded(text: string, set: Parameters<typeof load>[1] = {}) {
  const result = await load(text, set, FILES);
  assertEquals(errorsOf(result).map(formatIssue), []);
  return result.scenario!;
}

/** The only error in a text that has a mark where it is. */
async function errorAt(text: string, code: string, message: RegExp): Promise<void> {
  const { text: clean, line, column } = marked(text);
  const errors = errorsOf(await load(clean, {}, FILES));
  assertEquals(
    errors.map((error) => [error.code, error.line, error.column]),
    [[code, line, column]],
    errors[0]?.message,
  );
  assertMatches(`${errors[0]!.message} ${errors[0]!.hint ?? ""}`, message);
}

Deno.test("a conversation is made into agents, engine and variables like any other simulation's", async () => {
  const scenario = await loaded(
    conversation("plan: plan.yaml", SCRIPTED, "agent: { adapter: rule, behaviour: forgetful }"),
  );
  assertEquals(scenario.domain, "conversation");
  assertEquals(scenario.agents.map(({ name, type }) => [name, type]), [
    ["user", "scripted_user"],
    ["agent", "rule_assistant"],
    ["judge", "rule_judge"],
  ]);
  assertEquals([scenario.engine.type, scenario.validator.type], ["conversation", "conversation_form"]);
  assertEquals(scenario.simulation.schedule, "sequential");
  assertEquals([scenario.simulation.max_turns, scenario.simulation.checkpoint_interval], [5, 1]);
  assertEquals(scenario.metrics.agents, "none");
  assertEquals(scenario.conversation, {
    case: null,
    cases: [],
    goal: null,
    user: "scripted",
    agent: "rule",
    judge: "rules",
    stop_on_alignment: false,
    stop_on_misalignment: true,
    extra_actions: "flag",
    max_actions_per_turn: 10,
  });
});

Deno.test("the wish of a script is read as the catalogue has it, and the plan as its tree writes it", async () => {
  const scenario = await loaded(conversation("plan: plan.yaml", SCRIPTED));
  const [user] = scenario.agents;
  assertEquals<unknown>(user!.config.script, [
    { desired_action: { kind: "task_operation", name: "delete_task", parameters: { task_id: 2 } } },
  ]);
  const environment = readEnvironment(scenario.engine.config.environment as unknown as EnvironmentSpec);
  assertMatches(environment.outline(environment.initial), /\[2\] Ship/);
});

Deno.test("user and agent see what was said and done, the judge everything", async () => {
  const { observability } = await loaded(conversation("plan: plan.yaml", SCRIPTED));
  assertTrue(observability!.external.includes("transcript") && observability!.internal.includes("wishes"));
  assertEquals(observability!.matrix.map(({ observer, level }) => [observer, level]), [
    ["user", "external"],
    ["agent", "external"],
    ["judge", "insider"],
  ]);
});

Deno.test("what the scenario says of simulation, metrics and models counts beside what is made", async () => {
  const text =
    "simulation: { name: mine, seed: 9, max_turns: 3 }\nllm: { provider: local, roles: { judge: { max_retries: 0 } } }\n" +
    conversation(
      "plan: plan.yaml",
      "user: { goal: Done soon., model: big, prompt: user.md }",
      "agent: { provider: other }",
      "judge: { kind: llm, temperature: 0 }",
    );
  const scenario = await loaded(text);
  assertEquals([scenario.simulation.name, scenario.simulation.seed, scenario.simulation.max_turns], ["mine", 9, 3]);
  assertEquals([scenario.llm!.provider, scenario.llm!.roles.simulated_user!.model], ["local", "big"]);
  assertEquals([scenario.llm!.roles.judge!.temperature, scenario.llm!.roles.judge!.max_retries], [0, 0]);
  assertEquals(scenario.agents[1]!.llm!.provider, "other");
  assertEquals<unknown>(scenario.agents[0]!.config.prompt, { file: "user.md", text: "Speak.\n" });
});

Deno.test("turns: the conversation's, the recording's, the simulation's, the host's", async () => {
  const turns = async (text: string) => (await loaded(text, { conversationTurns: 4 })).simulation.max_turns;
  const recorded = "user: { kind: recorded, turns: [{ message: a }, { message: b }] }";
  assertEquals(await turns(conversation("plan: plan.yaml", SCRIPTED)), 4);
  assertEquals(await turns("simulation: { max_turns: 7 }\n" + conversation("plan: plan.yaml", SCRIPTED)), 7);
  assertEquals(await turns(conversation("plan: plan.yaml", recorded)), 2);
  assertEquals(
    await turns("simulation: { max_turns: 7 }\n" + conversation("plan: plan.yaml", recorded, "max_turns: 3")),
    3,
  );
});

const CASES = conversation(
  "plan: plan.yaml",
  "agent: { adapter: rule }",
  "user: { kind: llm, persona: Base., goal: Base. }",
  "cases:",
  "  - { name: calm, user: { persona: Calm. } }",
  "  - { name: scripted, user: { kind: scripted, script: [{ message: Hi. }] }, max_turns: 1 }",
);

Deno.test("a case changes what it says; of another kind it replaces the part", async () => {
  const base = await loaded(CASES);
  assertEquals([base.conversation!.case, base.conversation!.cases], [null, ["calm", "scripted"]]);
  const play = (name: string, more: { path: string; value: string }[] = []) =>
    loaded(CASES, {
      set: [{ path: "conversation.case", value: name, from: "--set" }, ...more.map((s) => ({ ...s, from: "--set" }))],
    });
  const calm = await play("calm");
  assertEquals([calm.conversation!.case, calm.agents[0]!.config.persona, calm.agents[0]!.config.goal], [
    "calm",
    "Calm.",
    "Base.",
  ]);
  const scripted = await play("scripted");
  assertEquals([scripted.agents[0]!.type, scripted.simulation.max_turns], ["scripted_user", 1]);
  // What is set counts more than what the case says.
  const set = await play("calm", [{ path: "conversation.user.persona", value: "Set." }]);
  assertEquals(set.agents[0]!.config.persona, "Set.");
});

Deno.test("a section without a user is its first case until another one is chosen", async () => {
  const text = conversation(
    "plan: plan.yaml",
    "cases:",
    "  - { name: one, user: { persona: One. } }",
    "  - { name: two, user: { persona: Two. } }",
  );
  const scenario = await loaded(text);
  assertEquals([scenario.conversation!.case, scenario.agents[0]!.config.persona], ["one", "One."]);
});

Deno.test("an environment lists actions that take effect elsewhere", async () => {
  const scenario = await loaded(conversation(
    "environment:",
    "  title: Shop",
    "  actions: { refund: { parameters: { order: { type: id, required: true }, note: { type: text } } } }",
    "user: { kind: scripted, script: [{ desired_action: { name: refund, parameters: { order: 17 } } }] }",
  ));
  const { catalogue } = readEnvironment(scenario.engine.config.environment as unknown as EnvironmentSpec);
  assertEquals([catalogue.refund!.kind, catalogue.refund!.mutating], ["tool_operation", true]);
});

Deno.test("what is made from the section cannot be written beside it", async () => {
  await errorAt(
    `«engine: { type: economic }\n${conversation("plan: plan.yaml", SCRIPTED)}`,
    "made_from_conversation",
    /remove it/,
  );
});

Deno.test("errors of the section say where, what, and what to do", async () => {
  await errorAt(
    conversation(SCRIPTED).replace("conversation:", "«conversation:"),
    "missing_key",
    /plan is missing.*plans\/launch\.yaml/,
  );
  await errorAt(conversation("plan: «broken.yaml", SCRIPTED), "bad_plan", /taks.*valid|taks.*mean/);
  const persona = "user: { kind: scripted, persona: «Calm., script: [{ message: Hi. }] }";
  await errorAt(conversation("plan: plan.yaml", persona), "no_effect", /kind: llm/);
  await errorAt(conversation("plan: plan.yaml", "«user: { kind: scripted }"), "missing_key", /needs 'script'/);
  const misspelt = SCRIPTED.replace("desired_action:", "«desired_action:").replace("delete_task", "delete_tsk");
  await errorAt(conversation("plan: plan.yaml", misspelt), "bad_action", /delete_task/);
  await errorAt(
    conversation("plan: plan.yaml", SCRIPTED, "agent: { adapter: http, url: «mailto:me }"),
    "invalid_value",
    /not the address/,
  );
  await errorAt(
    conversation("plan: plan.yaml", SCRIPTED, "agent: { adapter: builtin, tools: [create_task, «creat] }"),
    "unknown_action",
    /create_task/,
  );
  await errorAt(conversation("plan: plan.yaml", "environment: «x.json", SCRIPTED), "duplicate_setting", /keep one/);
  await errorAt(conversation("plan: plan.yaml", SCRIPTED, "case: «calm"), "unknown_case", /no cases/);
  await errorAt(
    conversation("plan: plan.yaml", SCRIPTED, "cases: [{ name: a }, { name: «a }]"),
    "duplicate_case",
    /own/,
  );
  await errorAt(conversation("plan: plan.yaml", SCRIPTED, "«judg: {}"), "unknown_key", /judge/);
});

Deno.test("an entry of a script that neither says nor wants anything is refused", async () => {
  const text = conversation("plan: plan.yaml", "user: { kind: scripted, script: [{ desired_action: null }] }");
  const errors = errorsOf(await load(text, {}, FILES));
  assertEquals(errors.map(({ code }) => code), ["bad_script"]);
});
