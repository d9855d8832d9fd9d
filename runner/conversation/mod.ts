/**
 * Conversations under test, on the host: their verbs, their view, exports and imports, and what a judge is worth.
 *
 * @module
 */

import { endText, headText, toText, turnText } from "./export/mod.ts";

export { type Certificate, certificateText } from "./certificate.ts";
export type { CertificateReport, JudgeCertificate } from "./certifying.ts";
export { type Advanced, Conversations, type RejudgeSpec } from "./controller.ts";
export type { ConversationSpec } from "./start.ts";
export { CONVERSATION_FORMATS, type ConversationFormat, exportConversation, toJunit } from "./export/mod.ts";
export { importMessages, importTau2 } from "./import/mod.ts";
export { assertPlayable, defaultTurns } from "./limits.ts";
export type { ConversationOutline, OutlineTask, RemovedTask, TaskTouch } from "./outline.ts";
export type { ConversationQuote, QuotedModel } from "./quote.ts";
export type { ConversePlan, ConversePlanSpec, PlannedConversation } from "./plan.ts";
export { baselineLine, converseReport, reportLine } from "./report.ts";
export * from "./types.ts";
export { SESSION_LABEL } from "./view.ts";

/** A conversation in words: as a whole, or part by part as it is spoken. */
export const conversationText = { whole: toText, head: headText, turn: turnText, end: endText };
