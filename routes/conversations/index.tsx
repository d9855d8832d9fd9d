/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/conversations`: all conversations, newest first, and a form that starts one. */

import type { VNode } from "preact";
import { type ConversationForm, EMPTY_FORM, formOf, requestOf } from "../../islands/_parts/conversation/form.ts";
import { type ConversationLine, conversationUrl, lineOf } from "../../islands/_parts/conversation/line.ts";
import ConversationStart from "../../islands/conversation_start.tsx";
import ConversationsList from "../../islands/conversations_list.tsx";
import type { ConversationQuote } from "../../runner/mod.ts";
import {
  mayDo,
  page,
  type PageProps,
  planNames,
  type Problem,
  problemOf,
  quoteConversation,
  readForm,
  recentTree,
  type RequestContext,
  startConversation,
} from "../../server/mod.ts";
import { ProblemBox } from "../_parts/problem_box.tsx";

/** Conversations of one page: each is read with all of its turns. */
const MOST = 25;

interface Data {
  readonly lines: readonly ConversationLine[];
  /** Where the next page begins; null: there is none. */
  readonly next: string | null;
  readonly isFirst: boolean;
  readonly scenarios: readonly string[];
  readonly plans: readonly string[];
  readonly form: ConversationForm;
  readonly quote: ConversationQuote | null;
  readonly problem: Problem | null;
}

export const title = "Conversations";
export const styles = ["conversations.css"];

export const handler = {
  async GET(context: RequestContext) {
    return page(await dataOf(context, EMPTY_FORM));
  },

  async POST(context: RequestContext) {
    const { app, note, principal, request } = context;
    const fields = await readForm(request);
    const form = formOf(fields);
    try {
      const asked = requestOf(form);
      if (fields.get("verb") === "quote") {
        return page(await dataOf(context, form, { quote: await quoteConversation(app, asked) }));
      }
      const { run_id } = await startConversation(app, asked, form.key || null, principal);
      note({ run_id });
      return new Response(null, { status: 303, headers: { location: conversationUrl(run_id) } });
    } catch (error) {
      const problem = problemOf(error, context.url.pathname, context.requestId);
      if (problem.status >= 500) throw error;
      return page(await dataOf(context, form, { problem }), { status: problem.status });
    }
  },
};

async function dataOf(
  context: RequestContext,
  form: ConversationForm,
  { quote = null, problem = null }: Partial<Pick<Data, "quote" | "problem">> = {},
): Promise<Data> {
  const { app, url } = context;
  const cursor = url.searchParams.get("after") || null;
  const { conversations, next_cursor } = await app.conversations.list({ limit: MOST, ...(cursor && { cursor }) });
  const names = await Promise.all(conversations.map(async ({ run_id }) => (await app.status(run_id)).name ?? run_id));
  const { tree } = await recentTree(context, () => true);
  const scenarios = tree.scenarios.filter(({ kind }) => kind === "conversation").map(({ repo, config }) =>
    `${repo}/${config}`
  );
  return {
    lines: conversations.map((run, i) => lineOf(run, names[i]!)),
    next: next_cursor,
    isFirst: cursor === null,
    scenarios,
    plans: planNames(app),
    form: {
      ...form,
      scenario: form.scenario || (scenarios.find((each) => each.includes("offline")) ?? scenarios[0] ?? ""),
    },
    quote,
    problem,
  };
}

export default function Conversations({ context, data }: PageProps<Data>): VNode {
  const { lines, next, isFirst, scenarios, plans, form, quote, problem } = data;
  const isOpen = problem !== null || quote !== null || lines.length === 0;
  return (
    <main class="conversations-page">
      <div class="title-row">
        <h1>Conversations</h1>
        <a href="/runs?repo=conversation">As a list of runs</a>
        <a href="/conversations/judges">What judges are worth</a>
      </div>
      {mayDo(context.principal, "run") && (
        <details class="box start-box" open={isOpen}>
          <summary>Start a conversation</summary>
          {problem !== null && <ProblemBox problem={problem} />}
          {scenarios.length === 0
            ? <p class="quiet">There is no scenario of a conversation on this server.</p>
            : <ConversationStart {...{ form, scenarios, plans, quote }} />}
        </details>
      )}
      {/* To the second: a page may be shown twice within one. */}
      <ConversationsList lines={lines} isFirst={isFirst} now={Math.floor(Date.now() / 1000) * 1000} />
      <nav class="pages" aria-label="Pages">
        {!isFirst && <a href="/conversations">First</a>}
        {next !== null && <a href={`/conversations?after=${encodeURIComponent(next)}`} rel="next">Next {MOST}</a>}
      </nav>
    </main>
  );
}
