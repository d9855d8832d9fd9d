import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { follow, freePort, output, page, type Ran, ranWith, withWorld, writeFiles } from "./guide.ts";

const domains = await page("guide/domains.md");
const agents = await page("guide/llm_agents.md");

Deno.test("the steps of 'Write an agent that asks a model' lead to runs by rule, by a model's server and by a service", () =>
  withWorld(async (folder) => {
    await writeFiles(domains, folder);
    const ran = await follow(agents, folder, { replace: { "8099": freePort(), "9000": freePort() } });
    const [byRule, byModel] = ran.filter(({ command }) => command.endsWith("run scenarios/lake.yaml")) as [Ran, Ran];
    assertMatches(byRule.stderr, /^LLM: offline: answers by rule, not a language model/m);
    assertMatches(byRule.stdout, /^completed in turn 10: max_turns.*\n.*: 30 calls\n {2}income .* 0 → 1,679$/m);
    assertMatches(byModel.stderr, /^LLM: env test-model \(LLM_BASE_URL is set\)$/m);
    assertMatches(byModel.stdout, /^models {2}env test-model: 30 calls, [\d.,k]+ \+ [\d.,k]+ tokens$/m);
    assertTrue(!/degraded|void/.test(byModel.stdout), byModel.stdout);
    const replays = ran.filter(({ command }) => command.includes("replay last"));
    assertEquals(replays.map(({ stdout }) => stdout.trim().split("\n").at(-1)), ["identical", "identical"]);
    assertMatches(
      ranWith(ran, "prompt=wrong.md").stderr,
      /error\[bad_prompt\]: wrong\.md:5:1: there is no placeholder \{\{global\}\}\n {2}hint: did you mean 'globals'\?/,
    );

    const [marketByModel, marketByRule] = ran.filter(({ command }) => command.includes("market.yaml")) as [Ran, Ran];
    assertMatches(
      marketByModel.stdout,
      /^completed in turn 10.*\n(degraded.*\n)?models {2}env test-model: \d\d+ calls/,
    );
    assertMatches(marketByRule.stdout, /^models {2}offline \(answers by rule, not a language model\): 70 calls$/m);
    const [verdict, update] = output(ran, "calculation_type").trim().split("\n").map((line) =>
      JSON.parse(line).details.intermediate_values
    );
    assertEquals([verdict.accepted, update.by, update.provider], [true, "rule", "offline"]);
    assertMatches(update.reasoning, /^\(rule, not a language model\) the fewer fish are left/);

    // A tenth of the lake, which is full again in every turn: ten tonnes at five, ten times.
    assertMatches(output(ran, "service.yaml"), /^ {2}Ada +500$/m);
    assertMatches(output(ran, "storm.yaml"), /^completed in turn 4/);
    // By rule a tenth of what the sonar shows, as the service has it; two calls a turn.
    assertMatches(output(ran, "sonar.yaml"), /^completed in turn 10[^]*: 20 calls\n {2}income .* 0 → 500$/m);
    assertMatches(output(ran, "deno test fishery"), /ok \| 2 passed/);
  }));
