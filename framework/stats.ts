/** Running totals of a simulation, and what they say about the run's validity. */

/** Totals since turn 1; they survive a resume inside the checkpoint. */
export interface RunStats {
  /** Turns played. */
  readonly turns: number;
  /** Times an agent was due to decide. */
  readonly decisions: number;
  /** Of these, how many failed and were skipped or replaced by a fallback. */
  readonly failed_decisions: number;
  /** Actions the validator accepted. */
  readonly validated: number;
  /** Actions the validator rejected. */
  readonly rejected: number;
  /** `global.total_economic_value` of turn 0, or null. */
  readonly initial_value: number | null;
  /** `global.total_economic_value` of the last turn, or null. */
  readonly final_value: number | null;
}

/** Totals before the first turn. */
export function newStats(): RunStats {
  return {
    turns: 0,
    decisions: 0,
    failed_decisions: 0,
    validated: 0,
    rejected: 0,
    initial_value: null,
    final_value: null,
  };
}

/** How far a run's result can be trusted. */
export interface Validity {
  /** `valid`; `degraded`: some decisions were skipped or replaced; `void`: more than the scenario tolerates. */
  readonly state: "valid" | "degraded" | "void";
  /** Why it is not valid; empty when it is. */
  readonly reasons: readonly string[];
}

/** The validity of a run with these totals. @param maxFallbackShare share of failed decisions above which it is void */
export function validityOf(stats: RunStats, maxFallbackShare: number): Validity {
  if (stats.failed_decisions === 0) return { state: "valid", reasons: [] };
  const share = stats.failed_decisions / stats.decisions;
  const reason = `${stats.failed_decisions} of ${stats.decisions} decisions failed and were skipped or replaced (${
    (share * 100).toFixed(1)
  } %)`;
  return { state: share > maxFallbackShare ? "void" : "degraded", reasons: [reason] };
}
