/**
 * Closes the ways around the prelude that lead through node's modules: fresh realms and threads, the process's standard
 * input, real clocks and real randomness.
 */

import { refuseAll, refuseRandom } from "./refuse.ts";

type Builtin = Record<string, unknown>;

const RANDOM = [
  "getRandomValues",
  "randomBytes",
  "pseudoRandomBytes",
  "randomFill",
  "randomFillSync",
  "randomInt",
  "randomUUID",
  "generateKey",
  "generateKeySync",
  "generateKeyPair",
  "generateKeyPairSync",
  "generatePrime",
  "generatePrimeSync",
  "createDiffieHellman",
  "createDiffieHellmanGroup",
  "getDiffieHellman",
  "createECDH",
];

/** @param performance the simulation's clock, in place of node's */
export function refuseNodeBuiltins(performance: object): void {
  const builtin = (globalThis as unknown as { process: { getBuiltinModule(name: string): Builtin } }).process
    .getBuiltinModule;
  // Host and trusted thread talk through the process's standard input: domain code must not take lines out of it. This
  // closes the worker's own handle only.
  const fs = builtin("node:fs");
  (fs.closeSync as (fd: number) => void)(0);
  refuseRandom(fs, "fs.", ["mkdtemp", "mkdtempSync"]);
  refuseRandom(fs.promises as object, "fs.promises.", ["mkdtemp"]);
  refuseAll(builtin("node:worker_threads"), "worker_threads.", ["Worker", "BroadcastChannel"]);
  const vm = builtin("node:vm");
  refuseAll(vm, "vm.", ["createContext", "runInContext", "runInNewContext"]);
  const { Script } = vm as { Script: { prototype: object } };
  refuseAll(Script.prototype, "vm.Script.", ["runInContext", "runInNewContext"]);
  refuseAll(builtin("node:wasi"), "wasi.", ["WASI"]);
  refuseRandom(builtin("node:crypto"), "crypto.", RANDOM);
  const hooks = builtin("node:perf_hooks");
  Object.defineProperty(hooks, "performance", { value: performance, enumerable: true });
  refuseAll(hooks, "perf_hooks.", ["monitorEventLoopDelay", "eventLoopUtilization", "timerify"]);
  // Named imports see these two as they are now; of the others they see what `builtins/` exports.
  (builtin("node:module").syncBuiltinESMExports as () => void)();
}
