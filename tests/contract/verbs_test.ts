import { App } from "../../runner/mod.ts";
import { buildProgram } from "../../cli/program.ts";
import { assertEquals } from "../support/assert.ts";

/** Where the command line has each verb of the app; a sentence where it has none. */
const DOORS: { readonly [verb: string]: string } = {
  start: "run",
  validate: "validate",
  list: "runs list",
  status: "runs show",
  state: "runs show",
  checkpoints: "runs show",
  result: "runs show",
  size: "runs show",
  cancel: "runs cancel",
  delete: "runs delete",
  prune: "runs prune",
  resume: "resume",
  step: "resume",
  fork: "fork",
  replay: "replay",
  intervene: "intervene",
  decide: "decide",
  handOver: "handover",
  pendingDecisions: "(run, resume and fork ask for them)",
  exportRun: "export",
  rows: "run",
  describeDomain: "domains",
  domains: "domains",
  domainFolder: "domains",
  providers: "providers",
  folder: "run",
  wait: "run",
  subscribe: "run",
  pause: "(Ctrl-C on run, resume, fork)",
  interrupt: "(Ctrl-C twice on run, resume, fork)",
  recover: "(every command does it at its start)",
  close: "(every command does it at its end)",
  maxConcurrent: "(one command plays one run; max_concurrent in llm-sim.yaml)",
};

Deno.test("every verb of the app has a command, or a written reason why not", () => {
  const verbs = Object.getOwnPropertyNames(App.prototype).filter((name) => name !== "constructor").sort();
  assertEquals(Object.keys(DOORS).sort(), verbs);
});

Deno.test("every command named for a verb exists", () => {
  const program = buildProgram(() => {});
  const commands = program.commands.flatMap((command) => [
    command.name(),
    ...command.commands.map((inner) => `${command.name()} ${inner.name()}`),
  ]);
  for (const door of Object.values(DOORS)) {
    if (!door.startsWith("(")) assertEquals(commands.includes(door), true, `there is no command '${door}'`);
  }
});
