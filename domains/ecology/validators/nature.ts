/** Validator `nature`: what an animal can do. */

import { type Action, BaseValidator, type SimulationState, type Verdict } from "llm-sim";
import { z } from "zod";
import { ACTIONS, type AnimalVariables, BEAR, GRAZE, HUNT, type MeadowVariables, MOVE } from "../variables.ts";

/** Config of validator `nature`. */
export const natureConfig = z.strictObject({
  max_hops: z.number().int().min(0).max(1000).default(3).describe("farthest way in a turn, hops"),
  reach: z.number().int().min(0).max(1000).default(1).describe("farthest prey, hops"),
});

type Limits = z.output<typeof natureConfig>;
type Sight = SimulationState<AnimalVariables, MeadowVariables>;

/** Rejects what an animal cannot do, each with its reason. */
export class NatureValidator extends BaseValidator<Limits, AnimalVariables, MeadowVariables> {
  static override readonly config = natureConfig;
  static override readonly description =
    "Rejects unknown actions, ways that are too far or lead nowhere, prey out of reach or of the wrong kind, and young " +
    "ones that cost more than their mother has.";

  override validateAction(action: Action, state: Sight): Verdict {
    const reason = problem(action, state, this.config);
    return reason === undefined ? true : { accepted: false, reason };
  }
}

function problem({ agent_name, action_name, parameters }: Action, state: Sight, limits: Limits): string | undefined {
  const animal = state.agents.get(agent_name);
  if (animal === undefined) return `there is no animal '${agent_name}'`;
  switch (action_name) {
    case MOVE:
      return tooFar(agent_name, parameters.to, "", limits.max_hops, state);
    case HUNT:
      return animal.species === "wolf" ? badPrey(agent_name, parameters.prey, limits, state) : "only wolves hunt";
    case GRAZE:
      return animal.species === "sheep" ? undefined : "only sheep graze";
    case BEAR:
      return badBirth(parameters.energy, animal.energy);
    default:
      return ACTIONS.includes(action_name)
        ? undefined
        : `unknown action '${action_name}'; known: ${ACTIONS.join(", ")}`;
  }
}

type Parameter = Action["parameters"][string] | undefined;

function badPrey(wolf: string, prey: Parameter, { reach }: Limits, state: Sight): string | undefined {
  const animal = typeof prey === "string" ? state.agents.get(prey) : undefined;
  if (animal === undefined) return `there is no prey ${shown(prey)}`;
  if (animal.species === "wolf") return `'${animal.name}' is a wolf`;
  if (state.paused_agents.includes(animal.name)) return `'${animal.name}' sleeps out of reach`;
  return tooFar(wolf, state.space?.position(animal.name), `prey '${animal.name}' at `, reach, state);
}

function tooFar(animal: string, to: Parameter, what: string, most: number, { space }: Sight): string | undefined {
  if (typeof to !== "string" || !space?.has(to)) return `there is no location ${shown(to)}`;
  const from = space.position(animal);
  if (from === undefined) return `'${animal}' has no place`;
  const hops = space.distance(from, to);
  return hops !== null && hops <= most
    ? undefined
    : `${what}'${to}' is ${hops ?? "no number of"} hops away, not ${most}`;
}

function badBirth(given: Parameter, own: number): string | undefined {
  if (typeof given !== "number" || !(given > 0)) return `energy must be a number above 0, not ${shown(given)}`;
  return given <= own ? undefined : `gives ${given} to a young one but has ${own}`;
}

function shown(value: Parameter): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
