/** Names of runs. */

/** `{name}_{N}agents_{YYYYMMDD}_{HHMMSS}_{seq:02}` in UTC; what is not `[A-Za-z0-9._-]` becomes `_`, leading dots too. */
export function runId(name: string, agents: number, at: Date, sequence: number): string {
  const safe = name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+/, (dots) => "_".repeat(dots.length)).slice(0, 100);
  const stamp = at.toISOString().slice(0, 19).replaceAll("-", "").replaceAll(":", "").replace("T", "_");
  return `${safe || "_"}_${agents}agents_${stamp}_${String(sequence).padStart(2, "0")}`;
}

/** Whether `text` is a name that {@linkcode runId} has made, rather than a folder that somebody put there. */
export function isMadeRunId(text: string): boolean {
  return isRunId(text) && /_\d+agents_\d{8}_\d{6}_\d{2,3}$/.test(text);
}

/** Whether `text` can be the name of a run: one path segment that is not hidden. */
export function isRunId(text: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(text);
}
