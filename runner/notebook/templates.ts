/** Texts of new notebooks: they read well, and work as they are. */

import { didYouMean, SimError } from "../../framework/mod.ts";
import { type Starter, STARTERS, type TemplateSource } from "./controller.ts";
import compare from "./templates/compare.md" with { type: "text" };
import conversation from "./templates/conversation.md" with { type: "text" };
import sweep from "./templates/sweep.md" with { type: "text" };
import { fromBatch } from "./templates/batch.ts";
import type { Maker } from "./templates/maker.ts";
import { fromRun } from "./templates/run.ts";
import { fromScenario } from "./templates/scenario.ts";

const STARTER_TEXTS: { readonly [starter in Starter]: string } = { compare, sweep, conversation };

/** As {@linkcode Notebooks.template}. */
export async function template(maker: Maker, source: TemplateSource): Promise<string> {
  if ("starter" in source) return starterText(source.starter);
  if ("run_id" in source) return await fromRun(maker, source.run_id);
  if ("batch_id" in source) return await fromBatch(maker, source.batch_id);
  return await fromScenario(maker, source.scenario);
}

/** Forms send names that are none. @throws {SimError} `unknown_starter` */
function starterText(starter: Starter): string {
  if (STARTERS.includes(starter)) return STARTER_TEXTS[starter];
  throw new SimError("unknown_starter", `there is no starter '${starter}'`, { hint: didYouMean(starter, STARTERS) });
}
