/** Which runs a list or a count is about, as parameters of a request. */

import { z } from "zod";
import { RUN_SORTS, RUN_STATUSES, type RunQuery } from "../../../../runner/mod.ts";
import { intParam, listParam } from "../../../../server/mod.ts";

const text = z.string().min(1).max(1000);

/** Conditions, all of which must hold. */
export const conditions = {
  repo: text.optional().meta({ description: "of this domain" }),
  status: listParam(z.enum(RUN_STATUSES)).meta({ description: "of one of these statuses, separated by commas" }),
  scenario: text.optional().meta({ description: "path of the scenario, or its end" }),
  label: text.optional().meta({ description: "`key` or `key=value`" }),
  batch: text.optional().meta({ description: "made for this batch" }),
  validity: z.enum(["valid", "degraded", "void"]).optional(),
  since: z.iso.datetime({ offset: true }).optional().meta({ description: "created at or after" }),
  q: text.optional().meta({ description: "part of the id, the name or the scenario's path" }),
};

/** In which order, and which part of them. */
export const order = {
  sort: z.enum([...RUN_SORTS, ...RUN_SORTS.map((by) => `-${by}` as const)]).optional().meta({
    description: "what they are sorted by, with `-` the greatest first; without it: newest first",
  }),
  group: z.enum(["repo"]).optional().meta({ description: "runs of one domain stand together" }),
  limit: intParam(1, 500).default(100),
  cursor: text.optional().meta({ description: "`X-Next-Cursor` of the page before, where nothing is sorted" }),
  offset: intParam(0, 10_000_000).optional().meta({ description: "so many are left out before the first" }),
};

type Conditions = z.output<z.ZodObject<typeof conditions>>;
type Order = z.output<z.ZodObject<typeof order>>;

/** The query of a request. */
export function runQueryOf({ q, status, since, sort, group, ...rest }: Conditions & Partial<Order>): RunQuery {
  const by = sort?.replace(/^-/, "") as typeof RUN_SORTS[number] | undefined;
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(status.length > 0 && { status }),
    ...(q !== undefined && { text: q }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
    ...((by !== undefined || group !== undefined) && {
      sort: {
        by: by ?? "created",
        descending: sort === undefined || sort.startsWith("-"),
        grouped: group !== undefined,
      },
    }),
  };
}
