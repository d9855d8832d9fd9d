/** What a conversation would be, and what it would take, before it is started. */

import type { JsonObject } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { ModelChoice } from "../gateway/mod.ts";
import type { Price } from "../notebook/mod.ts";
import { Experiences, isFree, priceOf } from "../prices.ts";
import { mostTurns } from "./limits.ts";
import { type ConversationSpec, conversationStart } from "./start.ts";
import type { ConversationConfig } from "./types.ts";

/** A model that would answer. */
export interface QuotedModel {
  readonly provider: string;
  readonly model: string;
  /** Whether it is the offline provider, which answers by rule. */
  readonly offline: boolean;
  /** `user`, `agent`, `judge`; `*`: all that have no model of their own. */
  readonly roles: readonly string[];
  /** Whether it is known what it costs. */
  readonly priced: boolean;
}

/** What a conversation would be. */
export interface ConversationQuote {
  /** Name of the scenario. */
  readonly name: string;
  readonly case: string | null;
  /** Cases that the scenario has. */
  readonly cases: readonly string[];
  readonly goal: string | null;
  readonly max_turns: number;
  /** Turns that a conversation may have on this host. */
  readonly most_turns: number;
  readonly user: ConversationConfig["user"] & {
    readonly persona: string | null;
    readonly facts: readonly string[];
    readonly temperament: string | null;
  };
  readonly agent: ConversationConfig["agent"] & { readonly behaviour: string | null; readonly url: string | null };
  readonly judge: ConversationConfig["judge"];
  readonly models: readonly QuotedModel[];
  /** Dollars after which it stops; null: no limit is set. */
  readonly max_cost_usd: number | null;
  readonly price: Price;
}

/** What runs took is remembered for as long as there is the app. */
const EXPERIENCES = new WeakMap<App, Experiences>();

/** The quote. @throws {SimError} all issues of the scenario, and what else a start may have */
export async function quoteConversation(app: App, spec: ConversationSpec): Promise<ConversationQuote> {
  let chosen: readonly ModelChoice[] = [];
  const start = await app.prepare({ ...conversationStart(spec), onModels: (models) => chosen = models });
  const { config } = start;
  const conversation = config.conversation!;
  const settings = (name: string): JsonObject => config.agents.find((agent) => agent.name === name)?.config ?? {};
  const [user, agent] = [settings("user"), settings("agent")];
  return {
    name: config.simulation.name,
    case: conversation.case,
    cases: conversation.cases,
    goal: conversation.goal,
    max_turns: config.simulation.max_turns,
    most_turns: mostTurns((name) => Deno.env.get(name)),
    user: {
      kind: conversation.user,
      persona: textOf(user.persona),
      facts: Array.isArray(user.facts) ? user.facts.map(String) : [],
      temperament: textOf(user.temperament),
    },
    agent: { adapter: conversation.agent, behaviour: textOf(agent.behaviour), url: textOf(agent.url) },
    judge: { kind: conversation.judge },
    models: chosen.map(({ provider, model, kind, roles, priced }) => (
      { provider, model, offline: kind === "offline", roles, priced }
    )),
    max_cost_usd: config.limits.max_cost_usd,
    price: priceOf(
      { runs: 1, of: 1, free: isFree(start, chosen) },
      await experiencesOf(app).of(config.domain, config.simulation.name),
    ),
  };
}

function experiencesOf(app: App): Experiences {
  const known = EXPERIENCES.get(app) ?? new Experiences(app);
  EXPERIENCES.set(app, known);
  return known;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
