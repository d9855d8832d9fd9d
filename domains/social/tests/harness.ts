/** For this domain's tests: the stage for its scenarios, and societies made by hand. */

import type { AgentState, SimulationState } from "llm-sim";
import type { z } from "zod";
import { stageOf } from "../../../tests/support/playing.ts";
import type { boundedConfidenceConfig } from "../agents/bounded_confidence.ts";
import type { degrootConfig } from "../agents/degroot.ts";
import type { llmSpeakerConfig } from "../agents/llm_speaker.ts";
import type { opinionConfig } from "../engines/opinion.ts";
import social from "../mod.ts";
import type { PersonVariables, SocietyVariables } from "../variables.ts";

/** A state of engine `opinion`. */
export type SocietyState = SimulationState<PersonVariables, SocietyVariables>;

/** A person of {@linkcode SocietyState}. */
export type Person = AgentState<PersonVariables>;

/** One entry of `agents:`. */
export interface PersonEntry {
  readonly name: string;
  readonly type: "degroot" | "bounded_confidence" | "llm_speaker";
  readonly count?: number;
  readonly initial_location?: string;
  readonly variables?: Partial<PersonVariables>;
  readonly config?:
    | z.input<typeof degrootConfig>
    | z.input<typeof boundedConfidenceConfig>
    | z.input<typeof llmSpeakerConfig>;
}

/** A scenario file, as far as the tests change it. */
export interface ScenarioFile {
  readonly domain?: string;
  readonly simulation: object;
  readonly engine: { readonly type: string; readonly config?: z.input<typeof opinionConfig> };
  readonly validator: { readonly type: string; readonly config?: object };
  readonly agents: readonly PersonEntry[];
  readonly spatial?: object;
  readonly observability?: object;
  readonly interventions?: readonly object[];
  readonly state_variables: Record<"agent_vars" | "global_vars", Record<string, { readonly type: string }>>;
}

/** Where this domain's scenarios are played. */
export const stage = stageOf<SocietyState, ScenarioFile>(social);
/** Of {@linkcode stage}. */
export const { play, playText, readScenario } = stage;

/** A society of these people, which lasts as long as it is played. */
export function society(
  agents: readonly PersonEntry[],
  { engine = {}, spatial, schedule = "simultaneous" }: {
    readonly engine?: z.input<typeof opinionConfig>;
    readonly spatial?: object;
    readonly schedule?: string;
  } = {},
): ScenarioFile {
  const { state_variables } = readScenario("consensus");
  return {
    domain: "social",
    simulation: { name: "society", max_turns: 1000, schedule },
    engine: { type: "opinion", config: { settled_below: 0, ...engine } },
    validator: { type: "in_range" },
    agents,
    ...(spatial !== undefined && { spatial }),
    state_variables,
  };
}

/** The section `spatial` for a network of these edges, directed or not. */
export function network(edges: readonly (readonly [string, string, number?])[], directed = false): object {
  const listed = edges.map(([from, to, weight]) =>
    weight === undefined ? { from, to } : { from, to, attributes: { weight } }
  );
  return { topology: { type: "network", directed, edges: listed } };
}

/** Opinions in agent order. */
export function opinionsOf({ agents }: SocietyState): number[] {
  return agents.records.map(({ opinion }) => opinion);
}
