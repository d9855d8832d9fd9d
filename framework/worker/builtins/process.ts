/** `node:process` as domain code imports it (see `runner/sandbox/sandbox.json`): as the prelude left `process`. */

import real from "node:process";

// @ts-expect-error its types know no named exports, though it has them
export * from "node:process";
export default real;
export const { abort, chdir, cpuUsage, exit, kill, resourceUsage, threadCpuUsage } = real;
