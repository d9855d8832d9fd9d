/** What a run logs, as a line. */

import type { Json } from "../framework/mod.ts";
import type { RunNotice } from "../runner/mod.ts";

type LogNotice = Omit<Extract<RunNotice, { readonly kind: "log" }>, "kind">;

/**
 * `notice` in the format that its scenario asks for: `json` is a JSON object, `console` is `LEVEL text key=value…`, `auto`
 * is `json` in production and else `console`.
 */
export function logLine(notice: LogNotice, isProduction = Deno.env.get("ENVIRONMENT") === "production"): string {
  const { level, run_id, text, fields, format } = notice;
  if (format === "json" || (format === "auto" && isProduction)) return JSON.stringify({ level, run_id, text, fields });
  return [level, text, ...Object.entries(fields ?? {}).map(([key, value]) => `${key}=${shown(value)}`)].join(" ");
}

/** A text that reads as one word stands as it is. */
function shown(value: Json): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
