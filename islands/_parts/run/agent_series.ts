/** Variables of agents over the turns, as the server has them. */

import { useEffect, useState } from "preact/hooks";
import "@preact/signals";
import type { Trouble } from "../actions.tsx";
import { api } from "../api.ts";
import type { AgentSeries } from "../../../runner/mod.ts";
import type { RunPageState } from "./page_state.ts";

/** Milliseconds between two readings while the run plays. */
const READ_INTERVAL = 2000;

/**
 * Reads a variable of the agents, and again while the run plays on.
 * @param agent one whose line is wanted in any case
 */
export function useAgentSeries(
  state: RunPageState,
  variable: string,
  agent: string | null,
): AgentSeries | Trouble | null {
  const [series, setSeries] = useState<AgentSeries | Trouble | null>(null);
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let readAt = -1;
    const read = async () => {
      timer = undefined;
      readAt = state.run.peek().turn;
      const query = new URLSearchParams({ variable, ...(agent !== null && { agents: agent }) });
      try {
        const next = await api<AgentSeries>(
          `/api/simulations/${encodeURIComponent(state.runId)}/agents/series?${query}`,
        );
        if (!isOver) setSeries(next);
      } catch (error) {
        if (!isOver) setSeries(state.failed(error));
      }
    };
    void read();
    const leave = state.run.subscribe(({ turn }) => {
      if (turn !== readAt && readAt >= 0) timer ??= setTimeout(read, READ_INTERVAL);
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
      leave();
    };
  }, [state, variable, agent]);
  return series;
}
