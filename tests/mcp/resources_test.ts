import { parse } from "yaml";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { ERAS, type TestClient, withMcp } from "./clients.ts";

const quick = (turns: number, seed = 1) => `
domain: economic
simulation: { name: quick, max_turns: ${turns}, checkpoint_interval: 2, seed: ${seed} }
engine: { type: economic, interest_rate: 0.05 }
validator: { type: always_valid }
agents: [{ name: A, type: nation, strategy: grow, initial_economic_strength: 1000 }]
`;

async function played(client: TestClient, scenario: string): Promise<string> {
  const { run_id } = await client.value("start_simulation", { scenario });
  await client.value("wait_for_simulation", { run_id });
  return run_id;
}

/** Error of a protocol. */
async function refusal(answer: Promise<unknown>): Promise<{ readonly code?: number; readonly message: string }> {
  try {
    await answer;
  } catch (error) {
    return error as { code?: number; message: string };
  }
  throw new Error("it was not refused");
}

for (const era of ERAS) {
  Deno.test(`parts of simulations and scenarios are listed and read (${era})`, () =>
    withMcp(era, {}, async (client) => {
      const run_id = await played(client, quick(4));
      const { resources } = await client.client.listResources();
      const uris = resources.map(({ uri }) => uri);
      for (const part of ["config", "checkpoints", "events", "results"]) {
        assertTrue(uris.includes(`simulation://${run_id}/${part}`), part);
      }
      assertTrue(uris.includes("scenario://economic/scenarios/economic/growth.yaml"), uris.join());
      assertTrue((await client.client.listResourceTemplates()).resourceTemplates.length >= 6);

      const config = parse(await client.read(`simulation://${run_id}/config`));
      assertEquals([config.domain, config.simulation.max_turns, config.agents[0].name], ["economic", 4, "A"]);
      assertEquals(await client.read(`simulation://${run_id}/checkpoints`), "turn_0\nturn_2\nturn_4");
      assertEquals(JSON.parse(await client.read(`simulation://${run_id}/results`)).summary_stats.final_turn, 4);
      const events = (await client.read(`simulation://${run_id}/events`)).trim().split("\n").map((line) =>
        JSON.parse(line)
      );
      assertEquals(events.map(({ id }) => id), events.map((_, i) => i + 1));
      const on = (await client.read(`simulation://${run_id}/events?after=3`)).trim().split("\n").map((line) =>
        JSON.parse(line)
      );
      assertEquals([on[0].id, on.length], [4, events.length - 3]);
      assertMatches(await client.read("scenario://economic/growth.yaml"), /^# Growth/);
    }));

  Deno.test(`what is not there is not found, by its URI (${era})`, () =>
    withMcp(era, {}, async ({ client }) => {
      for (
        const uri of [
          "simulation://nobody/config",
          "simulation://nobody/events",
          "simulation://nobody/events?after=x",
          "simulation://..%2f..%2fetc/config",
          "simulation://nobody/%00",
          "scenario://economic/nothing.yaml",
          "scenario://economic/..%2f..%2f..%2fdeno.json",
          // A file of the right form, but no scenario: so is the configuration of the server.
          "scenario://economic/deno.json",
          "scenario://economic/docker-compose.yml",
          "scenario://nobody/growth.yaml",
          "file:///etc/passwd",
        ]
      ) {
        const { code, message } = await refusal(client.readResource({ uri }));
        assertEquals(code, -32602, `${uri}: ${message}`);
      }
    }));

  Deno.test(`arguments are completed (${era})`, () =>
    withMcp(era, {}, async ({ client }, { app }) => {
      const { run_id } = await app.start({ text: quick(1) });
      await app.wait(run_id);
      const complete = async (
        ref: Parameters<typeof client.complete>[0]["ref"],
        name: string,
        value: string,
        args = {},
      ) => (await client.complete({ ref, argument: { name, value }, context: { arguments: args } })).completion.values;
      const prompt = (name: string) => ({ type: "ref/prompt" as const, name });
      const resource = (uri: string) => ({ type: "ref/resource" as const, uri });
      assertEquals(await complete(resource("simulation://{run_id}/config"), "run_id", "quick"), [run_id]);
      assertEquals(await complete(resource("scenario://{repo}/{+config}"), "repo", "ec"), ["ecology", "economic"]);
      assertEquals(await complete(prompt("explain_divergence"), "run_a", "nobody"), []);
      assertEquals(await complete(prompt("design_sweep"), "config", "scenarios/economic/gr", { repo: "economic" }), [
        "scenarios/economic/growth.yaml",
      ]);
      assertEquals(
        await complete(
          prompt("compare_scenarios"),
          "scenarios",
          "economic/growth.yaml,economic/scenarios/economic/rec",
        ),
        [
          "economic/growth.yaml, economic/scenarios/economic/recession.yaml",
        ],
      );
    }));

  Deno.test(`whoever watches a resource hears of its changes, and of new ones (${era})`, () =>
    withMcp(era, {}, async (client, { app }) => {
      const { run_id } = await client.value("start_simulation", { scenario: quick(3), mode: "step" });
      await client.value("wait_for_simulation", { run_id });
      const watched = `simulation://${run_id}/results`;
      const heard = { uris: new Set<string>(), lists: 0 };
      const { promise, resolve } = Promise.withResolvers<void>();
      const done = () => heard.uris.size > 0 && heard.lists > 0 && resolve();
      client.client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
        heard.uris.add(params.uri);
        done();
      });
      client.client.setNotificationHandler("notifications/resources/list_changed", () => {
        heard.lists++;
        done();
      });
      const listening = era === "modern"
        ? await client.client.listen({ resourceSubscriptions: [watched], resourcesListChanged: true })
        : void await client.client.subscribeResource({ uri: watched });
      await app.resume(run_id);
      await app.wait(run_id);
      await promise;
      assertEquals([...heard.uris], [watched]);
      await listening?.close();
    }));
}

Deno.test("prompts bring what a model needs", () =>
  withMcp("modern", {}, async (client) => {
    const { prompts } = await client.client.listPrompts();
    assertEquals(prompts.map(({ name }) => name), ["compare_scenarios", "explain_divergence", "design_sweep"]);
    const texts = async (name: string, args: Record<string, string>) =>
      (await client.client.getPrompt({ name, arguments: args })).messages.map(({ content }) =>
        content.type === "text"
          ? content.text
          : content.type === "resource"
          ? (content.resource as { text: string }).text
          : ""
      );
    const compared = await texts("compare_scenarios", {
      scenarios: "economic/growth.yaml, economic/recession.yaml",
      question: "Which grows?",
    });
    assertEquals(compared.length, 3);
    assertMatches(compared[0]!, /Which grows\?[^]*run_batch/);
    assertMatches(compared[1]!, /name: growth/);
    const sweep = await texts("design_sweep", {
      repo: "economic",
      config: "growth.yaml",
      question: "Does trade matter?",
    });
    assertMatches(sweep[0]!, /Does trade matter\?[^]*run_batch/);

    const a = await played(client, quick(4));
    const b =
      (await client.value("fork_simulation", { run_id: a, turn: 2, state: { "agents.A.economic_strength": 5000 } }))
        .run_id;
    await client.value("wait_for_simulation", { run_id: b });
    const [why] = await texts("explain_divergence", { run_a: a, run_b: b });
    assertMatches(why!, /differ first in turn 3: .*total_economic_value/);
    assertMatches(why!, new RegExp(`forked from ${a} at turn 2`));
    assertMatches(
      (await texts("explain_divergence", { run_a: a, run_b: a }))[0]!,
      /the same in all turns .* up to turn 4/,
    );

    const get = (name: string, args: Record<string, string>) =>
      refusal(client.client.getPrompt({ name, arguments: args }));
    assertMatches((await get("compare_scenarios", { scenarios: "economic/growth.yaml" })).message, /two to eight/);
    assertMatches(
      (await get("compare_scenarios", { scenarios: "economic/growth.yaml, nobody/x.yaml" })).message,
      /nobody/,
    );
    assertMatches((await get("explain_divergence", { run_a: a, run_b: "nobody" })).message, /no run 'nobody'/);
  }));
