/** `node:perf_hooks` as domain code imports it (see `runner/sandbox/sandbox.json`): with the simulation's clock. */

import real from "node:perf_hooks";

export * from "node:perf_hooks";
export default real;
// Two of them are missing in its types.
export const { eventLoopUtilization, monitorEventLoopDelay, performance, timerify } = real as
  & typeof real
  & Record<"eventLoopUtilization" | "timerify", unknown>;
