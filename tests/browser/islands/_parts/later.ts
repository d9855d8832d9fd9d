/** Loaded by an effect: a script of its own. */
export function describe(label: string): string {
  return `${label} is alive`;
}
