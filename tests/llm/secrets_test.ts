/** A key is with the host and nowhere else: in no file, notice, error or log line, and not in the sandbox's process. */

import { type App, openApp } from "../../runner/app.ts";
import { sandboxOf } from "../durability/kills.ts";
import { runToEnd } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import type { Behaviour, LLMRequest } from "../support/llm_server.ts";
import { asks, CANARY, given, heard, Hold, KEY_ENV, talk, tapeText, withModels } from "./world.ts";

/** What a key that is cut off would still show. */
const TRACE = CANARY.slice(0, 12);

/** Files below `folder` that hold `text`. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const needle = new TextEncoder().encode(text);
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await filesWith(path, text));
    else if (entry.isFile && includes(await Deno.readFile(path), needle)) found.push(path);
  }
  return found;
}

function includes(bytes: Uint8Array, needle: Uint8Array): boolean {
  for (let at = bytes.indexOf(needle[0]!); at >= 0; at = bytes.indexOf(needle[0]!, at + 1)) {
    if (needle.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/** Everything that can be read of a run through the app. */
async function shownOf(app: App, runId: string): Promise<string> {
  const rows: unknown[] = [];
  for await (const row of app.rows(runId, "events")) rows.push(row);
  const shown = [await app.status(runId), await app.result(runId), await app.state(runId), await app.exportRun(runId)];
  return JSON.stringify([...shown, rows, await app.providers(), app.config]);
}

Deno.test("the search of this file finds a key where there is one", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/a/b`, { recursive: true });
  await Deno.writeTextFile(`${folder}/a/b/.hidden`, `sk-sk-canary ${CANARY}`);
  assertEquals(await filesWith(folder, TRACE), [`${folder}/a/b/.hidden`]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("after a full run with a provider that tells its key everywhere it can be read nowhere", async () => {
  // In what it answers, in what it refuses, in what goes wrong for a while and for good.
  const behave = (request: LLMRequest): Behaviour | undefined => {
    const { agent } = [2, 3, 4].map((i) => ({ agent: `A_${i}` })).find((about) => asks(request, about)) ?? {};
    if (agent === "A_2") return { do: "error", status: 400, message: `key ${CANARY} may not do that` };
    if (agent === "A_3") return { do: "error", status: 500, message: `upstream said: Authorization: Bearer ${CANARY}` };
    if (agent === "A_4" && request.nth === 0) {
      const retry_after_ms = { "retry-after-ms": "1", "x-key": CANARY };
      return { do: "error", status: 429, message: `slow down, ${CANARY}`, headers: retry_after_ms };
    }
    return undefined;
  };
  const answer = (request: LLMRequest) => ({ ...given(request), reasoning: `I was called with ${CANARY}` });
  await withModels({ behave, answer }, async (app, server, folder) => {
    const { notices } = heard(app);
    const llm = "{ provider: test, max_retries: 1 }";
    const run = await runToEnd(app, { text: talk({ agents: 4, turns: 1, llm, more: "logging: { level: DEBUG }" }) });
    assertEquals([run.status, run.validity.state], ["completed", "void"]);
    assertTrue(server.requests.every(({ authorization }) => authorization) && server.answered > 0);
    const fork = await app.fork(run.run_id, { turn: 0, sample: 1 });
    await app.wait(fork.run_id);
    await app.replay(run.run_id, { keep: true });

    // It was there to be hidden: in answers, in errors, in what people were told while the run went on.
    const tape = tapeText(app.folder(run.run_id));
    assertTrue(tape.includes("I was called with ***") && tape.includes("key *** may not do that"));
    assertTrue(JSON.stringify(notices).includes("Bearer ***"));

    assertEquals(await filesWith(folder, TRACE), []);
    assertEquals(JSON.stringify(notices).includes(TRACE), false);
    assertEquals((await shownOf(app, run.run_id)).includes(TRACE), false);
  });
});

Deno.test("nor when the provider refuses the key, or it is none that could be sent", async () => {
  const refusals = {
    "sk-wrong-0123456789abcdef": "unauthorized",
    "sk-wrong-with-\u00e9-and-more": "bad_provider",
    "sk-wrong\r\nx-more: header": "bad_provider",
  };
  await withModels({}, async (_, __, folder) => {
    for (const [key, code] of Object.entries(refusals)) {
      Deno.env.set(KEY_ENV, key);
      const app = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
      try {
        const { notices } = heard(app);
        const outcome = await runToEnd(app, { text: talk({ agents: 1 }) }).catch((error) => ({ error }));
        const error = outcome.error as Error & { code: string; hint?: string };
        assertEquals(error.code, code);
        const said = `${error.message} ${error.hint} ${error.stack}`;
        assertTrue(said.includes(KEY_ENV), said);
        const shown = "run_id" in outcome ? await shownOf(app, outcome.run_id) : "";
        assertEquals(`${said} ${JSON.stringify(notices)} ${shown}`.includes("sk-wrong"), false);
        assertEquals(await filesWith(folder, "sk-wrong"), []);
      } finally {
        await app.close();
      }
    }
  });
});

Deno.test({
  name: "the process in which the simulation runs has no key in its environment or its command line",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const hold = new Hold();
    await withModels({ answer: hold.answer }, async (app) => {
      hold.back(() => true);
      const { run_id } = await app.start({ text: talk() });
      await hold.seen(3);
      const pid = await sandboxOf(app.folder(run_id));
      for (const name of ["environ", "cmdline"]) {
        const text = await Deno.readTextFile(`/proc/${pid}/${name}`);
        assertTrue(text.length > 0, name);
        assertEquals([text.includes(TRACE), text.includes(KEY_ENV)], [false, false], name);
      }
      hold.release();
      assertEquals((await app.wait(run_id)).status, "completed");
    });
  },
});
