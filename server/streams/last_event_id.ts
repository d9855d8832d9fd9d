/** What a client that comes back says it has. */

import type { z } from "zod";
import { invalid, problemIssues } from "../endpoint.ts";

/**
 * The `Last-Event-ID` of a request, as `schema` reads it; null where there is none.
 * @throws {ProblemError} 422 where it is none of ours
 */
export function lastEventId<T>(request: Request, schema: z.ZodType<T>): T | null {
  const given = request.headers.get("last-event-id");
  if (given === null || given === "") return null;
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap((issue) => problemIssues(issue, "header.Last-Event-ID")));
}
