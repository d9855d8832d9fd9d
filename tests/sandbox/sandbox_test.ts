/** Domain code that reaches for what is not its own: every row of `attempts.ts` and `static_imports.ts`, played. */

import type { App } from "../../runner/app.ts";
import { runToEnd, withApp } from "../support/app.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { type Attempt, ATTEMPTS } from "./attempts.ts";
import { expectedReadme, presentReadme } from "./readme.ts";
import { scenarioText } from "./scenario.ts";
import { STATIC_IMPORTS } from "./static_imports.ts";

const ROOT = Deno.realPathSync(new URL("../..", import.meta.url));
const SECRET = "the secret of secret.txt";

type Outcome = { returned: string } | { threw: string; message: string };

for (const { title, attempts } of ATTEMPTS) {
  Deno.test(`sandbox: ${title.toLowerCase()}`, async (t) => {
    await withApp({ fixtures: ["attempts"] }, async (app, folder) => {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      let connections = 0;
      const accepting = (async () => {
        for await (const connection of listener) {
          connections++;
          connection.close();
        }
      })();
      await Deno.writeTextFile(`${folder}/secret.txt`, SECRET);
      const other = await runToEnd(app, { text: scenario({}, {}) });
      const env = {
        folder,
        root: ROOT,
        domain: app.domainFolder("attempts"),
        other: app.folder(other.run_id),
        port: listener.addr.port,
      };
      const before = await untouched(app, other.run_id, folder);
      const together = await play(app, attempts.filter(({ alone }) => !alone), env);
      const apart = await Promise.all(attempts.filter(({ alone }) => alone).map((row) => play(app, [row], env)));
      const outcomes: Record<string, Outcome> = Object.assign(together, ...apart);
      listener.close();
      await accepting;
      for (const row of attempts) await t.step(row.attempt, () => assertOutcome(row, outcomes[row.attempt]));
      assertEquals(connections, 0, "nothing connected");
      assertEquals(await untouched(app, other.run_id, folder), before, "files outside are as before");
    });
  });
}

for (const { attempt, source, message } of STATIC_IMPORTS) {
  Deno.test(`sandbox: a domain that imports statically ${attempt} is not loaded, and told why`, async () => {
    const places = await Deno.makeTempDir();
    const sourceText = source({ root: `file://${ROOT}/`, folder: `file://${places}/` });
    await Deno.remove(places);
    await withApp({ sources: { thief: sourceText } }, async (app, folder) => {
      await Deno.writeTextFile(`${folder}/secret.txt`, SECRET);
      const error = await assertRejects(() => app.describeDomain("thief"), "domain_load_error");
      assertMatches(error.message, /^domain 'thief' cannot be loaded: /);
      assertMatches(error.message, message);
      const text = scenarioText({ domain: "thief", agents: [{ type: "trying" }] });
      await assertRejects(() => app.start({ text }), "domain_load_error");
      assertEquals((await app.list()).runs, [], "no run is left behind");
    });
  });
}

Deno.test("sandbox: links that others plant in files/ before the start or during a pause are not followed", async () => {
  await withApp({ fixtures: ["attempts"] }, async (app, folder) => {
    const secret = `${folder}/secret.txt`;
    await Deno.writeTextFile(secret, SECRET);
    const read = (name: string) => `return Deno.readTextFileSync(env.files + "/${name}")`;
    const attempts = {
      early: read("early"),
      late: read("late"),
      folder: read("folder/secret.txt"),
      hard: read("hard"),
      write: `Deno.writeTextFileSync(env.files + "/late", "overwritten"); return "its own file"`,
    };
    app.maxConcurrent = 0;
    const { run_id } = await app.start({ text: scenario(attempts, {}, 2), mode: "step" });
    const files = `${app.folder(run_id)}/files`;
    await Deno.mkdir(files, { recursive: true });
    await Deno.symlink(secret, `${files}/early`);
    app.maxConcurrent = 1;
    assertEquals((await app.wait(run_id)).status, "paused");
    const first = await outcomesOf(app, run_id);
    assertMatches(JSON.stringify(first.early), /NotFound/);
    await Deno.remove(`${files}/attempts.json`);
    await Deno.symlink(secret, `${files}/attempts.json`);
    await Deno.remove(`${files}/late`);
    await Deno.symlink(secret, `${files}/late`);
    await Deno.symlink(folder, `${files}/folder`);
    await Deno.link(secret, `${files}/hard`);
    await app.resume(run_id);
    assertEquals((await app.wait(run_id)).status, "completed");
    assertEquals(await Deno.readTextFile(secret), SECRET);
    const second = await outcomesOf(app, run_id);
    assertTrue(!JSON.stringify(second).includes(SECRET), JSON.stringify(second));
    assertMatches(JSON.stringify(second.folder), /NotFound/);
    assertMatches(JSON.stringify(second.hard), /NotFound/);
  });
});

Deno.test("sandbox: the table in the README has every attempt", () => {
  assertEquals(presentReadme(), expectedReadme(presentReadme()), "write it anew: deno run -A tests/sandbox/readme.ts");
});

function scenario(attempts: Record<string, string>, env: Record<string, string | number>, turns = 1): string {
  return scenarioText({
    domain: "attempts",
    turns,
    agents: [{ type: "trying", on_error: "fail", config: { attempts, env } }],
  });
}

async function play(
  app: App,
  rows: readonly Attempt[],
  env: Record<string, string | number>,
): Promise<Record<string, Outcome>> {
  const attempts = Object.fromEntries(rows.map(({ attempt, code }) => [attempt, code]));
  const manifest = await runToEnd(app, { text: scenario(attempts, env) });
  assertEquals(manifest.status, "completed", manifest.error?.message);
  return await outcomesOf(app, manifest.run_id);
}

async function outcomesOf(app: App, runId: string): Promise<Record<string, Outcome>> {
  const text = await Deno.readTextFile(`${app.folder(runId)}/files/attempts.json`).catch(() => "{}");
  return JSON.parse(text);
}

function assertOutcome(row: Attempt, outcome: Outcome | undefined): void {
  assertTrue(outcome, "the attempt was not made");
  if ("threw" in row.outcome) {
    assertTrue("threw" in outcome, `it was not refused: ${JSON.stringify(outcome)}`);
    assertMatches(`${outcome.threw}: ${outcome.message}`, row.outcome.threw);
  } else {
    assertTrue("returned" in outcome, `it threw ${JSON.stringify(outcome)}`);
    assertMatches(outcome.returned, row.outcome.returned);
  }
}

/** What attempts must leave as it is. */
async function untouched(app: App, otherRun: string, folder: string): Promise<unknown> {
  const names = async (path: string) => (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
  return {
    folder: (await names(folder)).filter((name) => name !== "output"),
    secret: await Deno.readTextFile(`${folder}/secret.txt`),
    other: await names(app.folder(otherRun)),
    files: await names(`${app.folder(otherRun)}/files`),
    escaped: await Deno.stat("/tmp/llm-sim-escape").then(() => true, () => false),
  };
}
