/**
 * What a process needs of the framework that keeps a run and does not play it: the trusted thread of a sandbox. Loading
 * all of the framework would take it 20 ms more.
 */

export { sha256 } from "./canonical_json.ts";
export { composeCheckpoint, decodeCheckpoint } from "./checkpoint.ts";
export { SimError } from "./issue.ts";
export {
  LONGEST_HTTP_TIMEOUT,
  LONGEST_PURPOSE,
  LONGEST_ROLE,
  LONGEST_URL,
  MOST_TOOLS,
  TOOL_NAME,
} from "./llm/sendable.ts";
