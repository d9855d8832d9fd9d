/** Domain code that goes wrong, by accident or on purpose: every row of these tables, played against a real sandbox. */

import type { App } from "../../runner/app.ts";
import type { Manifest } from "../../runner/store/mod.ts";
import { runToEnd, withApp } from "../support/app.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { type AgentEntry, scenarioText } from "./scenario.ts";
import { children, largestGap } from "./world.ts";

interface Fault {
  readonly fault: string;
  readonly status?: "failed" | "completed";
  readonly code?: string;
  /** Of the error when it failed, of the reason when it completed. */
  readonly message: RegExp;
  /** The turn itself is garbage: the error has none. */
  readonly turnless?: true;
}

const failed = (code: string, rows: Record<string, RegExp>): Fault[] =>
  Object.entries(rows).map(([fault, message]) => ({ fault, code, message }));
const completed = (...faults: string[]): Fault[] =>
  faults.map((fault) => ({ fault, status: "completed", message: /^max_turns$/ }));

const TURNS = 3;
/** Ms for which the host's event loop may be held; what is looked for is a host that hangs. */
const RESPONSIVE = 1000;
const LIMITS = { max_memory_mb: 300, max_output_mb: 2 };

const AGENT_ERRORS = failed("agent_error", {
  "throws": /^agent 'A' failed in turn 2: the harvest is spoiled$/,
  "throws a string": /^agent 'A' failed in turn 2: threw "the harvest is spoiled"$/,
  "rejects": /^agent 'A' failed in turn 2: the harvest is spoiled$/,
  "overflows the stack": /^agent 'A' failed in turn 2: Maximum call stack size exceeded$/,
  "answers a number": /^agent 'A' failed in turn 2: decideAction\(\) returned 42, not an Action/,
  "answers a late number": /^agent 'A' failed in turn 2: decideAction\(\) returned 42, not an Action/,
  "answers undefined": /^agent 'A' .* returned undefined, not an Action/,
  "answers a plain object": /^agent 'A' .* returned \{ agent_name: "A", .* not an Action/,
  "answers a list with garbage": /^agent 'A' .*not an Action/s,
  "answers a thenable that throws": /^agent 'A' failed in turn 2: then what$/,
  "answers an action of another": /^agent 'A' .* returned an action of 'B', not its own$/,
  "answers NaN": /^agent 'A' .*: parameter 'amount' of action 'work' is NaN$/,
  "answers a BigInt": /^agent 'A' .*: parameter 'amount' of action 'work' holds a bigint$/,
  "answers a function": /^agent 'A' .*: parameter 'amount' of action 'work' holds a function$/,
  "answers undefined parameters": /^agent 'A' .*: parameter 'amount' of action 'work' holds a undefined$/,
  "answers a cycle": /^agent 'A' .*: parameter 'self' of action 'work' is nested deeper than 32 levels$/,
  "answers a date": /^agent 'A' .*: parameter 'when' of action 'work' holds a Date$/,
  "answers parameters that throw": /^agent 'A' failed in turn 2: read me not$/,
  "answers strange words": /^agent 'A' .*: confidence of action 'work' must be from 0 to 1, not high$/,
  "answers words that are no text": /^agent 'A' .*: reasoning of an action is 1n, not a text$/,
  "answers a number as name": /^agent 'A' .*: action_name of an action is 7n, not a text$/,
  "exits": /^agent 'A' .*: Deno.exit\(\) is not available in a simulation$/,
  "closes the worker": /^agent 'A' .*: close\(\) is not available in a simulation$/,
  "kills its process": /^agent 'A' .*: Deno.kill\(\) is not available in a simulation$/,
  "posts messages": /^agent 'A' .*: postMessage\(\) is not available in a simulation$/,
});

const UNCAUGHT = failed("domain_error", {
  "rejects unseen":
    /^an error in domain code was caught by nobody in turn 2: .*the harvest is spoiled \(file:.*mod\.ts/,
  "throws in a timer": /^an error in domain code was caught by nobody in turn 2: .*the harvest is spoiled \(file:/,
});

const STUCK = failed("turn_timeout", {
  "never answers": /^no progress for 2 s in turn 2: waiting for the decision of A$/,
  "loops": /^no progress for 2 s in turn 2: domain code is computing and does not return$/,
  "loops in microtasks": /^no progress for 2 s in turn 2: domain code is computing and does not return$/,
});

const MEMORY = failed("out_of_memory", {
  "fills the heap": /memory.*in turn 2.*max_memory_mb: 300/,
  "fills buffers": /memory.*in turn 2.*max_memory_mb: 300/,
});

const OUTPUT = [
  ...failed("output_quota", {
    "fills files": /^the run has written \d+ MB in turn \d, more than max_output_mb: 2$/,
    "makes a file with a hole": /^the run has written 1048577 MB in turn \d, more than max_output_mb: 2$/,
  }),
  ...failed("run_folder_damaged", {
    "puts a file in place of its folder": /^the run's folder is not as the sandbox left it: .*files'$/,
  }),
  ...completed(
    "floods the console",
    "floods the log",
    "floods standard output",
    "writes a line without end",
    "logs garbage",
    "forges messages",
  ),
];

const PATCHES: Fault[] = [
  {
    fault: "leads the state astray",
    code: "bad_block",
    message: /^the sandbox sent turn '\.\.\/\.\.\/manifest' after turn \d$/,
    turnless: true,
  },
  ...failed("bad_block", {
    "patches JSON": /^the sandbox sent a row that is not JSON: /,
    "patches TextEncoder": /^the sandbox sent an event that is not number \d$/,
  }),
  ...failed("domain_error", {
    "patches Array": /^an error in domain code was caught by nobody in turn \d: .*TypeError/,
  }),
  ...completed("patches Map", "patches Promise"),
];

const ENGINE = [
  ...failed("engine_error", {
    "throws": /^engine 'faulty' failed in turn 2: the harvest is spoiled$/,
    "throws a string": /^engine 'faulty' failed in turn 2: threw the harvest is spoiled$/,
    "rejects": /^engine 'faulty' failed in turn 2: the harvest is spoiled$/,
    "overflows the stack": /^engine 'faulty' failed in turn 2: Maximum call stack size exceeded$/,
    "exits": /^engine 'faulty' failed in turn 2: Deno.exit\(\) is not available in a simulation$/,
    "renames within map": /^engine 'faulty' failed in turn 2: agent 'A' cannot be renamed to 'Zed'$/,
  }),
  ...failed("bad_state", {
    "answers nothing": /^engine 'faulty' returned no SimulationState in turn 2$/,
    "answers a plain object": /^engine 'faulty' returned no SimulationState in turn 2$/,
    "answers NaN": /'faulty' made in turn 2 global\.clock: .*found NaN$/,
    "answers a text for a number": /'faulty' made in turn 2 global\.clock: .*found "noon"$/,
    "answers an agent with NaN": /'faulty' made in turn 2 agents\.A\.wealth: .*found NaN$/,
    "exceeds a bound": /'faulty' made in turn 2 agents\.A\.wealth: 1000000000 is above max 1000$/,
    "invents a variable": /'faulty' made in turn 2 global\.weather: there is no such variable/,
    "forgets a variable": /'faulty' made in turn 2 global\.clock: the variable is missing$/,
    "renames an agent": /'faulty' made in turn 2 has 'Zed' in the place of 'A'$/,
    "swaps agents": /'faulty' made in turn 2 has 'B' in the place of 'A'$/,
    "drops an agent": /'faulty' made in turn 2 has 1 agents instead of 2$/,
  }),
  ...failed("simulation_error", {
    "throws at the end": /^the simulation failed in turn 2: no end in sight$/,
  }),
  ...failed("turn_timeout", {
    "never answers": /^no progress for 2 s in turn 2: waiting for a promise of the engine or the validator$/,
    "loops": /^no progress for 2 s in turn 2: domain code is computing and does not return$/,
  }),
  ...failed("out_of_memory", { "fills the heap": /memory.*in turn 2/ }),
  ...completed("sets the clock back"),
  ...failed("engine_error", { "ends with a number": /^checkTermination\(\) returned a number in turn 2$/ }),
];

const VALIDATOR = [
  ...failed("validator_error", {
    "throws": /^validator 'faulty' failed in turn 2: the harvest is spoiled$/,
    "rejects": /^validator 'faulty' failed in turn 2: the harvest is spoiled$/,
    "answers undefined":
      /^validator 'faulty' failed in turn 2: validateAction\(\) returned undefined, not true, false or/,
    "answers null": /^validator 'faulty' failed in turn 2: validateAction\(\) returned null, not true, false or/,
    "answers a text": /^validator 'faulty' failed in turn 2: validateAction\(\) returned "yes", not true, false or/,
  }),
  ...failed("turn_timeout", { "loops": /^no progress for 2 s in turn 2: domain code is computing/ }),
];

const asAgent = (fault: string) => ({ agents: [{ type: "faulty", on_error: "fail" as const, config: { fault } }] });
const asEngine = (fault: string) => ({ engine: { type: "faulty", config: { fault } } });
const asValidator = (fault: string) => ({ validator: { type: "faulty", config: { fault } } });

faults("an agent's errors and garbage end the run when its policy is fail", AGENT_ERRORS, asAgent);
faults("errors that nobody catches end the run", UNCAUGHT, asAgent);
faults("an agent that does not come back is stopped", STUCK, asAgent);
faults("an agent that takes too much memory is stopped", MEMORY, asAgent);
faults("output without measure is dropped or ends the run", OUTPUT, asAgent);
faults("replaced built-ins do not lead the trusted side astray", PATCHES, asAgent);
faults("an engine's faults end the run", ENGINE, asEngine);
faults("a validator's faults end the run", VALIDATOR, asValidator);

/** Plays all rows, several at once, beside a run without fault. */
function faults(
  name: string,
  rows: readonly Fault[],
  spec: (fault: string) => { agents?: readonly AgentEntry[]; engine?: object; validator?: object },
): void {
  Deno.test(`faults: ${name}`, async (t) => {
    const outcomes = new Map<string, Manifest>();
    const gap = await largestGap(() =>
      withApp({ fixtures: ["faulty"], maxConcurrent: 4 }, async (app) => {
        const beside = runToEnd(app, { text: scenarioText({ domain: "faulty", turns: 200, agents: healthy }) });
        await Promise.all(rows.map(async ({ fault }) => {
          const { agents = [], ...parts } = spec(fault);
          const text = scenarioText({
            domain: "faulty",
            turns: TURNS,
            timeout: 2,
            limits: LIMITS,
            agents: [...agents, ...healthy].slice(0, 2),
            ...parts,
          });
          outcomes.set(fault, await runToEnd(app, { text }));
        }));
        await assertUntouched(app, await beside);
      })
    );
    for (const row of rows) await t.step(row.fault, () => assertFault(row, outcomes.get(row.fault)!));
    assertTrue(gap < RESPONSIVE, `the host's event loop was held for ${gap.toFixed(0)} ms`);
    assertEquals(await children(), [], "no process is left behind");
  });
}

const healthy: readonly AgentEntry[] = [{ type: "faulty" }, { type: "faulty" }];

function assertFault({ status = "failed", code, message, turnless }: Fault, manifest: Manifest): void {
  assertEquals(manifest.status, status, manifest.status_reason);
  assertEquals(manifest.error?.code, code);
  assertMatches(manifest.error?.message ?? manifest.status_reason ?? "", message);
  if (status === "failed" && !turnless) {
    assertTrue(manifest.error!.turn! >= 2, `the error names its turn, not ${manifest.error?.turn}`);
  }
  if (status === "completed") assertEquals(manifest.validity.state, "valid");
}

async function assertUntouched(app: App, manifest: Manifest): Promise<void> {
  assertEquals(manifest.status, "completed");
  assertEquals(manifest.validity.state, "valid");
  const state = await app.state(manifest.run_id);
  assertEquals(state?.turn, 200);
  assertEquals((await Array.fromAsync(app.rows(manifest.run_id, "global"))).length, 201);
}

Deno.test("faults: an agent's policy says what follows, and the run's validity tells", async (t) => {
  const play = (app: App, fault: string, on_error: "skip" | "retry" | "fallback", limits: object = {}) =>
    runToEnd(app, {
      text: scenarioText({
        domain: "faulty",
        turns: 4,
        limits,
        agents: [{ type: "faulty", on_error, config: { fault } }, ...healthy],
      }),
    });
  const decisions = async (app: App, runId: string) => {
    const events = await Array.fromAsync(app.rows(runId, "events"));
    return events.filter((event) => event.event_type === "VALIDITY").map((event) => {
      const { turn_number, agent_id, details } = event as unknown as {
        turn_number: number;
        agent_id: string;
        details: { policy: string; attempts: number; instead: string; error: { message: string } };
      };
      return `${turn_number} ${agent_id} ${details.policy} ${details.attempts} ${details.instead}`;
    });
  };
  await withApp({ fixtures: ["faulty"] }, async (app) => {
    await t.step("skip: the turn is left out", async () => {
      const { run_id, status, validity } = await play(app, "throws", "skip", { max_fallback_share: 0.5 });
      assertEquals(status, "completed");
      assertEquals(validity.state, "degraded");
      assertMatches(validity.reasons.join(), /^3 of 12 decisions failed and were skipped or replaced/);
      assertEquals(await decisions(app, run_id), ["2 A skip 1 nothing", "3 A skip 1 nothing", "4 A skip 1 nothing"]);
    });
    await t.step("retry: asked three times, then left out; too many make the run void", async () => {
      const { run_id, status, validity } = await play(app, "answers a number", "retry", { max_fallback_share: 0.1 });
      assertEquals(status, "completed");
      assertEquals(validity.state, "void");
      assertEquals((await decisions(app, run_id))[0], "2 A retry 3 nothing");
    });
    await t.step("fallback: replaced by what the agent falls back to", async () => {
      const { run_id, validity } = await play(app, "rejects", "fallback", { max_fallback_share: 0.5 });
      assertEquals(validity.state, "degraded");
      assertEquals((await decisions(app, run_id))[0], "2 A fallback 1 fallback");
      const events = await Array.fromAsync(app.rows(run_id, "events"));
      const rests = events.filter((event) =>
        event.event_type === "ACTION" && (event.details as { action_type: string }).action_type === "rest"
      );
      assertEquals(rests.length, 3);
    });
    await t.step("fallback: when that fails too, the run ends", async () => {
      const { status, error } = await play(app, "throws in its fallback too", "fallback");
      assertEquals(status, "failed");
      assertEquals([error?.code, error?.turn, error?.agent], ["agent_error", 2, "A"]);
      assertMatches(error!.message, /^agent 'A' failed in turn 2: its fallback failed too: no fallback either$/);
    });
  });
});

Deno.test("faults: what a domain prints reaches listeners as log lines, and a flood of it only in part", async () => {
  await withApp({ fixtures: ["faulty"] }, async (app) => {
    const lines: string[] = [];
    app.subscribe((notice) => {
      if (notice.kind === "log") lines.push(notice.text);
    });
    const play = (fault: string) =>
      runToEnd(app, { text: scenarioText({ domain: "faulty", turns: TURNS, ...asAgent(fault) }) });
    assertEquals((await play("forges messages")).status_reason, "max_turns");
    assertTrue(lines.some((line) => line.includes('"reason":"won"')), "the forged line is shown as printed");
    lines.length = 0;
    await play("logs garbage");
    assertTrue(lines.includes("not a number"), lines.join("\n"));
    for (const flood of ["floods the log", "floods the console", "floods standard output"]) {
      lines.length = 0;
      await play(flood);
      assertTrue(lines.length >= 200 && lines.length < 10_000, `${flood}: ${lines.length} lines`);
    }
  });
});

const GOOD = (body: string) => `
  import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
  class QuietAgent extends BaseAgent { decideAction() { return null; } }
  class StillEngine extends BaseEngine { applyActions(state) { return state; } }
  class AlwaysValidValidator extends BaseValidator { validateAction() { return true; } }
  ${body}
  export default defineDomain({ name: "broken", description: "", agents: [QuietAgent], engines: [StillEngine], validators: [AlwaysValidValidator] });
`;

const UNLOADABLE: Record<string, { source: string; message: RegExp }> = {
  "throws": { source: `throw new Error("no such harvest");`, message: /no such harvest \(file:.*mod\.ts:1:\d+\)/ },
  "rejects": { source: `await Promise.reject(new Error("no such harvest"));`, message: /no such harvest/ },
  "has a syntax error": { source: `export default {{;`, message: /mod\.ts:1:\d+/ },
  "imports what is not there": { source: `import "./lost.ts";`, message: /lost\.ts/ },
  "imports a name that is not there": { source: `import { Nothing } from "llm-sim"; Nothing;`, message: /Nothing/ },
  "exports nothing": { source: `1;`, message: /mod\.ts has no default export made by defineDomain\(\)/ },
  "exports garbage": {
    source: `export default 42;`,
    message: /mod\.ts has no default export made by defineDomain\(\)/,
  },
  "exits": { source: `Deno.exit(0);`, message: /Deno\.exit\(\) is not available/ },
  "fills the heap": {
    source: `const kept = []; while (true) kept.push(new Array(1000).fill(kept.length));`,
    message: /memory/,
  },
  "has two agents of one type": {
    source: GOOD("").replace("agents: [QuietAgent]", "agents: [QuietAgent, QuietAgent]"),
    message: /domain 'broken' has two agents of type 'quiet'/,
  },
};

Deno.test("faults: a domain that cannot be loaded is refused with its reason, and no run is left behind", async (t) => {
  for (const [name, { source, message }] of Object.entries(UNLOADABLE)) {
    await t.step(name, async () => {
      await withApp({ sources: { broken: source } }, async (app) => {
        const text = scenarioText({ domain: "broken", agents: [{ type: "quiet" }] });
        const error = await assertRejects(() => app.start({ text }), "domain_load_error");
        assertMatches(error.message, /^domain 'broken' cannot be loaded: /);
        assertMatches(error.message, message);
        assertEquals((await app.list()).runs, []);
      });
    });
  }
  assertEquals(await children(), [], "no process is left behind");
});

Deno.test("faults: a domain that cannot be loaded does not keep others from running", async () => {
  await withApp({ sources: { broken: `throw new Error("broken");` }, fixtures: ["faulty"] }, async (app) => {
    const { status } = await runToEnd(app, { text: scenarioText({ domain: "faulty", agents: healthy }) });
    assertEquals(status, "completed");
  });
});
