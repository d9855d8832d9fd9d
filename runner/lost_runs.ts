/** Which runs a host continues when it starts: those that a killed or stopped one has left. */

import { HOST_STOPPED, LOST, type Manifest } from "./store/mod.ts";

/** Times that a run may be lost in one turn: after that it may be what takes its host down. */
const MOST_LOSSES = 3;

/** Whether its host has left it, and did not do so again and again in one turn. */
export function isLeft({ status, status_reason, history }: Manifest): boolean {
  if (status !== "interrupted") return false;
  if (status_reason === HOST_STOPPED) return true;
  if (status_reason !== LOST) return false;
  const stops = history.filter(({ status }) => status !== "queued" && status !== "running").toReversed();
  const others = stops.findIndex(({ reason, turn }) => reason !== LOST || turn !== stops[0]!.turn);
  return (others < 0 ? stops.length : others) < MOST_LOSSES;
}
