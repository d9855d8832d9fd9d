/** How a status reads: an icon, a word and a tone, never a colour alone. */

import { type Tone } from "../../report/mod.ts";
import type { CellStatus, CellView } from "../view.ts";

/** What stands for a status. */
export interface StatusLook {
  readonly icon: string;
  readonly word: string;
  readonly tone: Tone;
}

/** Of cells. */
export const STATUS_LOOKS: { readonly [status in CellStatus]: StatusLook } = {
  fresh: { icon: "✓", word: "done", tone: "good" },
  cached: { icon: "✓", word: "cached", tone: "good" },
  stale: { icon: "!", word: "stale", tone: "warn" },
  queued: { icon: "○", word: "queued", tone: "plain" },
  running: { icon: "▸", word: "running", tone: "plain" },
  paused: { icon: "‖", word: "paused", tone: "warn" },
  failed: { icon: "✗", word: "failed", tone: "bad" },
  blocked: { icon: "–", word: "blocked", tone: "warn" },
  error: { icon: "✗", word: "error", tone: "bad" },
  off: { icon: "–", word: "off", tone: "plain" },
  reserved: { icon: "–", word: "reserved", tone: "plain" },
};

/** How the cell stands. */
export function statusOf({ status }: Pick<CellView, "status">): StatusLook {
  return STATUS_LOOKS[status];
}
