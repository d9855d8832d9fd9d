/** Where a cell's numbers come from, as HTML. */

import { dollars, escapeMarkup, shortTime } from "../../report/mod.ts";
import type { CellView, Provenance } from "../view.ts";

/** One line of small print; empty for cells that nothing was played for. */
export function factsHtml({ provenance }: Pick<CellView, "provenance">): string {
  if (provenance === null) return "";
  return `<p class="provenance note">${provenanceFacts(provenance).join(" · ")}</p>`;
}

function provenanceFacts(provenance: Provenance): string[] {
  const { run_id, batch_id, seed, sample, models, cost_usd, validity, reasons, at, engine_version, content_key } =
    provenance;
  return [
    ...(run_id === undefined ? [] : [`run <code>${escapeMarkup(run_id)}</code>`]),
    ...(batch_id === undefined ? [] : [`batch <code>${escapeMarkup(batch_id)}</code>`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...(sample === undefined || sample === 0 ? [] : [`sample ${sample}`]),
    models.length === 0 ? "no models" : escapeMarkup(models.join(", ")),
    cost_usd === 0 ? "$0" : dollars(cost_usd),
    `<strong>${escapeMarkup([validity, ...reasons].join(": "))}</strong>`,
    ...(at === null ? [] : [`<time datetime="${escapeMarkup(at)}">${escapeMarkup(shortTime(at))} UTC</time>`]),
    ...(engine_version === undefined ? [] : [`llm-sim ${escapeMarkup(engine_version)}`]),
    ...(content_key === undefined ? [] : [`key <code>${escapeMarkup(content_key.slice(0, 16))}</code>`]),
  ];
}
