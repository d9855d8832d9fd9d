/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** How a domain is: its status, and what to do about one that is broken. */

import type { VNode } from "preact";
import { TroubleBox } from "../../islands/_parts/actions.tsx";
import { counted } from "../../islands/_parts/number_format.tsx";
import { StatusBadge } from "../../islands/_parts/status_badge.tsx";
import type { DomainHealth } from "../../server/mod.ts";

/** Milliseconds that a page waits for domains that nobody knows yet. */
export const PATIENCE = 800;

const STATUS = { ok: "valid", broken: "broken", unknown: "checking" } as const;

/** `valid`, `broken`, `being checked`. */
export function HealthBadge({ domain: { status } }: { readonly domain: DomainHealth }): VNode {
  return <StatusBadge status={STATUS[status]} />;
}

/** Why a broken one is, and what to do; nothing for others. */
export function HealthTrouble({ domain }: { readonly domain: DomainHealth }): VNode | null {
  if (domain.status !== "broken") return null;
  const message = domain.reason ?? "nobody knows why";
  return <TroubleBox trouble={{ message, ...(domain.hint !== null && { hint: domain.hint }) }} />;
}

/** `7 domains, 1 broken, 2 being checked`. */
export function summaryOf(domains: readonly DomainHealth[]): string {
  const having = (wanted: DomainHealth["status"]) => domains.filter(({ status }) => status === wanted).length;
  const [broken, unknown] = [having("broken"), having("unknown")];
  return [
    counted(domains.length, "domain"),
    broken === 0 ? [] : `${broken} broken`,
    unknown === 0 ? [] : `${unknown} being checked`,
  ].flat().join(", ");
}
