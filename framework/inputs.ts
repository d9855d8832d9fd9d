/** What reached the simulation from outside, as `inputs.jsonl` holds it. Resume, replay and fork read it again. */

import type { DecisionJson } from "./decision_json.ts";
import { SimError } from "./issue.ts";
import type { JsonObject } from "./json.ts";
import type { Call, SettledCall } from "./llm/call.ts";
import type { InterventionBody } from "./scenario/resolved.ts";

/** What every input says. */
export interface InputHead {
  /** Dense number from 1 within the run. */
  readonly seq: number;
  /** Turn in which it counts. */
  readonly turn: number;
  /** When it was accepted, ISO-8601 UTC. */
  readonly at: string;
}

/** A change from outside, applied at the start of a turn. */
export interface InterventionInput extends InputHead {
  /** What kind of input this is. */
  readonly kind: "intervention";
  /** What is done. */
  readonly body: InterventionBody;
}

/** What a person decided for an agent. */
export interface DecisionInput extends InputHead {
  /** What kind of input this is. */
  readonly kind: "decision";
  /** Whose decision it is. */
  readonly agent: string;
  /** Ordinal of the decision within agent and turn, from 1. */
  readonly n: number;
  /** What was decided; nothing when empty. */
  readonly body: { readonly decision: readonly DecisionJson[] };
}

/** That a person's time to decide was over. */
export interface TimeoutInput extends InputHead {
  /** What kind of input this is. */
  readonly kind: "timeout";
  /** Whose decision was waited for. */
  readonly agent: string;
  /** Ordinal of the decision within agent and turn, from 1. */
  readonly n: number;
  /** How long it was waited for, seconds. */
  readonly body: { readonly deadline: number };
}

/** Who decides for an agent: a person, or its own rule. */
export type Controller = "human" | "rule";

/** That an agent's decisions are handed over, from the start of a turn on. */
export interface HandoverInput extends InputHead {
  /** What kind of input this is. */
  readonly kind: "handover";
  /** Whose decisions. */
  readonly agent: string;
  /** To whom. */
  readonly body: { readonly to: Controller };
}

/** One outside input. */
export type SimulationInput = InterventionInput | DecisionInput | TimeoutInput | HandoverInput;

/** An input that has no number yet. */
export type NewInput =
  | Omit<InterventionInput, "seq">
  | Omit<DecisionInput, "seq">
  | Omit<TimeoutInput, "seq">
  | Omit<HandoverInput, "seq">;

/** An input that is applied at the start of its turn; the others answer a question. */
export type TurnInput = InterventionInput | HandoverInput;

/** What a person is asked. */
export interface DecisionRequest {
  /** Whose decision. */
  readonly agent: string;
  /** In which turn. */
  readonly turn: number;
  /** Ordinal of the decision within agent and turn, from 1. */
  readonly n: number;
  /** Seconds until the fallback is taken; null: it is waited for. */
  readonly deadline: number | null;
  /** What the agent sees, as JSON: `turn`, `agents`, `global_state`, `spatial_state`, `populations`, `inbox`. */
  readonly observation: JsonObject;
}

/**
 * The simulation's door to the outside. Everything that comes through it has been recorded before, so that it is there
 * when the same turn is played again.
 */
export interface Outside {
  /** Inputs that count from the start of `turn`, by `seq`. */
  turnInputs(turn: number): readonly TurnInput[] | Promise<readonly TurnInput[]>;
  /** What was recorded as the answer to `request`, or what a person says now. */
  decide(request: DecisionRequest): DecisionInput | TimeoutInput | Promise<DecisionInput | TimeoutInput>;
  /** What came of a call of a model or a service, now or when it was recorded. */
  call(call: Call): Promise<SettledCall>;
}

/** An outside that holds what was recorded and nothing else. */
export class RecordedInputs implements Outside {
  readonly #turns = new Map<number, TurnInput[]>();
  readonly #answers = new Map<string, DecisionInput | TimeoutInput>();
  readonly #call: Outside["call"];

  /**
   * What `inputs` say, in order of `seq`.
   * @param call makes calls, or knows what came of them. Default: nobody does
   */
  constructor(inputs: readonly SimulationInput[], call: Outside["call"] = nobodyAnswers) {
    this.#call = call;
    for (const input of inputs) this.add(input);
  }

  /** Records one more. */
  add(input: SimulationInput): void {
    if (input.kind === "decision" || input.kind === "timeout") {
      // Of two answers to one question the first one counted.
      const address = addressOf(input);
      if (!this.#answers.has(address)) this.#answers.set(address, input);
      return;
    }
    const present = this.#turns.get(input.turn);
    if (present) present.push(input);
    else this.#turns.set(input.turn, [input]);
  }

  /** Inputs that count from the start of `turn`, by `seq`. */
  turnInputs(turn: number): readonly TurnInput[] {
    return this.#turns.get(turn) ?? NONE;
  }

  /** The recorded answer, or undefined. */
  answer(request: Pick<DecisionRequest, "agent" | "turn" | "n">): DecisionInput | TimeoutInput | undefined {
    return this.#answers.get(addressOf(request));
  }

  /** As `call` of the constructor says. */
  call(call: Call): Promise<SettledCall> {
    return this.#call(call);
  }

  /** The recorded answer. @throws {SimError} `not_recorded` */
  decide(request: DecisionRequest): DecisionInput | TimeoutInput {
    const recorded = this.answer(request);
    if (recorded) return recorded;
    const { agent, turn } = request;
    throw new SimError("not_recorded", `there is no decision for agent '${agent}' in turn ${turn}`, {
      agent,
      turn,
      hint: "a person must decide, or a deadline must have passed, while the run is played",
    });
  }
}

function nobodyAnswers({ agent, turn, purpose }: Call): Promise<never> {
  const error = new SimError("not_recorded", `nothing answers the call '${purpose}' of turn ${turn}`, {
    turn,
    ...(agent !== "" && { agent }),
    hint: "models and services answer through a host",
  });
  return Promise.reject(error);
}

const NONE: readonly TurnInput[] = [];

function addressOf({ turn, n, agent }: { readonly turn: number; readonly n: number; readonly agent: string }): string {
  return `${turn}.${n}.${agent}`;
}
