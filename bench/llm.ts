/**
 * Group 9: agents that ask language models, against bare loops that send the same requests to the same test server, which
 * runs in a process of its own: whole turns, CPU time per call, 1,000 calls in flight, cancelling, the tape.
 */

import { callRows } from "./llm/calls.ts";
import { flightRows } from "./llm/flight.ts";
import { tapeRows } from "./llm/tape.ts";
import { turnRows } from "./llm/turns.ts";
import type { Row } from "./report.ts";

/** All of them; takes about a quarter of an hour. */
export async function llmRows(folder: string): Promise<Row[]> {
  return [
    ...await turnRows(`${folder}/turns`),
    ...await callRows(`${folder}/calls`),
    ...await flightRows(`${folder}/flight`),
    ...await tapeRows(`${folder}/tape`),
  ];
}
