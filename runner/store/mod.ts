/** The store: where runs are kept. */

export * from "./manifest.ts";
export * from "./run_id.ts";
export * from "./store.ts";
export { asOutputError, LocalStore } from "./local.ts";
