/** The process of a query: what it may, when it ends, what becomes of it when things go wrong. */

import { fromFileUrl } from "../../runner/paths.ts";
import { assertEquals, assertRejects, assertTrue } from "../support/assert.ts";
import { withWorld, type World } from "./world.ts";

const ENDLESS = "select count(*) from range(10000000) a, range(10000000) b where hash(a.range, b.range) = 1";
const QUERY = new URL("../../runner/sql/mod.ts", import.meta.url);
const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));

/** A host of its own that runs `code`, in which `store` and `runQuery` are there. */
function host(world: World, code: string, env: Record<string, string> = {}): Deno.ChildProcess {
  const text = `import { runQuery } from ${JSON.stringify(QUERY)};
    const store = { root: ${JSON.stringify(world.root)} };
    ${code}`;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", `--config=${CONFIG}`, text],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits until `found` finds something. */
async function until<T>(found: () => T | undefined): Promise<T> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const value = found();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it did not happen within 20 s");
}

/** The processes that `pid` has started. */
function childrenOf(pid: number): number[] {
  return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ").filter((each) => each !== "").map(
    Number,
  );
}

/** Whether a process is at work. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/** Seconds of processor time that a process has used. */
function used(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

Deno.test({
  name: "the process of a query ends with its host, in the middle of the work",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withWorld(async (world) => {
      const parent = host(world, `await runQuery(store, ${JSON.stringify(ENDLESS)}, { timeout_seconds: 600 })`);
      const child = await until(() => childrenOf(parent.pid)[0]);
      // It is past its start.
      await until(() => used(child) > 0.5 || undefined);
      parent.kill("SIGKILL");
      await parent.output();
      await until(() => !lives(child) || undefined);
    }),
});

Deno.test({
  name: "the process of a query has no environment, no network and no right to write",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withWorld(async (world) => {
      const secret = "sk-this-is-a-secret";
      const parent = host(
        world,
        `await runQuery(store, ${JSON.stringify(ENDLESS)}, { timeout_seconds: 600 })`,
        { OPENAI_API_KEY: secret },
      );
      const child = await until(() => childrenOf(parent.pid)[0]);
      const environment = await until(() => Deno.readTextFileSync(`/proc/${child}/environ`) || undefined);
      const command = await until(() => Deno.readTextFileSync(`/proc/${child}/cmdline`) || undefined);
      parent.kill("SIGKILL");
      await parent.output();
      assertTrue(!environment.includes(secret));
      assertEquals(
        command.split("\0").filter((word) => word.startsWith("--allow-")).map((word) => word.split("=")[0]),
        ["--allow-read", "--allow-ffi"],
      );
    }),
});

Deno.test("a query that is no longer wanted is stopped", () =>
  withWorld(async (world) => {
    const caller = new AbortController();
    const asked = world.ask(ENDLESS, { signal: caller.signal });
    caller.abort(new Error("the client is gone"));
    const error = await assertRejects(() => asked);
    assertEquals(error.message, "the client is gone");
    const before = await assertRejects(() => world.ask("select 1", { signal: caller.signal }));
    assertEquals(before.message, "the client is gone");
  }));

Deno.test("queries at the same time do not disturb each other", () =>
  withWorld(async (world) => {
    for (let i = 0; i < 20; i++) world.run(`run_${i}`, { global: [{ turn: 0, x: i }] });
    const answers = await Promise.all([1, 2, 3, 4].map((n) => world.rows(`select sum(x) + ${n} from turns`)));
    assertEquals(answers, [1, 2, 3, 4].map((n) => [[190 + n]]));
  }));

Deno.test("runs that go away while they are read are in the answer whole or not at all", () =>
  withWorld(async (world) => {
    const rows = Array.from({ length: 5 }, (_, turn) => ({ turn, x: 1 }));
    const runs = Array.from({ length: 600 }, (_, i) => `run_${i}`);
    for (const run of runs) world.run(run, { global: rows });
    const removing = (async () => {
      // As the store does it: out of sight first.
      for (const run of runs.slice(1)) {
        await Deno.rename(`${world.root}/${run}`, `${world.root}/.removed-${run}`);
        await Deno.remove(`${world.root}/.removed-${run}`, { recursive: true });
      }
    })();
    for (let left = Infinity; left > 1;) {
      const [[whole, runCount]] = await world.rows("select count(*), count(distinct run_id) from turns") as [
        [number, number],
      ];
      assertEquals(whole, runCount * 5);
      assertTrue(runCount >= 1 && runCount <= left);
      left = runCount;
    }
    await removing;
  }));

Deno.test("where DuckDB has not been downloaded, the error says how it comes there", () =>
  withWorld(async (world, folder) => {
    const process = host(
      world,
      `Deno.env.set("DENO_DIR", ${JSON.stringify(`${folder}/nothing`)});
       try { await runQuery(store, "select 1") } catch (error) { console.log(error.code, error.hint) }`,
    );
    const { stdout, stderr } = await process.output();
    const said = new TextDecoder().decode(stdout);
    assertTrue(/^no_sql_engine .*: deno install$/m.test(said), said + new TextDecoder().decode(stderr));
  }));
