/** The engine of conversations: keeps the transcript, carries out what the agent does, counts what the judge says. */

import {
  type Action,
  BaseEngine,
  canonicalJson,
  type EngineContext,
  type EngineSpec,
  type Json,
  type JsonObject,
  OutgoingMessage,
  sha256,
  type SimulationState,
} from "llm-sim";
import {
  type ActionSpec,
  type ConversationGlobals,
  type DoneAction,
  type EndState,
  type Environment,
  environmentSpecSchema,
  type ExpectedState,
  type JudgeVerdict,
  judgeVerdictSchema,
  matchActions,
  metByEffect,
  type OpenWish,
  readAction,
  readEnvironment,
  summarise,
  type TranscriptTurn,
  type TurnFault,
  type Wish,
} from "llm-sim/conversation";
import { z } from "zod";
import { FINISH, JUDGE, REPLY, SAY } from "../actions.ts";

const config = z.strictObject({
  environment: environmentSpecSchema.describe("what is talked about, and what may be done"),
  expected_plan: z.custom<Json>().nullable().default(null).describe("what the plan should be in the end"),
  stop_on_alignment: z.boolean().default(false).describe("whether an aligned turn ends the conversation"),
  stop_on_misalignment: z.boolean().default(true).describe("whether a misaligned turn ends it"),
  extra_actions: z.enum(["tolerate", "flag", "fail"]).default("flag").describe("what actions that nobody wanted mean"),
  reset_each_turn: z.boolean().default(false).describe("whether every turn begins with the environment as given"),
});

type Config = z.output<typeof config>;
/** A mapped type, for an interface is no record of variables. */
type Globals = { readonly [K in keyof ConversationGlobals]: ConversationGlobals[K] };
type ConversationState = SimulationState<Record<string, never>, Globals>;

/** What a wish comes to in the wanted state: {@linkcode ExpectedState} and {@linkcode OpenWish} have the rest. */
type Wanted = Pick<ExpectedState, "state" | "steps"> & Pick<OpenWish, "created" | "step">;

/** The rules of a conversation. */
export class ConversationEngine extends BaseEngine<Config, Record<string, never>, Globals> {
  static override readonly config = config;
  static override readonly description =
    "Keeps what user and agent say, carries out the agent's actions, and ends the conversation by its policy.";

  readonly #environment: Environment;

  /** Built by the framework, once per simulation process. */
  constructor(spec: EngineSpec<Config>) {
    super(spec);
    this.#environment = readEnvironment(this.config.environment);
  }

  override initializeState(initial: ConversationState): ConversationState {
    return changed(initial, { plan: this.#environment.initial, expected: this.#unspoilt() });
  }

  override applyActions(
    state: ConversationState,
    actions: readonly Action[],
    context: EngineContext,
  ): ConversationState {
    return actions.reduce((now, { action_name, parameters }) => {
      switch (action_name) {
        case SAY:
          return this.#said(now, parameters, context);
        case REPLY:
          return this.#replied(now, parameters);
        case JUDGE:
          return this.#judged(now, judgeVerdictSchema.parse(parameters.verdict), context);
        case FINISH:
          return changed(this.#allJudged(now, context), { user_done: true });
        default:
          return now;
      }
    }, state);
  }

  override checkTermination({ global_state: { transcript, verdicts, user_done } }: ConversationState): string | null {
    if (verdicts.length < transcript.length) return null;
    const last = verdicts.at(-1)?.alignment;
    if (this.config.stop_on_misalignment && last === "misaligned") return "misaligned";
    if (this.config.stop_on_alignment && last === "aligned") return "aligned";
    return user_done ? "user_done" : null;
  }

  /** The user has spoken: its wish is sealed before anybody else is asked. */
  #said(before: ConversationState, parameters: JsonObject, context: EngineContext): ConversationState {
    const state = this.#allJudged(before, context);
    const { transcript, wishes } = state.global_state;
    const index = context.turn;
    const message = String(parameters.message);
    const { desired_action, fault } = this.#wished(parameters);
    const draws = context.rng("seal");
    const salt = Array.from({ length: 4 }, () => draws.int(0, 0xffffffff).toString(16).padStart(8, "0")).join("");
    const seal = sealOf({ salt, message, desired_action });
    // Before anybody is asked it is on record that the wish was there.
    context.log("INFO", `turn ${index}: the wish is sealed: sha256:${seal}`, { turn: index, seal });
    const wish: Wish = {
      index,
      desired_action,
      seal,
      salt,
      ...(parameters.repeated === true && { repeated: true }),
      ...(fault && { fault }),
    };
    return changed(state, {
      ...(this.config.reset_each_turn && { plan: this.#environment.initial, expected: this.#unspoilt() }),
      transcript: [...transcript, { index, message, reply: null, actions: [] }],
      wishes: [...wishes, wish],
      ...(parameters.done === true && { user_done: true }),
    });
  }

  /** The wish as an action of the catalogue; what a person wishes for has not been read yet. */
  #wished({ desired_action, fault }: JsonObject): Pick<Wish, "desired_action" | "fault"> {
    if (fault !== undefined) return { desired_action: null, fault: fault as unknown as TurnFault };
    if (desired_action === null || desired_action === undefined) return { desired_action: null };
    const read = readAction(desired_action, this.#environment.catalogue);
    if ("action" in read) return { desired_action: read.action };
    return { desired_action: null, fault: { code: read.code, message: `the wish is no action: ${read.problem}` } };
  }

  /** The agent has answered: what it does is carried out in its order. */
  #replied(state: ConversationState, parameters: JsonObject): ConversationState {
    const { transcript, plan, wishes } = state.global_state;
    const [before, wish] = [transcript.at(-1)!, wishes.at(-1)!];
    let environment = plan;
    const actions = (parameters.actions as readonly JsonObject[]).map((written): DoneAction => {
      const action = written as unknown as ActionSpec & {
        readonly success?: boolean;
        readonly result_message?: string;
      };
      // What an agent says it could not do is not done for it.
      if (action.success === false) {
        return { ...specOf(action), success: false, result_message: action.result_message ?? "" };
      }
      const { state, done, created } = this.#environment.apply(environment, specOf(action));
      environment = state;
      return { ...done, ...(created !== undefined && { created }) };
    });
    const turn: TranscriptTurn = {
      ...before,
      reply: String(parameters.reply),
      actions,
      ...(parameters.fault !== undefined && { fault: parameters.fault as unknown as TurnFault }),
    };
    const isMet = metByEffect(this.#environment, plan, wish, turn);
    return changed(state, {
      plan: environment,
      transcript: [...transcript.slice(0, -1), turn],
      ...(isMet && { wishes: [...wishes.slice(0, -1), { ...wish, met: true }] }),
    });
  }

  /** The judge has spoken: it is counted, and the user is told of what went wrong when it speaks next. */
  #judged(state: ConversationState, verdict: JudgeVerdict, context: EngineContext): ConversationState {
    const { plan } = state.global_state;
    const verdicts = [...state.global_state.verdicts, verdict];
    const { precision, recall, ...counts } = summarise(verdicts);
    const expected = this.#expected(state.global_state, verdict);
    if (verdict.alignment === "misaligned") {
      const feedback = { turn_index: context.turn, reason: verdict.explanation };
      context.send(new OutgoingMessage("user", feedback));
    }
    return changed(state, {
      verdicts,
      ...counts,
      precision: precision ?? -1,
      recall: recall ?? -1,
      expected,
      end_state: this.#endState(expected, plan),
    });
  }

  /** The state in which every turn has a verdict, so that the n-th is that of the n-th turn. */
  #allJudged(state: ConversationState, context: EngineContext): ConversationState {
    const { transcript, verdicts } = state.global_state;
    return verdicts.length === transcript.length ? state : this.#judged(state, UNJUDGED, context);
  }

  /** The state as it would be had the last wish been done too; null when that cannot be known. */
  #expected({ expected: before, wishes, transcript }: Globals, { alignment }: JudgeVerdict): ExpectedState | null {
    const { desired_action, fault, met } = wishes.at(-1)!;
    if (before === null || fault) return null;
    const { catalogue } = this.#environment;
    if (desired_action === null || catalogue[desired_action.name]?.mutating === false) return before;
    const asked = canonicalJson(desired_action as unknown as Json);
    const again = before.open.find(({ action }) => canonicalJson(action as unknown as Json) === asked);
    const { actions } = transcript.at(-1)!;
    const { pairs } = matchActions([desired_action], actions, { catalogue, extra: this.config.extra_actions });
    const done = pairs[0]?.done;
    const isWorded = alignment === "aligned" && met !== true && done !== undefined;
    const texts = isWorded ? textsOf(done, catalogue) : {};
    const wanted = again
      ? this.#reworded(before, again, texts)
      : this.#wanted(before, withTexts(desired_action, texts));
    if (wanted === null) return null;
    const { state, steps, created, step } = wanted;
    const made = done?.created;
    const others = before.open.filter((open) => open !== again);
    return {
      state,
      steps,
      ids: made === undefined || created === null ? before.ids : { ...without(before.ids, created), [made]: created },
      made: created === null || before.made.includes(created) ? before.made : [...before.made, created],
      open: alignment === "misaligned" ? [...others, { action: desired_action, created, step }] : others,
    };
  }

  /** What the wish comes to in the state as it was wanted so far; null: that cannot be known. */
  #wanted({ state, ids, made, steps }: ExpectedState, wish: ActionSpec): Wanted | null {
    const action = renamed(wish, { ids, made }, this.#environment.catalogue);
    if (action === null) return null;
    const { state: after, done, created = null } = this.#environment.apply(state, action);
    return done.success ? { state: after, steps: [...steps, action], created, step: steps.length } : null;
  }

  /** The same where the wish has been carried out before: then in other words. */
  #reworded({ state, steps }: ExpectedState, { created, step }: OpenWish, texts: JsonObject): Wanted {
    if (Object.keys(texts).length === 0) return { state, steps, created, step };
    const said = steps.with(step, withTexts(steps[step]!, texts));
    const replayed = said.reduce(
      (now, action) => this.#environment.apply(now, action).state,
      this.#environment.initial,
    );
    return { state: replayed, steps: said, created, step };
  }

  #endState(expected: ExpectedState | null, plan: Json): EndState {
    const wanted = this.config.expected_plan ?? expected?.state;
    const differences = wanted === undefined ? null : this.#environment.differences(wanted, plan);
    if (differences === null) return "unknown";
    return differences.length === 0 ? "agrees" : "differs";
  }

  #unspoilt(): ExpectedState {
    return { state: this.#environment.initial, ids: {}, made: [], steps: [], open: [] };
  }
}

/** The hash that binds the user to its wish. */
export function sealOf(bound: Pick<Wish, "salt" | "desired_action"> & { readonly message: string }): string {
  return sha256(canonicalJson(bound));
}

/** The action with the ids that things have in the state as it was wanted; null when it speaks of what is not there. */
function renamed(
  action: ActionSpec,
  { ids, made }: Pick<ExpectedState, "ids" | "made">,
  catalogue: Environment["catalogue"],
): ActionSpec | null {
  const parameters = catalogue[action.name]?.parameters ?? {};
  let isThere = true;
  const id = (value: Json): Json => {
    if (!Object.hasOwn(ids, String(value))) {
      // There, something else has this name.
      isThere &&= !made.includes(String(value));
      return value;
    }
    const name = ids[String(value)]!;
    return typeof value === "number" ? Number(name) : name;
  };
  const entries = Object.entries(action.parameters).map(([name, value]): [string, Json] => {
    if (parameters[name]?.type === "id") return [name, id(value)];
    return [name, name === "dependencies" && Array.isArray(value) ? value.map(id) : value];
  });
  return isThere ? { ...action, parameters: Object.fromEntries(entries) } : null;
}

/** The free text in what was done: where it was let pass, it is what was wanted. */
function textsOf({ name, parameters }: DoneAction, catalogue: Environment["catalogue"]): JsonObject {
  const schemas = catalogue[name]?.parameters ?? {};
  return Object.fromEntries(Object.entries(parameters).filter(([parameter]) => schemas[parameter]?.type === "text"));
}

function withTexts(action: ActionSpec, texts: JsonObject): ActionSpec {
  return { ...action, parameters: { ...action.parameters, ...texts } };
}

/** The ids without those of what has this name in the state as it was wanted. */
function without(ids: ExpectedState["ids"], name: string): ExpectedState["ids"] {
  return Object.fromEntries(Object.entries(ids).filter(([, wanted]) => wanted !== name));
}

/** What is said of a turn that nobody has judged. */
const UNJUDGED: JudgeVerdict = {
  alignment: "unclear",
  explanation: "Nobody has judged this turn.",
  witness: null,
  by: "rules",
  precision: null,
  recall: null,
};

function specOf({ kind, name, parameters }: ActionSpec): ActionSpec {
  return { kind, name, parameters };
}

function changed(state: ConversationState, globals: Partial<Globals>): ConversationState {
  return state.with({ global_state: { ...state.global_state, ...globals } });
}
