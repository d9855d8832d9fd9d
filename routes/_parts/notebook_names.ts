/** Names of notebooks that are made at a click. */

/** Of what a notebook is made. */
export interface MadeFrom {
  readonly starter?: string | undefined;
  readonly scenario?: string | undefined;
  readonly run?: string | undefined;
  readonly batch?: string | undefined;
}

const STARTER_NAMES: { readonly [starter: string]: string } = {
  compare: "compare_two_scenarios.md",
  sweep: "sweep_a_parameter.md",
  conversation: "talk_to_a_simulated_user.md",
};

/** What the notebook may be called. */
export function namedFor({ starter, scenario, run, batch }: MadeFrom): string {
  if (scenario) return `${scenario.replace(/\.ya?ml$/, "").replace("/scenarios/", "/")}.md`;
  if (run) return `runs/${run}.md`;
  if (batch) return `batches/${batch}.md`;
  return STARTER_NAMES[starter ?? ""] ?? "untitled.md";
}

/** The wanted path, with a number where it is taken. */
export function freePath(wanted: string, taken: ReadonlySet<string>): string {
  const path = /\.md$/i.test(wanted) ? wanted : `${wanted}.md`;
  // Some disks hold names that differ only in case for the same.
  const lower = new Set([...taken].map((each) => each.toLowerCase()));
  for (let n = 1;; n++) {
    const next = n === 1 ? path : path.replace(/\.md$/i, `_${n}.md`);
    if (!lower.has(next.toLowerCase())) return next;
  }
}
