/**
 * The door of a simulation that is being played: what was recorded is read, what is new is recorded by the host before the
 * simulation hears of it.
 */

import {
  type DecisionInput,
  type DecisionRequest,
  type Outside,
  RecordedInputs,
  type SimulationInput,
  type TimeoutInput,
  type TurnInput,
} from "../inputs.ts";
import { SimError } from "../issue.ts";
import type { Call, SettledCall } from "../llm/call.ts";
import type { AnswerMessage, OutsideRequest } from "./messages.ts";

/** Code of the error that ends a turn which cannot be completed when the run is to be parked. */
export const TURN_ABANDONED = "turn_abandoned";

interface Open {
  readonly kind: OutsideRequest["kind"];
  readonly resolve: (answer: AnswerMessage) => void;
  readonly reject: (error: SimError) => void;
}

/** The error of a turn that is abandoned. */
export function abandonment(): SimError {
  return new SimError(TURN_ABANDONED, "the turn was abandoned: the run is to be parked before it can be completed");
}

/** Reads what was recorded, asks the host for the rest. */
export class LiveOutside implements Outside {
  readonly #recorded: RecordedInputs;
  readonly #ask: (id: number, request: OutsideRequest) => void;
  readonly #open = new Map<number, Open>();
  /** Offers and the turn before which they do not count. */
  readonly #offers = new Map<number, number>();
  #next = 1;
  #abandoned = false;

  /** @param ask hands a request to the host */
  constructor(inputs: readonly SimulationInput[], ask: (id: number, request: OutsideRequest) => void) {
    this.#recorded = new RecordedInputs(inputs);
    this.#ask = ask;
  }

  /** Something waits for its turn. */
  offer(id: number, notBefore: number): void {
    this.#offers.set(id, notBefore);
  }

  /** What has been recorded for `turn`, and what is offered for it, once that is recorded too. */
  turnInputs(turn: number): readonly TurnInput[] | Promise<readonly TurnInput[]> {
    if (this.#offers.size === 0) return this.#recorded.turnInputs(turn);
    const offers = [...this.#offers].filter(([, notBefore]) => notBefore <= turn).map(([id]) => id);
    if (offers.length === 0) return this.#recorded.turnInputs(turn);
    for (const id of offers) this.#offers.delete(id);
    return this.#request({ kind: "commit", turn, offers }).then(({ inputs = [] }) => {
      for (const input of inputs) this.#recorded.add(input);
      return this.#recorded.turnInputs(turn);
    });
  }

  /** What was recorded, or what a person says now. */
  decide(request: DecisionRequest): DecisionInput | TimeoutInput | Promise<DecisionInput | TimeoutInput> {
    const recorded = this.#recorded.answer(request);
    if (recorded) return recorded;
    if (this.#abandoned) return Promise.reject(abandonment());
    return this.#request({ kind: "decision", ...request }).then(({ inputs }) => {
      const [input] = inputs!;
      this.#recorded.add(input!);
      return input as DecisionInput | TimeoutInput;
    });
  }

  /** What the host says of it; never, when the turn is abandoned. */
  call(call: Call): Promise<SettledCall> {
    return this.#request({ kind: "call", call }).then(({ settled }) => settled!);
  }

  /** The host's answer. */
  answered(answer: AnswerMessage): void {
    const { id, error } = answer;
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    if (error) {
      open.reject(new SimError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint }));
    } else open.resolve(answer);
  }

  /** Waits for no person any more, nor will: the turn that needs one is abandoned. */
  abandon(): void {
    this.#abandoned = true;
    for (const [id, { kind, reject }] of this.#open) {
      if (kind !== "decision") continue;
      this.#open.delete(id);
      reject(abandonment());
    }
  }

  #request(request: OutsideRequest): Promise<AnswerMessage> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<AnswerMessage>();
    this.#open.set(id, { kind: request.kind, resolve, reject });
    this.#ask(id, request);
    return promise;
  }
}
