/** The verbs of conversations. A conversation is a run: these say in its words what {@linkcode App} does to runs. */

import type {
  ActionCatalogue,
  Alignment,
  ConversationGlobals,
  TranscriptTurn,
  Wish,
} from "../../framework/conversation/mod.ts";
import { type Json, type JsonObject, SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { Manifest, RunQuery, RunStore } from "../store/mod.ts";
import { idleAlignment } from "./certificate.ts";
import { type CertificateReport, certificates, startCertification } from "./certifying.ts";
import { TurnLabels } from "./labels.ts";
import { type ConversationOutline, outlineAfter, type SavedTurn } from "./outline.ts";
import { type ConversePlan, conversePlan, type ConversePlanSpec, type PlannedConversation } from "./plan.ts";
import { type ConversationQuote, quoteConversation } from "./quote.ts";
import { type ConversationSpec, conversationStart, setting } from "./start.ts";
import type { ConversationRun, SimulatedTurn } from "./types.ts";
import { conversationConfig, conversationOf, environmentOf, isPlayedOut } from "./view.ts";

/** Domain of conversations. */
const DOMAIN = "conversation";

/** What came of advancing a conversation. */
export interface Advanced {
  readonly run: ConversationRun;
  /** The turn that was asked for; null: the user had nothing more to say, or a person is to speak. */
  readonly turn: SimulatedTurn | null;
  /** Whether a person is waited for. */
  readonly waiting: boolean;
}

/** How a conversation is judged anew. */
export interface RejudgeSpec {
  /** Keys of the scenario's `conversation.judge`; absent: as it was. */
  readonly judge?: JsonObject;
  /** Another sample of the judge's model. */
  readonly sample?: number;
  readonly labels?: { readonly [key: string]: string };
}

/** The verbs. */
export class Conversations {
  readonly #app: App;
  readonly #store: RunStore;
  readonly #labels: TurnLabels;
  /** Runs that are being advanced. */
  readonly #advancing = new Set<string>();

  constructor(app: App, store: RunStore) {
    this.#app = app;
    this.#store = store;
    this.#labels = new TurnLabels(store);
  }

  /**
   * Starts a conversation.
   * @throws {SimError} what is wrong with the scenario, `no_conversation`, `too_many_turns`, `feature_off`
   */
  async start(spec: ConversationSpec): Promise<ConversationRun> {
    this.assertOn();
    const manifest = await this.#app.start(conversationStart(spec));
    return await this.get(manifest.run_id);
  }

  /** What a conversation would be and take, were it started. @throws {SimError} as {@linkcode Conversations.start} */
  async quote(spec: ConversationSpec): Promise<ConversationQuote> {
    this.assertOn();
    return await quoteConversation(this.#app, spec);
  }

  /** Conversations, newest first. */
  async list(query: RunQuery = {}): Promise<{ conversations: ConversationRun[]; next_cursor: string | null }> {
    const { runs, next_cursor } = await this.#app.list({ ...query, repo: DOMAIN });
    const conversations = await Promise.all(runs.map((manifest) => this.#view(manifest).catch(unlessNone)));
    return { conversations: conversations.filter((run) => run !== null), next_cursor: next_cursor ?? null };
  }

  /** A conversation as it stands. @throws {SimError} `unknown_run`, `no_conversation` */
  async get(runId: string): Promise<ConversationRun> {
    return await this.#view(await this.#app.status(runId));
  }

  /**
   * What is talked about as it was after a turn.
   * @param turn 0: before anybody spoke; absent: the last one
   * @throws {SimError} `unknown_run`, `no_conversation`, `bad_turn`
   */
  async outline(runId: string, turn?: number): Promise<ConversationOutline> {
    const [{ turns }, config] = [await this.get(runId), await this.#app.runConfig(runId)];
    const last = turns.at(-1)?.index ?? 0;
    const at = turn ?? last;
    if (at > last) {
      throw new SimError("bad_turn", `conversation '${runId}' has no turn ${at}`, { hint: `it has ${last} turns` });
    }
    const saved = await this.#savedUpTo(runId, at);
    return outlineAfter(at, { config, turns: turns.filter(({ index }) => index <= at), saved });
  }

  /**
   * Plays exactly one turn and resolves when it has been played: the next one, or `turn`; one that has been played is
   * returned as it is.
   * @throws {SimError} `busy` while another turn is played, `bad_turn` when `turn` is not the next one, `bad_transition`
   *   when the conversation is over
   */
  async advance(runId: string, turn?: number): Promise<Advanced> {
    if (this.#advancing.has(runId)) return await this.#asPlayed(runId, turn) ?? await this.#busy(runId);
    // Before anything is looked up: what another one plays meanwhile would not be seen.
    this.#advancing.add(runId);
    try {
      return await this.#asPlayed(runId, turn) ?? await this.#advance(runId, turn);
    } finally {
      this.#advancing.delete(runId);
    }
  }

  /** Ends a conversation for good; a turn that is being played does not count. @throws {SimError} `bad_transition` */
  async cancel(runId: string): Promise<ConversationRun> {
    conversationConfig({ run_id: runId }, await this.#app.runConfig(runId));
    await this.#app.cancel(runId);
    return await this.get(runId);
  }

  /**
   * Judges what was said and done once more, as a new run: nobody speaks anew, and nothing that was answered is paid twice.
   * @throws {SimError} `bad_transition` while it is played, `nothing_to_judge`
   */
  async rejudge(runId: string, { judge, sample, labels }: RejudgeSpec = {}): Promise<ConversationRun> {
    this.assertOn();
    const run = await this.get(runId);
    if (run.status === "running") {
      throw new SimError("bad_transition", `conversation '${runId}' is running`, {
        hint: "judge it anew when it is over",
      });
    }
    if (run.turns.length === 0) {
      throw new SimError("nothing_to_judge", `conversation '${runId}' has no turns yet`, { hint: "advance it first" });
    }
    const set = [
      setting("conversation.user", {
        kind: "recorded",
        turns: run.turns.map(recordedUser),
        goal: run.config.improvement_goal,
      }, "rejudge"),
      setting("conversation.agent", { adapter: "recorded", turns: run.turns.map(recordedAgent) }, "rejudge"),
      setting("conversation.max_turns", run.turns.length, "rejudge"),
      setting("conversation.stop_on_misalignment", false, "rejudge"),
      setting("conversation.stop_on_alignment", false, "rejudge"),
      ...(judge === undefined ? [] : [setting("conversation.judge", judge, "judge")]),
    ];
    const forked = await this.#app.fork(runId, {
      turn: 0,
      set,
      ...(sample !== undefined && { sample }),
      labels: { ...labels, rejudged: runId.slice(0, 200) },
    });
    return await this.get(forked.run_id);
  }

  /**
   * Notes what a person says of a turn: it counts more than the judge's verdict, and for the judge's certificate.
   * @throws {SimError} `bad_turn`, `bad_turn_label`
   */
  async label(
    runId: string,
    turn: number,
    label: { readonly alignment: Alignment; readonly note?: string; readonly by: string },
  ): Promise<ConversationRun> {
    const config = await this.#app.runConfig(runId);
    const { extra_actions: extra } = conversationConfig({ run_id: runId }, config);
    const globals = await this.#globals(runId);
    const at = globals?.transcript.findIndex(({ index }) => index === turn) ?? -1;
    if (at < 0) {
      throw new SimError("bad_turn", `conversation '${runId}' has no turn ${turn}`, {
        hint: `it has ${globals?.transcript.length ?? 0} turns`,
      });
    }
    const [wish, transcript_turn] = [globals!.wishes[at]!, globals!.transcript[at]!];
    const catalogue = catalogueOf(environmentOf(config).catalogue, wish, transcript_turn);
    const turn_record = { wish, transcript_turn, rules: { catalogue, extra } };
    await this.#labels.put({ run_id: runId, turn, ...label, turn_record });
    return await this.get(runId);
  }

  /**
   * Takes back what people have said of a turn: the judge's verdict counts again.
   * @throws {SimError} `bad_turn` where nobody has said anything of it
   */
  async unlabel(runId: string, turn: number, by: string): Promise<ConversationRun> {
    const { turns } = await this.get(runId);
    if (turns.find(({ index }) => index === turn)?.label === undefined) {
      throw new SimError("bad_turn", `nobody has overridden the verdict on turn ${turn} of conversation '${runId}'`, {
        hint: "there is nothing to take back",
      });
    }
    await this.#labels.takeBack({ run_id: runId, turn, by });
    return await this.get(runId);
  }

  /** What the judges of this host are worth, measured on turns that people have labelled. */
  async certificate(): Promise<CertificateReport> {
    const [labels, badLabels] = [await this.#labels.all(), await this.#labels.badLines()];
    return await certificates(this.#app, this, { labels, badLabels });
  }

  /**
   * Has a model judge the labelled turns, three times over, in runs of their own; when they are complete,
   * {@linkcode Conversations.certificate} knows what it is worth.
   * @param judge keys of the scenario's `conversation.judge`
   * @throws {SimError} `no_provider` where there is no model
   */
  async certify(judge: JsonObject = {}): Promise<ConversationRun[]> {
    return await startCertification(this.#app, this, judge);
  }

  /** Starts a conversation of a plan; its id. */
  async startPlanned({ prepared, variation }: PlannedConversation): Promise<string> {
    return (await this.#app.startPrepared(prepared, variation)).run_id;
  }

  /** Which conversations a scenario stands for. @throws {SimError} what is wrong with it */
  async plan(spec: ConversePlanSpec): Promise<ConversePlan> {
    this.assertOn();
    return await conversePlan(this.#app, spec);
  }

  /**
   * Whether an agent that only speaks would have passed a conversation: by rules every turn is aligned, and the environment
   * as it was given does not differ from the scenario's `expected_plan`, if it has one. Null where not all turns were
   * played, because it was ended by its policy or from outside, or is not over: then what would have come is not known.
   */
  async doNothing(runId: string): Promise<boolean | null> {
    const [manifest, config] = [await this.#app.status(runId), await this.#app.runConfig(runId)];
    const { extra_actions: extra } = conversationConfig(manifest, config);
    const globals = await this.#globals(runId);
    if (globals === null || !isPlayedOut(manifest)) return null;
    const { catalogue, initial, differences } = environmentOf(config);
    const { expected_plan = null } = config.engine.config;
    if (expected_plan !== null && (differences(expected_plan, initial) ?? []).length > 0) return false;
    return globals.wishes.length > 0 &&
      globals.wishes.every((wish) => idleAlignment(wish, { catalogue, extra }) === "aligned");
  }

  /** @throws {SimError} `feature_off` when the host's configuration has no conversations */
  assertOn(): void {
    if (this.#app.config.features?.simulatedUserMode ?? true) return;
    throw new SimError("feature_off", "conversations are switched off on this host", {
      hint: "features.simulatedUserMode of llm-sim.yaml switches them on",
    });
  }

  /** A turn that has been played; null: it has not. @throws {SimError} `unknown_run`, `no_conversation` */
  async #asPlayed(runId: string, turn: number | undefined): Promise<Advanced | null> {
    const run = await this.get(runId);
    const played = turn === undefined ? undefined : run.turns.find(({ index }) => index === turn);
    return played ? { run, turn: played, waiting: false } : null;
  }

  async #advance(runId: string, turn: number | undefined): Promise<Advanced> {
    const next = await this.#nextTurn(runId);
    if ((await this.get(runId)).status === "running") return await this.#busy(runId);
    if (turn !== undefined && turn !== next) {
      throw new SimError("bad_turn", `turn ${turn} cannot be played: the next one is ${next}`, {
        hint: `advance with turn ${next}, or without one`,
      });
    }
    const waiting = await this.#play(runId);
    const run = await this.get(runId);
    return { run, turn: run.turns.find(({ index }) => index === next) ?? null, waiting };
  }

  async #busy(runId: string): Promise<never> {
    throw new SimError("busy", `conversation '${runId}' is playing turn ${await this.#nextTurn(runId)}`, {
      hint: "wait until it has been played, or pause the conversation",
    });
  }

  async #nextTurn(runId: string): Promise<number> {
    return ((await this.#app.state(runId))?.turn ?? 0) + 1;
  }

  /** Plays a turn; whether it waits for a person. */
  async #play(runId: string): Promise<boolean> {
    const person = Promise.withResolvers<true>();
    const stop = this.#app.subscribe((notice) => {
      if (notice.kind === "decision" && notice.run_id === runId) person.resolve(true);
    });
    try {
      await this.#app.step(runId);
      return await Promise.race([this.#app.wait(runId).then(() => false), person.promise]);
    } finally {
      stop();
    }
  }

  async #view(manifest: Manifest): Promise<ConversationRun> {
    const { run_id } = manifest;
    const config = await this.#app.runConfig(run_id);
    conversationConfig(manifest, config);
    const [state, times, labels] = await Promise.all([
      this.#app.state(run_id),
      this.#times(run_id),
      this.#labels.of(run_id),
    ]);
    return conversationOf({ manifest, config, state, times, labels });
  }

  async #globals(runId: string): Promise<ConversationGlobals | null> {
    const state = await this.#app.state(runId);
    return (state?.state.global_state ?? null) as unknown as ConversationGlobals | null;
  }

  /** The newest state that was saved up to a turn; null: none. */
  async #savedUpTo(runId: string, turn: number): Promise<SavedTurn | null> {
    const newest = await this.#app.state(runId);
    if (newest === null) return null;
    const numbered = newest.turn <= turn ? null : (await this.#app.checkpoints(runId)).findLast((each) => each <= turn);
    if (numbered === undefined) return null;
    // One that cannot be read is as good as none: its turns are done again.
    const state = numbered === null ? newest : await this.#app.checkpoint(runId, numbered).catch(unlessMissing);
    if (state === null) return null;
    return { turn: state.turn, globals: state.state.global_state as unknown as ConversationGlobals };
  }

  /** When the user spoke, by turn. */
  async #times(runId: string): Promise<Map<number, string>> {
    const { rows } = await this.#app.events(runId, { after: 0, limit: 1000, types: ["ACTION"], agents: ["user"] });
    return new Map(
      rows.map(({ turn_number, timestamp }) => [turn_number as number, timestamp as string] as const),
    );
  }
}

/** What a recorded user says in place of the one who said it first. */
function recordedUser({ simulated_user: { message, desired_action, fault } }: SimulatedTurn): JsonObject {
  return { message, desired_action: desired_action as unknown as Json, ...(fault && { fault: { ...fault } }) };
}

/** What a recorded agent answers in place of the one that answered first. */
function recordedAgent({ chat_agent: { reply, actions, fault } }: SimulatedTurn): JsonObject {
  return { reply: reply ?? "", actions: actions as unknown as Json, ...(fault && { fault: { ...fault } }) };
}

/** Of the catalogue, what was wished for and done. */
function catalogueOf(catalogue: ActionCatalogue, wish: Wish, { actions }: TranscriptTurn): ActionCatalogue {
  const names = new Set([wish.desired_action, ...actions].flatMap((action) => action?.name ?? []));
  return Object.fromEntries(Object.entries(catalogue).filter(([name]) => names.has(name)));
}

function unlessMissing(error: unknown): null {
  if (error instanceof SimError && error.code === "unknown_checkpoint") return null;
  throw error;
}

function unlessNone(error: unknown): null {
  if (error instanceof SimError && error.code === "no_conversation") return null;
  throw error;
}
