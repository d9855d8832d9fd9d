import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { LLMServer } from "../support/llm_server.ts";
import { follow, freePort, output, page, type Ran, ranWith, withRepository } from "./guide.ts";

const models = await page("guide/models.md");
const HYBRID = "run scenarios/economic/hybrid_simulation.yaml";

Deno.test("what 'Ask a model' shows is what happens", () =>
  withRepository(async (folder) => {
    // Stands for OpenAI: its key is accepted, whatever it is, and its models are there.
    await using openai = await LLMServer.start({ models: ["gpt-5-mini"] });
    const ran = await follow(models, folder, {
      env: { OPENAI_BASE_URL: openai.url },
      replace: { "8099": freePort(), "8098": freePort(), "8097": freePort() },
    });
    const runs = ran.filter(({ command }) => command.includes(HYBRID));
    const [plain, offline, withKey, atUrl, atLab] = runs as [Ran, Ran, Ran, Ran, Ran];

    assertMatches(output(ran, "providers"), /^default {2}offline: answers by rule, not a language model/);
    for (const { stderr, stdout } of [plain, offline]) {
      assertMatches(stderr, /^LLM: offline: answers by rule, not a language model/m);
      assertMatches(stdout, /^models {2}offline \(answers by rule, not a language model\): \d+ calls$/m);
    }
    assertMatches(withKey.stderr, /^LLM: openai gpt-5-mini \(OPENAI_API_KEY is set\)$/m);
    assertMatches(withKey.stdout, /^models {2}openai gpt-5-mini: \d+ calls, .* tokens, \$0\.0\d+$/m);
    assertTrue(openai.stats.answered > 0);
    assertMatches(atUrl.stderr, /^LLM: env test-model \(LLM_BASE_URL is set\)$/m);
    assertMatches(atUrl.stdout, /^models {2}env test-model: \d+ calls, \d+ retr(y|ies) on the way/m);
    assertMatches(atLab.stderr, /^LLM: lab test-model \(llm-sim\.yaml\)$/m);
    assertMatches(ranWith(ran, "agents.Aurelia.llm").stderr, /^LLM: offline for validator and 1 agent: /m);

    assertMatches(output(ran, "provider=nowhere"), /^paused in turn 0: .*cannot be reached/);
    assertMatches(ranWith(ran, "run my/mixed.yaml  ").stderr, /error\[unauthorized\].*LAB_KEY/);
    assertMatches(ranWith(ran, "other-model").stderr, /error\[unknown_model\]/);
    assertMatches(output(ran, "provider=nonsense"), /^void: 6 of 12 decisions failed/m);

    assertMatches(output(ran, "limits.max_cost_usd=0.006"), /^paused in turn \d+: the budget of this run is spent/);
    assertMatches(output(ran, "limits.max_cost_usd=1"), /^completed in turn/);
    assertMatches(output(ran, "resume last"), /^completed in turn/);
    assertMatches(output(ran, "tariff_from=20"), /^models {2}\d+ of \d+ calls reused, first new call in turn 1\d/m);
    const sample = output(ran, "--sample 1");
    assertTrue(!sample.includes("reused"), sample);
    assertMatches(output(ran, "--output elsewhere"), /\nidentical\n/);
    assertMatches(ran.findLast(({ command }) => command.includes("replay last"))!.stdout, /tape: off/);
    assertMatches(output(ran, "runs show last"), /^models +lab test-model: 10 calls, .*\$/m);
    assertEquals(JSON.parse(output(ran, "grep -h")).details.provider, "lab");
  }));

Deno.test("the commands of the README's section on language models do what it says", () =>
  withRepository(async (folder) => {
    const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
    const section = /^## Language models\n[\s\S]*?(?=^## )/m.exec(readme)![0];
    await using openai = await LLMServer.start({ models: ["gpt-5-mini"] });
    const [providers, offline, withKey] = await follow(section, folder, { env: { OPENAI_BASE_URL: openai.url } });
    assertMatches(providers!.stdout, /^default {2}offline: /);
    // What it shows is what is printed, but for the time it took.
    const shown = /^LLM: offline[\s\S]*?(?=^```)/m.exec(section)![0].trim().split("\n");
    const printed = `${offline!.stderr}${offline!.stdout}`.split("\n").map(withoutTime);
    for (const line of shown) assertTrue(printed.includes(withoutTime(line)), `${line}\nin\n${printed.join("\n")}`);
    assertMatches(withKey!.stderr, /^LLM: openai gpt-5-mini \(OPENAI_API_KEY is set\)$/m);
  }));

function withoutTime(line: string): string {
  return line.replace(/ \([\d.]+ m?s.*\)$/, "");
}
