/** Scenario files over real HTTP: read, written with conditions and merges, looked at as drafts, edited, removed. */

import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { type RestServer, told, withRest } from "./rest_world.ts";

const OWN = `
import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
import { z } from "zod";
class QuietAgent extends BaseAgent { decideAction() { return []; } }
class StillEngine extends BaseEngine {
  static override config = z.strictObject({ rate: z.number().min(0).max(1).default(0.1).describe("how fast it grows") });
  applyActions(state) { return state; }
  applyEngineRules(state) { return state; }
}
class AnyValidator extends BaseValidator { validateAction() { return true; } }
export default defineDomain({
  name: "own", description: "Nothing happens.", agents: [QuietAgent], engines: [StillEngine], validators: [AnyValidator],
});
`;

const TEXT = `# What this is for
domain: own
simulation:
  name: mine   # its name
  max_turns: 2
engine: { type: still, rate: 0.2 }
validator: { type: any }
agents: [{ name: A, type: quiet }]
state_variables: { agent_vars: { x: { type: float, default: 0 } }, global_vars: {} }
`;

const NEW = { "if-none-match": "*" };
const match = (hash: string) => ({ "if-match": `"${hash}"` });
const MINE = "/api/scenarios/own/mine.yaml";

async function withOwn(body: (server: RestServer & { readonly file: (name: string) => string }) => Promise<void>) {
  await withRest(
    (server) => body({ ...server, file: (name) => `${server.folder}/domains/own/scenarios/${name}` }),
    { sources: { own: OWN } },
  );
}

Deno.test("a scenario is written, read in two forms, written again with its tag, started, removed", async () => {
  await withOwn(async ({ ask, file }) => {
    assertEquals(told(await ask("GET", MINE)), "404 unknown_scenario");
    assertEquals(told(await ask("PUT", MINE, { text: TEXT })), "428 precondition_required");
    const made = await ask("PUT", MINE, { text: TEXT }, NEW);
    assertEquals([made.status, made.body.text, made.body.merged, made.body.issues], [200, TEXT, false, []]);
    assertEquals(made.headers.get("etag"), `"${made.body.hash}"`);
    assertEquals(Deno.readTextFileSync(file("mine.yaml")), TEXT);
    assertEquals(told(await ask("PUT", MINE, { text: "other" }, NEW)), "412 scenario_changed");

    const text = await ask("GET", MINE);
    assertEquals([text.body, text.headers.get("content-type")], [TEXT, "application/yaml; charset=utf-8"]);
    const json = await ask("GET", MINE, undefined, { accept: "application/json" });
    const { hash } = made.body;
    assertEquals(json.body, { repo: "own", config: "mine.yaml", text: TEXT, hash, readonly: false });
    assertEquals((await ask("GET", MINE, undefined, { "if-none-match": `"${hash}"` })).status, 304);

    const longer = TEXT.replace("max_turns: 2", "max_turns: 3");
    const again = await ask("PUT", MINE, { text: longer }, match(hash));
    assertEquals([again.status, Deno.readTextFileSync(file("mine.yaml"))], [200, longer]);
    const started = await ask("POST", "/api/simulations", { repo: "own", config: "mine.yaml" });
    assertEquals(started.status, 202);

    assertEquals(told(await ask("DELETE", MINE, undefined, match(hash))), "412 scenario_changed");
    assertEquals((await ask("DELETE", MINE, undefined, match(again.body.hash))).body.success, true);
    assertEquals(told(await ask("DELETE", MINE, undefined, { "if-match": "*" })), "404 unknown_scenario");
  });
});

Deno.test("a text with errors can be kept, and says what is wrong", async () => {
  await withOwn(async ({ ask }) => {
    const wrong = TEXT.replace("rate: 0.2", "rate: 7");
    const { status, body: { issues } } = await ask("PUT", MINE, { text: wrong }, NEW);
    assertEquals([status, issues.length, issues[0].severity, issues[0].line], [200, 1, "error", 6]);
    const broken = await ask("PUT", MINE, { text: "a: [" }, { "if-match": "*" });
    assertEquals([broken.status, broken.body.issues[0].severity], [200, "error"]);
  });
});

Deno.test("changed on disk: other lines are merged, the same lines are a conflict with the text on disk", async () => {
  await withOwn(async ({ ask, file }) => {
    const { body: { hash } } = await ask("PUT", MINE, { text: TEXT }, NEW);
    const disk = TEXT.replace("max_turns: 2", "max_turns: 9");
    Deno.writeTextFileSync(file("mine.yaml"), disk);
    const renamed = TEXT.replace("name: mine ", "name: yours ");
    assertEquals(told(await ask("PUT", MINE, { text: renamed }, match(hash))), "412 scenario_changed");
    const clash = TEXT.replace("max_turns: 2", "max_turns: 5");
    const conflict = await ask("PUT", MINE, { text: clash, base: TEXT }, match(hash));
    assertEquals([told(conflict), conflict.body.disk, conflict.body.regions.length], [
      "412 scenario_conflict",
      disk,
      1,
    ]);
    assertEquals(Deno.readTextFileSync(file("mine.yaml")), disk);
    const apart = TEXT.replace("# What this is for", "# For nothing");
    const merged = await ask("PUT", MINE, { text: apart, base: TEXT }, match(hash));
    assertEquals([merged.status, merged.body.merged], [200, true]);
    assertEquals(merged.body.text, apart.replace("max_turns: 2", "max_turns: 9"));
    Deno.removeSync(file("mine.yaml"));
    const gone = await ask("PUT", MINE, { text: apart, base: TEXT }, match(merged.body.hash));
    assertEquals([told(gone), gone.body.disk], ["412 scenario_changed", null]);
  });
});

Deno.test("nothing is written outside of a domain's scenarios, nor what is part of the program", async () => {
  await withOwn(async ({ ask, folder, file }) => {
    await ask("PUT", MINE, { text: TEXT }, NEW);
    for (const name of ["x.txt", ".x.yaml", "a%2Fb.yaml", "..%2F..%2Fx.yaml", "%00.yaml", `${"x".repeat(200)}.yaml`]) {
      assertEquals(
        told(await ask("PUT", `/api/scenarios/own/${name}`, { text: "x" }, NEW)),
        "422 bad_config_path",
        name,
      );
    }
    assertEquals(told(await ask("PUT", "/api/scenarios/nobody/x.yaml", { text: "x" }, NEW)), "404 unknown_domain");
    const template = "/api/scenarios/economic/templates/market.yaml";
    const { body } = await ask("GET", template, undefined, { accept: "application/json" });
    assertEquals(body.readonly, true);
    assertEquals(told(await ask("PUT", template, { text: "x" }, match(body.hash))), "409 scenario_readonly");
    assertEquals(told(await ask("DELETE", template, undefined, match(body.hash))), "409 scenario_readonly");
    // A file of another domain can be read by its path from the root, and is that domain's to write.
    const others = await ask("GET", "/api/scenarios/own/scenarios%2Feconomic%2Fgrowth.yaml", undefined, {
      accept: "application/json",
    });
    assertEquals([others.status, others.body.readonly], [200, true]);

    Deno.writeTextFileSync(`${folder}/secret.yaml`, "secret");
    Deno.symlinkSync(`${folder}/secret.yaml`, file("link.yaml"));
    assertEquals(told(await ask("GET", "/api/scenarios/own/scenarios%2Flink.yaml")), "422 bad_config_path");
    Deno.symlinkSync(`${folder}/nothing.yaml`, file("dangling.yaml"));
    assertEquals(
      told(await ask("PUT", "/api/scenarios/own/dangling.yaml", { text: "x" }, NEW)),
      "409 scenario_exists",
    );
    assertEquals(Deno.readTextFileSync(`${folder}/secret.yaml`), "secret");
    const large = await ask("PUT", "/api/scenarios/own/large.yaml", { text: "x".repeat((1 << 20) + 1) }, NEW);
    assertEquals(told(large), "413 scenario_file_too_large");
    Deno.writeFileSync(file("latin.yaml"), new Uint8Array([0x61, 0xe9]));
    assertEquals(told(await ask("GET", "/api/scenarios/own/latin.yaml")), "422 not_text");
  });
});

Deno.test("a draft is looked at in its place: with what it extends, each line with where it was written", async () => {
  await withOwn(async ({ ask }) => {
    await ask("PUT", "/api/scenarios/own/base.yaml", { text: TEXT }, NEW);
    const draft = { repo: "own", config: "mine.yaml", text: "extends: base.yaml\nengine: { rate: 0.5 }\n" };
    const { body } = await ask("POST", "/api/scenarios/draft", draft);
    assertEquals([body.kind, body.valid, body.issues, body.max_turns], ["scenario", true, [], 2]);
    assertEquals(body.written, { extends: "base.yaml", engine: { rate: 0.5 } });
    const at = body.merged.text.split("\n").findIndex((line: string) => line.includes("rate: 0.5"));
    assertMatches(body.merged.origins[at].file, /mine\.yaml$/);
    assertEquals(body.merged.origins[at].line, 2);
    const named = body.merged.text.split("\n").findIndex((line: string) => line.includes("name: mine"));
    assertMatches(body.merged.origins[named].file, /base\.yaml$/);

    const lost = await ask("POST", "/api/scenarios/draft", { ...draft, text: "extends: nobody.yaml\n" });
    assertEquals([lost.body.valid, lost.body.merged, lost.body.issues[0].line], [false, null, 1]);
    const broken = await ask("POST", "/api/scenarios/draft", { ...draft, text: "a: [" });
    assertEquals([broken.status, broken.body.valid, broken.body.written], [200, false, null]);
    const batch =
      "batch:\n  scenario: base.yaml\n  grid: { rate: { path: engine.rate, values: [0, 1] } }\n  seeds: 1..3\n";
    const sweep = await ask("POST", "/api/scenarios/draft", { ...draft, text: batch });
    assertEquals([sweep.body.kind, sweep.body.issues[0].message], ["batch", "a batch of 6 runs in 2 cells"]);
    const bad = await ask("POST", "/api/scenarios/draft", { ...draft, text: batch.replace("1..3", "1.3") });
    assertEquals([bad.body.kind, bad.body.valid], ["batch", false]);
    const plan = await ask("POST", "/api/scenarios/draft", { ...draft, config: "plans/p.yaml", text: "tasks: 3\n" });
    assertEquals(
      plan.status === 422 || (plan.body.kind === "plan" && !plan.body.valid),
      true,
      JSON.stringify(plan.body),
    );
  });
});

Deno.test("one value is set in a text or taken out, comments and layout kept", async () => {
  await withOwn(async ({ ask }) => {
    const set = (path: unknown, value: unknown, text = TEXT) =>
      ask("POST", "/api/scenarios/edit", { text, path, value });
    assertEquals((await set(["simulation", "max_turns"], 7)).body.text, TEXT.replace("max_turns: 2", "max_turns: 7"));
    assertEquals((await set(["engine", "rate"], 0.9)).body.text, TEXT.replace("rate: 0.2", "rate: 0.9"));
    assertMatches((await set(["simulation", "seed"], 4)).body.text, /\n {2}max_turns: 2\n {2}seed: 4\nengine/);
    assertEquals((await set(["engine", "rate"], undefined)).body.text, TEXT.replace(/,? rate: 0.2/, ""));
    assertEquals((await set(["nothing"], undefined)).body.text, TEXT);
    assertEquals(told(await set(["domain", "x"], 1)), "422 cannot_set");
    assertEquals(told(await set(["x"], 1, "a: [")), "422 yaml_syntax");
  });
});

Deno.test("the schema of a domain knows its components and what they can be set to", async () => {
  await withOwn(async ({ ask }) => {
    const { body } = await ask("GET", "/api/repos/own/schema");
    assertEquals(body.properties.engine.properties.type.examples, ["still"]);
    const [still] = body.properties.engine.allOf;
    assertEquals(still.if.properties.type.const, "still");
    const { rate } = still.then.properties;
    assertEquals([rate.description, rate.minimum, rate.maximum, rate.default], ["how fast it grows", 0, 1, 0.1]);
    assertTrue("config" in still.then.properties);
    assertEquals(body.properties.agents.items.properties.type.examples, ["quiet", "human"]);
    assertEquals(told(await ask("GET", "/api/repos/nobody/schema")), "404 unknown_domain");
  });
});
