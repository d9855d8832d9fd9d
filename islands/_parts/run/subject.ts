/** What the server tells a run's page, beside the run as it stands. */

import type { ConversationRun, Provenance, RunOutput } from "../types.ts";

/** What a page of a run is drawn from. */
export interface RunSubject {
  readonly output: RunOutput;
  readonly provenance: Provenance;
  readonly seed: number;
  readonly sample: number;
  readonly labels: { readonly [key: string]: string };
  /** Null: it was pasted. */
  readonly scenario: { readonly path: string; readonly href: string | null } | null;
  readonly notebook: { readonly path: string; readonly href: string } | null;
  readonly batch: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
  /** Whether its domain is here: without it, it cannot be played on. */
  readonly isPlayable: boolean;
  /** Files of it that could not be read, or not all of them. */
  readonly damaged: readonly string[];
  readonly checkpoints: readonly number[];
  /** Turns with interventions that the scenario plans or that came from outside. */
  readonly interventions: readonly number[];
  /** Variables of agents that can be drawn. */
  readonly agentVariables: readonly string[];
  /** All variables, for who intervenes. */
  readonly variables: { readonly agent: readonly string[]; readonly global: readonly string[] };
  /** Names of its first agents, for who intervenes. */
  readonly agents: readonly string[];
  /** Formats of the conversation; none: it is no conversation. */
  readonly formats: readonly string[];
  readonly conversation: ConversationRun | null;
  readonly writable: boolean;
}

/** What who looks may do. */
export interface May {
  readonly run: boolean;
  readonly edit: boolean;
  readonly admin: boolean;
}
