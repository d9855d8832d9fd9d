/** The sandbox: one process per run, one worker in it, narrow rights, a watchdog. */

export { ReadySandbox, type SandboxListener } from "./ready.ts";
export { Sandbox, type SandboxExit, type SandboxOptions } from "./sandbox.ts";
export { CHILD_SUBCOMMAND, spawnDeno } from "./command.ts";
export type { Failure, FromChild, PlanStretch } from "./protocol.ts";
