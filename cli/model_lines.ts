/** What a run's models did and cost, in words. */

import type { Manifest } from "../runner/mod.ts";
import { formatNumber } from "./terminal/mod.ts";

/** Calls, tokens and money, all resumes together: `40 calls, 12 345 + 2 100 tokens, $0.0123`. */
export function costText({ calls, input_tokens, output_tokens, usd, retries }: Manifest["cost"]): string {
  const tokens = input_tokens + output_tokens;
  return [
    count(calls, "call"),
    ...(retries ? [`${count(retries, "retry", "retries")} on the way`] : []),
    ...(tokens > 0 ? [`${formatNumber(input_tokens)} + ${formatNumber(output_tokens)} tokens`] : []),
    ...(usd > 0 ? [money(usd)] : []),
  ].join(", ");
}

/** What a fork has taken from its parent's tape: `412 of 480 calls reused, first new call in turn 7 (B)`; or null. */
export function reuseText({ calls, reused_calls, first_new }: Manifest["cost"]): string | null {
  if (reused_calls === 0) return null;
  const first = first_new
    ? `, first new call in turn ${first_new.turn} (${first_new.agent === "" ? "the world" : first_new.agent})`
    : ", none was made anew";
  return `${reused_calls} of ${count(calls + reused_calls, "call")} reused${first}`;
}

/** `$12.34`; of small sums the first digits that say something. */
export function money(usd: number): string {
  return usd >= 1 ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(3))}`;
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${formatNumber(n)} ${n === 1 ? one : many}`;
}
