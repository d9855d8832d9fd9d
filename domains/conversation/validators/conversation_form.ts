/** The validator of conversations: everybody says only what is theirs to say, in a form that can be read. */

import { type Action, BaseValidator, type EngineContext, type SimulationState, type Verdict } from "llm-sim";
import { type JudgeVerdict, judgeVerdictSchema, type TranscriptTurn } from "llm-sim/conversation";
import { z } from "zod";
import { FINISH, JUDGE, REPLY, SAY } from "../actions.ts";

const fault = z.strictObject({ code: z.string().min(1), message: z.string() }).optional();
const spec = z.looseObject({
  kind: z.string(),
  name: z.string(),
  parameters: z.record(z.string(), z.json()),
  success: z.boolean().optional(),
  result_message: z.string().optional(),
});

/** What may be said, by whom. */
const FORMS: { readonly [action: string]: { readonly who: string; readonly form: z.ZodType } } = {
  [SAY]: {
    who: "user",
    form: z.strictObject({
      message: z.string().min(1).max(20_000),
      desired_action: z.json().optional(),
      done: z.boolean().optional(),
      repeated: z.boolean().optional(),
      fault,
    }),
  },
  [FINISH]: { who: "user", form: z.looseObject({}) },
  [REPLY]: { who: "agent", form: z.strictObject({ reply: z.string(), actions: z.array(spec), fault }) },
  [JUDGE]: { who: "judge", form: z.strictObject({ verdict: judgeVerdictSchema }) },
};

/**
 * Accepts what has its form, once a turn: an utterance, then a reply to it and a verdict on it, also where one decision
 * holds several.
 */
export class ConversationFormValidator extends BaseValidator {
  static override readonly description = "Accepts one utterance, one reply and one verdict a turn, each in its form.";

  /** Names of what was accepted in a state, before the engine makes another one of it. */
  readonly #accepted = new WeakMap<SimulationState, Set<string>>();

  override validateAction(
    { agent_name, action_name, parameters }: Action,
    state: SimulationState,
    { turn }: EngineContext,
  ): Verdict {
    const known = Object.hasOwn(FORMS, action_name) ? FORMS[action_name] : undefined;
    if (known === undefined) return refused(`there is no action '${action_name}'; ${namesFor(agent_name)}`);
    if (known.who !== agent_name) return refused(`'${action_name}' is for ${known.who}; ${namesFor(agent_name)}`);
    const read = known.form.safeParse(parameters);
    if (!read.success) {
      const [issue] = read.error.issues;
      return refused(`${[action_name, ...issue!.path].join(".")}: ${issue!.message}`);
    }
    const accepted = this.#accepted.get(state) ?? new Set();
    const problem = accepted.has(action_name)
      ? DONE[action_name]
      : untimely(action_name, state.global_state as Said, turn);
    if (problem !== undefined) return refused(problem);
    this.#accepted.set(state, accepted.add(action_name));
    return true;
  }
}

/** What a conversation has come to. */
interface Said {
  readonly transcript: readonly TranscriptTurn[];
  readonly verdicts: readonly JudgeVerdict[];
}

/** Why an action is one too many. */
const DONE: { readonly [action: string]: string } = {
  [SAY]: "the user has spoken in this turn",
  [REPLY]: "the agent has answered in this turn",
  [JUDGE]: "the turn has been judged",
};

/** Why it is not the time for an action. */
function untimely(action: string, { transcript, verdicts }: Said, turn: number): string | undefined {
  const last = transcript.at(-1);
  const hasSpoken = last?.index === turn;
  if (action === SAY) return hasSpoken ? DONE[SAY] : undefined;
  if (action === FINISH) return undefined;
  if (!hasSpoken) return "the user has said nothing in this turn";
  const isDone = action === REPLY ? last.reply !== null : verdicts.length >= transcript.length;
  return isDone ? DONE[action] : undefined;
}

function namesFor(agent: string): string {
  const names = Object.entries(FORMS).filter(([, { who }]) => who === agent).map(([name]) => name);
  return `${agent} may ${names.join(" or ")}`;
}

function refused(reason: string): Verdict {
  return { accepted: false, reason };
}
