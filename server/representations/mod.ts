/** What the API shows, as schemas beside the functions that make it. */

export * from "./batch.ts";
export * from "./conversation.ts";
export * from "./json.ts";
export * from "./notebook.ts";
export * from "./problem.ts";
export * from "./records.ts";
export * from "./repos.ts";
export * from "./scenario_files.ts";
export * from "./server.ts";
export * from "./simulation.ts";
