/** Errors as the API describes them: {@linkcode Problem}. */

import { z } from "zod";

const issueSchema = z.object({
  path: z.string().meta({ description: "`query.limit`, `body.scenario`, or the path inside a scenario" }),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
}).meta({ id: "ProblemIssue", description: "one finding" });

/** The body of every error. */
export const problemSchema = z.object({
  type: z.literal("about:blank"),
  title: z.string().meta({ description: "the status in words" }),
  status: z.number().int().min(400).max(599),
  detail: z.string().meta({ description: "what is wrong, with the value found" }),
  code: z.string().regex(/^[a-z][a-z0-9_]*$/).meta({ description: "stable name of the error" }),
  errors: z.array(issueSchema).optional(),
  hint: z.string().optional().meta({ description: "what to do about it" }),
  disk: z.string().nullable().optional().meta({
    description: "of `…_changed` and `…_conflict` of a file: the text on disk; null: there is none any more",
  }),
  hash: z.string().nullable().optional().meta({ description: "of the same: its hash, for the next If-Match" }),
  regions: z.array(z.object({
    base: z.string(),
    mine: z.string(),
    disk: z.string(),
    line: z.number().int().meta({ description: "in the draft, from 1" }),
  })).optional().meta({ description: "of `…_conflict`: what both sides have changed" }),
  instance: z.string().meta({ description: "path of the request" }),
  request_id: z.string(),
}).meta({ id: "Problem", description: "an error, as RFC 9457 has it" });
