/**
 * Exports of conversations: text, Markdown, JSON that reads back, OpenAI messages, JUnit XML, a case of a scenario. Pure:
 * reads and writes no files.
 */

import { SimError } from "../../../framework/mod.ts";
import { converseReport } from "../report.ts";
import type { ConversationRun } from "../types.ts";
import { toCase } from "./case.ts";
import { toJson } from "./json.ts";
import { toJunit } from "./junit.ts";
import { toMarkdown } from "./markdown.ts";
import { toOpenAi } from "./openai.ts";
import { toText } from "./text.ts";

export { toCase } from "./case.ts";
export { readConversation, toJson } from "./json.ts";
export { failures, toJunit } from "./junit.ts";
export { toMarkdown } from "./markdown.ts";
export { openAiLine, spoken, type SpokenTurn, toOpenAi } from "./openai.ts";
export { endText, headText, type TextColour, type TextOptions, toText, turnText } from "./text.ts";

/** What conversations are exported to. */
export const CONVERSATION_FORMATS = ["txt", "md", "json", "openai", "junit", "case"] as const;
/** What conversations are exported to. */
export type ConversationFormat = typeof CONVERSATION_FORMATS[number];

/** A conversation in one of the formats. */
export interface ExportedConversation {
  readonly text: string;
  /** Media type with its character set. */
  readonly media_type: string;
  /** `RUN_ID.txt` … */
  readonly file_name: string;
}

const WRITERS: {
  readonly [format in ConversationFormat]: readonly [
    media_type: string,
    extension: string,
    write: (run: ConversationRun) => string,
  ];
} = {
  txt: ["text/plain; charset=utf-8", "txt", (run) => toText(run)],
  md: ["text/markdown; charset=utf-8", "md", toMarkdown],
  json: ["application/json; charset=utf-8", "json", toJson],
  openai: ["application/x-ndjson; charset=utf-8", "jsonl", (run) => toOpenAi(run)],
  junit: ["application/xml; charset=utf-8", "xml", (run) => toJunit(converseReport("conversation", [run]))],
  case: ["application/yaml; charset=utf-8", "yaml", toCase],
};

/** The conversation in `format`. @throws {SimError} `unknown_format`; `no_wishes` as a case */
export function exportConversation(run: ConversationRun, format: string): ExportedConversation {
  if (!Object.hasOwn(WRITERS, format)) {
    throw new SimError("unknown_format", `conversations cannot be exported to '${format}'`, {
      hint: `formats are ${CONVERSATION_FORMATS.join(", ")}`,
    });
  }
  const [media_type, extension, write] = WRITERS[format as ConversationFormat];
  return { text: write(run), media_type, file_name: `${run.run_id}.${extension}` };
}
