/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What a conversation would be, and what it would cost. */

import type { VNode } from "preact";
import { Icon } from "../icons.tsx";
import { counted, dollars } from "../number_format.tsx";
import { PriceTag } from "../price.tsx";
import type { ConversationQuote } from "../types.ts";

/** A quote in words. */
export function Quote({ quote }: { readonly quote: ConversationQuote }): VNode {
  const { user, agent, judge, price, max_cost_usd, models } = quote;
  const isUnpriced = !price.free && models.some(({ priced }) => !priced);
  return (
    <div class="quote">
      <p class="facts-line">
        <PriceTag price={price} />
        <span class="number">at most {counted(quote.max_turns, "turn")}</span>
        {max_cost_usd === null || price.free ? null : <span class="number">stops at {dollars(max_cost_usd)}</span>}
        {isUnpriced
          ? (
            <span class="tone-stale">
              <Icon name="alert" /> what a model costs is not known
            </span>
          )
          : null}
      </p>
      <dl class="facts">
        <dt>User</dt>
        <dd>
          {user.kind}
          {user.persona === null ? null : <span class="quiet">: {user.persona}</span>}
        </dd>
        {quote.goal === null ? null : (
          <>
            <dt>Goal</dt>
            <dd>{quote.goal}</dd>
          </>
        )}
        <dt>Agent</dt>
        <dd>{[agent.adapter, agent.behaviour, agent.url].filter((each) => each !== null).join(", ")}</dd>
        <dt>Judge</dt>
        <dd>{judge.kind}</dd>
        {models.length === 0 ? null : (
          <>
            <dt>Models</dt>
            <dd>{models.map(modelText).join("; ")}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

function modelText({ provider, model, offline, roles }: ConversationQuote["models"][number]): string {
  const whom = roles.includes("*") ? "" : `${roles.join(", ")}: `;
  return whom + (offline ? "offline, by rule" : `${provider} ${model}`);
}
