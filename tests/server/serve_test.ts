/** `deno task serve` and `deno task keys` as processes with the task's own permissions. */

import { join } from "node:path";
import { cli, documentOf, ended, ROOT, spawnCli, withFolder } from "../cli/support.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { posted, statusOf } from "../support/server.ts";
import { serve } from "./served.ts";
import { KeyStore } from "../../server/mod.ts";

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

Deno.test("serve prints its address, answers there, and parks what is running when it is told to stop", async () => {
  await withFolder(async (folder) => {
    const output = join(folder, "output");
    await using server = await serve(["--output", output]);
    assertMatches(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const page = await fetch(server.url);
    assertMatches(await page.text(), /^<!doctype html>/);
    const text = await Deno.readTextFile(join(ROOT, "scenarios/economic/quick_test.yaml"));
    const scenario = text.replace(/max_turns: \d+/, "max_turns: 100000000").replace("min_value: 160", "min_value: -1");
    const started = await fetch(`${server.url}/api/simulations`, posted({ scenario }));
    const { run_id } = await started.json();
    const status = async () => (await (await fetch(`${server.url}/api/simulations`)).json())[0].status;
    while (await status() === "queued") await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, log } = await server.stop();
    assertEquals(code, 0);
    const manifest = JSON.parse(await Deno.readTextFile(join(output, run_id, "manifest.json")));
    assertEquals([manifest.status, manifest.status_reason], ["interrupted", "the host was stopped"]);
    assertTrue(
      log.some(({ message, run_id: id, status }) => message === "run" && id === run_id && status === "interrupted"),
    );
    assertEquals(log.at(-1)?.message, "stopped");
    await fetch(server.url).then(() => assertTrue(false, "it still answers"), () => {});
  });
});

Deno.test("one Ctrl-C, which deno task passes on a second time, is one", async () => {
  if (Deno.build.os === "windows") return;
  await withFolder(async (folder) => {
    await using server = await serve(["--output", folder, "--json"]);
    server.process.kill("SIGINT");
    const { code, log } = await server.stop("SIGINT");
    assertEquals([code, log.at(-1)?.message], [0, "stopped"]);
  });
});

Deno.test("an address that others reach needs keys, or --insecure", async () => {
  await withFolder(async (folder) => {
    for (const args of [["--host", "0.0.0.0"], ["--host", "::"]]) {
      const refused = await cli(["serve", "--port", "0", "--output", folder, "--json", ...args]);
      assertEquals(refused.code, 2, refused.stderr);
      assertEquals(documentOf(refused).error.code, "needs_keys");
    }
    const config = join(folder, "llm-sim.yaml");
    await Deno.writeTextFile(config, 'server: { base_url: "https://sim.example.org" }');
    const published = await cli(["serve", "--port", "0", "--output", folder, "--config", config, "--json"]);
    assertEquals([published.code, documentOf(published).error.code], [2, "needs_keys"]);

    await using open = await serve(["--host", "0.0.0.0", "--insecure", "--output", folder]);
    assertEquals(await statusOf(fetch(`${open.url}/api/features`)), 200);
    await open.stop();

    const { key } = new KeyStore(folder).create("ci", ["read"]);
    // Keys are asked for also where --insecure is given.
    await using keyed = await serve(["--host", "0.0.0.0", "--insecure", "--output", folder]);
    assertEquals(await statusOf(fetch(`${keyed.url}/api/features`)), 401);
    assertEquals(await statusOf(fetch(`${keyed.url}/api/features`, { headers: bearer(key) })), 200);
    await keyed.stop();
  });
});

Deno.test("LLM_SIM_KEY_FILE lets a first start make the key that others need", async () => {
  await withFolder(async (folder) => {
    const env = { LLM_SIM_KEY_FILE: join(folder, "key") };
    await using server = await serve(["--host", "0.0.0.0", "--output", join(folder, "output")], env);
    const key = (await Deno.readTextFile(env.LLM_SIM_KEY_FILE)).trim();
    assertEquals(await statusOf(fetch(`${server.url}/api/features`)), 401);
    assertEquals(await statusOf(fetch(`${server.url}/api/features`, { headers: bearer(key) })), 200);
    const { log } = await server.stop();
    assertEquals(JSON.stringify(log).includes(key), false);
    await Deno.writeTextFile(env.LLM_SIM_KEY_FILE, "no key");
    const broken = await cli(["serve", "--port", "0", "--output", join(folder, "output"), "--json"], { env });
    assertEquals([broken.code, documentOf(broken).error.code], [2, "bad_key_file"]);
  });
});

Deno.test("a port that is taken, and addresses and options that cannot be, are told as such", async () => {
  await withFolder(async (folder) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const expected: [args: string[], code: string][] = [
      [["--port", String(taken.addr.port)], "port_in_use"],
      [["--port", "0", "--host", "no.such.host.invalid", "--insecure"], "bad_address"],
      [["--port", "65536"], "usage"],
      [["--port", "-1"], "usage"],
      [["--max-concurrent", "0"], "usage"],
    ];
    for (const [args, code] of expected) {
      const result = await cli(["serve", "--output", folder, "--json", ...args]);
      assertEquals([result.code, documentOf(result).error.code], [2, code], args.join(" "));
    }
  });
});

Deno.test("serve --json prints one document with the address", async () => {
  await withFolder(async (folder) => {
    const process = spawnCli(["serve", "--port", "0", "--output", folder, "--json", "--max-concurrent", "2"]);
    const reader = process.stdout.getReader();
    let text = "";
    while (!text.includes("\n}")) text += new TextDecoder().decode((await reader.read()).value);
    const { url, pid, needs_key, output } = JSON.parse(text);
    assertEquals([pid, needs_key, output], [process.pid, false, folder]);
    assertEquals(await statusOf(fetch(`${url}api/features`)), 200);
    reader.releaseLock();
    process.kill("SIGTERM");
    const { code, stdout } = await ended(process);
    assertEquals([code, stdout], [0, ""]);
  });
});

Deno.test("keys are made, listed and revoked, and a running server follows", async () => {
  await withFolder(async (folder) => {
    const keys = async (...args: string[]) => await cli(["keys", ...args, "--output", folder]);
    assertEquals((await keys("list")).stdout, "no keys\n");
    await using server = await serve(["--output", folder]);
    const ask = async (key: string) => await statusOf(fetch(`${server.url}/api/features`, { headers: bearer(key) }));
    const made = await keys("create", "ci", "--scopes", "read, run");
    assertEquals(made.code, 0);
    const key = made.stdout.trim();
    assertMatches(key, /^llmsim_[a-z2-7]{10}_[a-z2-7]{40}$/);
    assertMatches(made.stderr, /key 'ci' \(\w+\) may read, run/);
    const document = documentOf(await keys("create", "boss", "--scopes", "admin", "--json"));
    assertEquals([document.name, document.scopes, document.key.split("_")[1]], ["boss", ["admin"], document.id]);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assertEquals([await ask("x"), await ask(key), await ask(document.key)], [401, 200, 200]);
    const listed = await keys("list", "--json");
    assertEquals(documentOf(listed).keys.map(({ name }: { name: string }) => name), ["ci", "boss"]);
    assertEquals(/key_hash|sha256/.test(listed.stdout), false);
    assertMatches((await keys("revoke", "ci", document.id)).stdout, /^revoked \w+ ci\nrevoked \w+ boss\n$/);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assertEquals([await ask(key), await ask(document.key)], [401, 401]);
    const wrong = await keys("create", "x", "--scopes", "read,rum", "--json");
    assertEquals([wrong.code, documentOf(wrong).error.issues[0].hint], [
      2,
      "did you mean 'run'? valid: read, run, edit, admin",
    ]);
    assertEquals(documentOf(await keys("revoke", "nobody", "--json")).error.code, "unknown_key");
    await server.stop();
  });
});
