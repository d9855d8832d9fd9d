import { assertEquals, assertMatches, assertRejects, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { type TestAppOptions, withApp } from "../tests/support/app.ts";
import { openApp } from "./app.ts";
import { world } from "../tests/durability/world.ts";

const domain = (name: string, parts: { engine?: string; agent?: string; throws?: boolean } = {}) => `
import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
${parts.throws ? 'throw new Error("the world is not ready");' : ""}
class ${parts.agent ?? "Idle"}Agent extends BaseAgent { decideAction() { return null; } }
class ${parts.engine ?? "Still"}Engine extends BaseEngine { applyActions(state) { return state; } }
class AlwaysValidValidator extends BaseValidator { validateAction() { return true; } }
export default defineDomain({ name: "${name}", description: "A test.", agents: [${parts.agent ?? "Idle"}Agent],
  engines: [${parts.engine ?? "Still"}Engine], validators: [AlwaysValidValidator] });
`;

const scenario = (engine: string, agent: string, head = "") =>
  `${head}
simulation: { name: inferred, max_turns: 1 }
engine: { type: ${engine} }
validator: { type: always_valid }
agents: [{ name: A, type: ${agent} }]
state_variables: { agent_vars: {}, global_vars: {} }
`;

function sources(texts: Record<string, string>): TestAppOptions {
  return { sources: texts };
}

Deno.test("a scenario without domain: finds the one domain that has all it names", async () => {
  const both = { alpha: domain("alpha", { engine: "Alpha" }), beta: domain("beta", { engine: "Beta", agent: "Busy" }) };
  await withApp(sources(both), async (app) => {
    const inferred = async (text: string) => (await app.validate({ text })).config?.domain;
    assertEquals(await inferred(scenario("alpha", "idle")), "alpha");
    assertEquals(await inferred(scenario("beta", "busy_agent")), "beta");
    const none = await app.validate({ text: scenario("alpha", "busy") });
    assertEquals(none.issues.map(({ code }) => code).includes("no_domain"), true);
    assertMatches(none.issues.find(({ code }) => code === "no_domain")!.message, /engine 'alpha'.*agent 'busy'/);
  });
});

Deno.test("a scenario that several domains could play says which ones", async () => {
  await withApp(sources({ alpha: domain("alpha"), beta: domain("beta") }), async (app) => {
    const { issues } = await app.validate({ text: scenario("still", "idle") });
    const [issue] = issues.filter(({ severity }) => severity === "error");
    assertEquals(issue?.code, "ambiguous_domain");
    assertMatches(issue!.message, /alpha, beta/);
    assertEquals((await app.validate({ text: scenario("still", "idle", "domain: beta") })).config?.domain, "beta");
  });
});

Deno.test("an unknown domain is named with its place and the nearest one there is", async () => {
  await withApp({ fixtures: ["slow_writer"] }, async (app) => {
    const { issues } = await app.validate({ text: world().replace("slow_writer", "slow_righter") });
    const issue = issues.find(({ code }) => code === "unknown_domain")!;
    assertEquals([issue.line, issue.column], [1, 9]);
    assertMatches(issue.hint!, /slow_writer/);
    assertThrows(() => app.domainFolder("nobody"), "unknown_domain");
  });
});

Deno.test("a domain that throws when it is loaded stops only what needs it", async () => {
  await withApp(sources({ good: domain("good"), bad: domain("bad", { throws: true, engine: "Bad" }) }), async (app) => {
    const error = await assertRejects(
      () => app.start({ text: scenario("bad", "idle", "domain: bad") }),
      "domain_load_error",
    );
    assertMatches(error.message, /bad.*the world is not ready/);
    const { run_id } = await app.start({ text: scenario("still", "idle") });
    assertEquals((await app.wait(run_id)).status, "completed");
    assertEquals((await app.list()).runs.length, 1);
  });
});

Deno.test("a domain that was changed is looked at anew", async () => {
  await withApp(sources({ alpha: domain("alpha") }), async (app, folder) => {
    const engines = async () => (await app.describeDomain("alpha")).engines.map(({ type }) => type);
    assertEquals(await engines(), ["still"]);
    Deno.writeTextFileSync(`${folder}/domains/alpha/mod.ts`, domain("alpha", { engine: "Restless" }));
    assertEquals(await engines(), ["restless"]);
    assertTrue(app.domains().includes("alpha") && app.domains().includes("economic"));
  });
});

Deno.test("a program that has stopped looks at no domain any more, and leaves no process behind", async () => {
  await withApp(sources({ alpha: domain("alpha"), beta: domain("beta") }), async (app) => {
    const looking = app.describeDomain("alpha").catch(() => {});
    await app.close();
    await assertRejects(() => app.describeDomain("beta"), "closed");
    await looking;
  });
});

Deno.test("broken domains are listed with what is wrong with them, and stop no other", async () => {
  const repos = { good: domain("good"), throwing: domain("throwing", { throws: true }), wrong: "export default 7;\n" };
  await withApp(sources(repos), async (_, folder) => {
    Deno.mkdirSync(`${folder}/empty`);
    const config = `${folder}/broken.yaml`;
    const list = [
      ...Object.keys(repos).map((name) => ({ name, path: `domains/${name}` })),
      { name: "gone", path: "nowhere" },
      { name: "empty", path: "empty" },
      { name: "file", path: "llm-sim.yaml" },
    ];
    Deno.writeTextFileSync(config, JSON.stringify({ simulation_repos: list }));
    const app = await openApp({ config, output: `${folder}/output` });
    try {
      const found = new Map((await app.repos()).map((repo) => [repo.name, repo]));
      assertEquals(found.get("good"), {
        name: "good",
        path: `${folder}/domains/good`,
        status: "ok",
        reason: null,
        hint: null,
        description: "A test.",
        // Its own, and `human`.
        components: { engines: 1, validators: 1, agents: 2 },
        scenarios: 0,
      });
      const { components, scenarios, status } = found.get("economic")!;
      assertEquals(status, "ok");
      assertTrue(components!.agents > 0 && scenarios > 0);
      const reasons: { [name: string]: RegExp } = {
        throwing: /the world is not ready/,
        wrong: /cannot be loaded/,
        gone: /there is no folder .*nowhere/,
        empty: /there is no mod\.ts in .*empty/,
        file: /there is no folder .*llm-sim\.yaml/,
      };
      assertEquals((await app.checkRepos()).map(({ name }) => name), Object.keys(reasons).sort());
      for (const [name, reason] of Object.entries(reasons)) {
        assertEquals([found.get(name)!.status, found.get(name)!.components], ["broken", null]);
        assertMatches(found.get(name)!.reason!, reason);
        const code = name === "throwing" || name === "wrong" ? "domain_load_error" : "broken_repo";
        await assertRejects(() => app.start({ text: scenario("still", "idle", `domain: ${name}`) }), code);
        await assertRejects(() => app.describeDomain(name), code);
      }
      await assertRejects(() => app.resolveConfig("gone", "x.yaml"), "broken_repo");
      assertEquals(await app.scenarios("gone"), []);
      const { run_id } = await app.start({ text: scenario("still", "idle", "domain: good") });
      assertEquals((await app.wait(run_id)).status, "completed");
      assertEquals((await app.list()).runs.length, 1);
    } finally {
      await app.close();
    }
  });
});
