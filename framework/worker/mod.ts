/** What passes between a sandbox's worker and its trusted thread. The worker's own modules are loaded by URL. */

export type * from "./messages.ts";
export { droppedText, LineRate } from "./line_rate.ts";
