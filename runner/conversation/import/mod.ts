/**
 * Imports: conversations that were had elsewhere, to be judged or labelled, and tasks for simulated users. Pure: reads and
 * writes no files.
 */

export { importMessages } from "./messages_scenario.ts";
export { type MessagesOptions, readMessages } from "./openai.ts";
export type { RecordedConversation, RecordedTurn } from "./recorded.ts";
export type { ImportedScenario, ImportOptions } from "./scenario_text.ts";
export { type ExportedTasks, exportTau2, importTau2 } from "./tau2.ts";
