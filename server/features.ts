/** What this server can do: parts that a configuration may switch off. */

import type { App } from "../runner/mod.ts";

/** Switches under `features:` of the configuration, with their defaults. */
export interface Features {
  /** Conversations of simulated users with agents under test. */
  readonly simulatedUserMode: boolean;
}

/** Whether a server with these features answers below this path. */
export function isOffered(path: string, { simulatedUserMode }: Features): boolean {
  return simulatedUserMode || !path.startsWith("/simulation/");
}

/** The features of a configuration. */
export function featuresOf(config: App["config"]): Features {
  return { simulatedUserMode: config.features?.simulatedUserMode ?? true };
}
