/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/conversations/{id}`: one conversation, with the plan that it is about. */

import type { VNode } from "preact";
import { SimError } from "../../framework/mod.ts";
import { conversationUrl } from "../../islands/_parts/conversation/line.ts";
import ConversationPage from "../../islands/conversation_page.tsx";
import VerifyFile from "../../islands/verify_file.tsx";
import {
  CONVERSATION_FORMATS,
  type ConversationOutline,
  type ConversationOutput,
  type Manifest,
} from "../../runner/mod.ts";
import { mayDo, page, type PageProps, type RequestContext } from "../../server/mod.ts";
import { moment } from "../_parts/times.ts";

interface Data {
  readonly output: ConversationOutput;
  readonly outline: ConversationOutline;
  /** The turn that the address names; null: the last one. */
  readonly at: number | null;
  readonly run: Manifest;
  /** What the judge before said, by turn; empty: there was none. */
  readonly earlier: readonly (string | null)[];
}

export const title = ({ data: { run } }: PageProps<Data>): string => run.name ?? run.run_id;
export const styles = ["conversations.css"];

export const handler = {
  async GET({ app, url }: RequestContext, { id }: { readonly id: string }) {
    const [conversation, run] = [await app.conversations.get(id), await app.status(id)];
    const asked = /^\d{1,6}$/.exec(url.searchParams.get("turn") ?? "")?.[0];
    // What has not been played is looked at when it has.
    const at = asked === undefined || Number(asked) >= conversation.turns.length ? null : Number(asked);
    return page<Data>({
      output: { type: "conversation", run: conversation, writable: await isPerson(app, conversation) },
      outline: await app.conversations.outline(id, at ?? undefined),
      at,
      run,
      earlier: run.labels.rejudged === undefined ? [] : await verdictsOf(app, run.labels.rejudged),
    });
  },
};

/** What was said of the turns of a conversation; nothing where it is gone. */
async function verdictsOf(app: RequestContext["app"], runId: string): Promise<(string | null)[]> {
  try {
    return (await app.conversations.get(runId)).turns.map(({ judge }) => judge?.alignment ?? null);
  } catch (error) {
    if (error instanceof SimError) return [];
    throw error;
  }
}

/** Whether a person speaks for the user: by the scenario, or because it was handed over. */
async function isPerson(
  app: RequestContext["app"],
  { run_id, config }: Pick<ConversationOutput["run"], "run_id" | "config">,
): Promise<boolean> {
  const last = (await app.inputs(run_id)).findLast((input) => input.kind === "handover" && input.agent === "user");
  return last?.kind === "handover" ? last.body.to === "human" : config.user.kind === "human";
}

export default function Conversation({ context, data: { output, outline, at, run, earlier } }: PageProps<Data>): VNode {
  const { run_id, name, parent, labels, scenario_path } = run;
  const { rejudged } = labels;
  return (
    <main class="conversation-page">
      <p class="quiet">
        <a href="/conversations">Conversations</a>
      </p>
      <div class="title-row">
        <h1>{name ?? run_id}</h1>
        <a href={`/runs/${encodeURIComponent(run_id)}`}>As a run</a>
        {mayDo(context.principal, "edit") && (
          <form method="post" action="/">
            <button type="submit" name="run" value={run_id}>Open in a notebook</button>
          </form>
        )}
      </div>
      <p class="quiet origin">
        <span class="id">{run_id}</span>
        {scenario_path !== undefined && <span>{scenario_path.split("/").slice(-2).join("/")}</span>}
        <span>{moment(run.created_at)}</span>
        {parent !== undefined && (
          <span>
            {rejudged === undefined ? `fork after turn ${parent.turn} of ` : "judged anew, after "}
            <a class="id" href={conversationUrl(parent.run_id)}>{parent.run_id}</a>
          </span>
        )}
      </p>
      <ConversationPage
        output={output}
        provenance={null}
        outline={outline}
        at={at}
        earlier={earlier}
        mayRun={mayDo(context.principal, "run")}
        mayEdit={mayDo(context.principal, "edit")}
      />
      <details class="box">
        <summary>Download and verify</summary>
        <ul class="plain-list">
          {CONVERSATION_FORMATS.map((format) => (
            <li key={format}>
              <a href={`/simulation/${encodeURIComponent(run_id)}/export?format=${format}`}>{FORMATS[format]}</a>{" "}
              <span class="quiet">({format})</span>
            </li>
          ))}
        </ul>
        <p>
          Every wish was sealed before the agent was asked: whoever has the file can check that it was not made up
          afterwards. <a href="/conversations/judges">What its judge is worth</a>
        </p>
        <VerifyFile runId={run_id} />
      </details>
    </main>
  );
}

/** What each format is for. */
const FORMATS: { readonly [format in typeof CONVERSATION_FORMATS[number]]: string } = {
  txt: "as text",
  md: "as Markdown",
  json: "all of it, with the seals",
  openai: "messages as OpenAI has them",
  junit: "a test report",
  case: "a regression case for a scenario",
};
