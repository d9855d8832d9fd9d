import { assertEquals } from "../../../tests/support/assert.ts";
import { agentOf, EMPTY_FORM, formOf, requestOf } from "./form.ts";

const FORM = { ...EMPTY_FORM, scenario: "conversation/scenarios/a/b.yaml" };

Deno.test("requestOf: what is empty is the scenario's; a form that nobody touched is played turn by turn", () => {
  assertEquals(requestOf(FORM), { repo: "conversation", config: "scenarios/a/b.yaml", auto_advance: false });
  assertEquals(requestOf({ ...FORM, step: "" }).auto_advance, true);
  assertEquals(requestOf({ ...FORM, scenario: "nonsense" }).repo, "");
});

Deno.test("requestOf: what is chosen is set, and numbers are numbers", () => {
  const form = {
    ...FORM,
    ...{
      case: "calm",
      plan: "launch",
      user: "llm",
      persona: "Ada",
      goal: "Spring",
      judge: "rules",
      turns: "3",
      seed: "0",
    },
    offline: "on",
    agent: "rule:forgetful",
  };
  assertEquals(requestOf(form), {
    ...{ repo: "conversation", config: "scenarios/a/b.yaml", case: "calm", goal: "Spring", max_turns: 3, seed: 0 },
    ...{ auto_advance: false, llm_mode: "offline" },
    set: {
      "conversation.plan": "plans/launch.yaml",
      "conversation.user": { kind: "llm", persona: "Ada" },
      "conversation.agent": { adapter: "rule", behaviour: "forgetful" },
      "conversation.judge": { kind: "rules" },
    },
  });
  assertEquals(requestOf({ ...FORM, persona: "Ada" }).set, { "conversation.user.persona": "Ada" });
  assertEquals(requestOf({ ...FORM, user: "human", persona: "Ada" }).set, { "conversation.user": { kind: "human" } });
});

Deno.test("formOf: fields of a request, without blanks; what it does not have is empty", () => {
  const form = formOf(new Map([["goal", " Spring "], ["agent", "http"], ["url", "http://a/"], ["other", "x"]]));
  assertEquals(form, { ...EMPTY_FORM, step: "", goal: "Spring", agent: "http", url: "http://a/" });
  assertEquals(agentOf(form.agent, form.url), { adapter: "http", url: "http://a/" });
});
