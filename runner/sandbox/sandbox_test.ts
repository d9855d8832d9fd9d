import { pathToFileURL } from "node:url";
import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import type { FromChild } from "./protocol.ts";
import { Sandbox, type SandboxExit } from "./sandbox.ts";

interface Inspected {
  readonly exit: SandboxExit;
  readonly messages: readonly FromChild[];
  readonly printed: readonly string[];
}

/** Loads a domain with this source in a sandbox of its own; `react` may steer it. */
async function inspect(source: string, react: (sandbox: Sandbox, message: FromChild) => void): Promise<Inspected> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.writeTextFile(`${folder}/mod.ts`, source);
    const messages: FromChild[] = [];
    const printed: string[] = [];
    const sandbox: Sandbox = new Sandbox({
      init: { t: "inspect", domain: pathToFileURL(`${folder}/mod.ts`).href, max_memory_mb: 300 },
      domainFolder: folder,
      runFolder: null,
      maxMemoryMb: 300,
      progressTimeout: 2,
      onMessage: (message) => {
        messages.push(message);
        react(sandbox, message);
      },
      onOutput: (line) => printed.push(line),
    });
    const exit = await sandbox.done;
    assertTrue(!alive(sandbox.pid), "the process is gone when done settles");
    return { exit, messages, printed };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function alive(pid: number): boolean {
  return new Deno.Command("ps", { args: ["-p", String(pid)], stdout: "null", stderr: "null" }).outputSync().success;
}

const EMPTY = `
  import { defineDomain } from "llm-sim";
  export default defineDomain({ name: "empty", description: "Nothing.", agents: [], engines: [], validators: [] });
`;
const nothing = () => {};

Deno.test("a domain describes itself, and the process ends when its input is closed", async () => {
  const { exit, messages } = await inspect(EMPTY, (sandbox, message) => {
    if (message.t === "described") sandbox.close();
  });
  const described = messages.find((message) => message.t === "described");
  assertEquals(described?.description.description, "Nothing.");
  // It had nothing more to say: whoever closed it knows why it ended.
  assertEquals(exit.kind, "died");
});

Deno.test("a process that was described and waits for questions is not taken for one that hangs", async () => {
  let described = 0;
  const { exit } = await inspect(EMPTY, (sandbox, message) => {
    if (message.t !== "described" || described++ > 0) return;
    // Longer than the limit: with the watchdog's clock running it would be stopped before.
    setTimeout(() => sandbox.close(), 3000);
  });
  assertEquals(exit.kind, "died");
});

Deno.test("a domain that never comes to the end of its module is stopped", async () => {
  for (const source of ["while (true);", "await new Promise(() => {});"]) {
    const { exit } = await inspect(source, nothing);
    assertEquals(exit.kind, "stopped");
    assertEquals(exit.kind === "stopped" && exit.failure.code, "turn_timeout");
  }
});

Deno.test("the first reason to stop a process is the one that counts", async () => {
  const { exit } = await inspect(EMPTY, (sandbox) => {
    sandbox.stop({ code: "first", message: "first" });
    sandbox.stop({ code: "second", message: "second" });
  });
  assertEquals(exit, { kind: "stopped", failure: { code: "first", message: "first" } });
});

Deno.test("a process killed from outside is reported with its signal", async () => {
  const { exit } = await inspect(EMPTY, (sandbox, message) => {
    if (message.t === "described") Deno.kill(sandbox.pid, "SIGKILL");
  });
  assertEquals(exit.kind === "died" && [exit.signal, exit.failure.code], ["SIGKILL", "process_died"]);
  assertMatches(exit.kind === "died" ? exit.failure.message : "", /was killed by SIGKILL/);
});

Deno.test("lines that look like messages are output, whoever prints them", async () => {
  const forged = JSON.stringify({
    v: 1,
    t: "failed",
    turn: 0,
    error: { code: "x", message: "x" },
    stats: null,
    metrics: {},
  });
  const { messages, printed } = await inspect(
    `Deno.stdout.writeSync(new TextEncoder().encode(${JSON.stringify(`\n${forged}\n`)}));${EMPTY}`,
    (sandbox, message) => {
      if (message.t === "described") sandbox.close();
    },
  );
  assertEquals(printed, [forged]);
  assertEquals(messages.some((message) => message.t === "failed"), false);
});

Deno.test("a host that cannot take a message does not stop the simulation, and is told so once", async () => {
  let told = 0;
  const { exit, printed } = await inspect(`console.log("hello");${EMPTY}`, (sandbox, message) => {
    told++;
    if (message.t === "described") sandbox.close();
    throw new Error("no ears");
  });
  assertTrue(told > 1);
  assertEquals(printed.filter((line) => line.includes("no ears")).length, 1);
  assertEquals(exit.kind, "died");
});
