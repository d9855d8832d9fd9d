/** Agent `http_agent`: an agent under test behind an HTTP address. */

import { type AgentContext, type HttpResponse, ModelError } from "llm-sim";
import { toolsOf } from "llm-sim/conversation";
import { z } from "zod";
import { type Answer, faultOf, parsedJson, readActions, shown } from "./_parts/answer.ts";
import { ActingAgent, inEnvironment, type Seen } from "./_parts/answering_agent.ts";
import { spokenMessages } from "./_parts/history.ts";

/** Config of agent `http_agent`. */
export const httpAgentConfig = z.strictObject({
  ...inEnvironment,
  url: z.url({ protocol: /^https?$/ }).describe("where it is asked; its origin must be in the host's http_allow"),
  headers: z.record(z.string(), z.string()).default({}).describe("sent with every request"),
  timeout: z.number().gt(0).max(600).default(60).describe("seconds that one answer may take"),
});

/** What a service answers; other keys are its own. */
const answerSchema = z.object({
  reply: z.string().nullish(),
  actions: z.array(z.unknown()).nullish(),
});

/** Of what is no answer so much is quoted, UTF-16 units. */
const QUOTED = 200;

/**
 * An agent under test that is asked over HTTP, once a turn: `POST {messages, outline, actions, turn}` →
 * `{reply, actions?: [{name, parameters, kind?, success?}]}`.
 *
 * - `messages`: all that was said, `{role: "user" | "assistant", content}`, what the user says now as the last one
 * - `outline`: what is talked about, as text
 * - `actions`: what may be done, `{kind, name, description, parameters: JSON Schema}`
 * - `turn`: number of the turn, from 1
 *
 * The actions that it answers are carried out for it; one with `success: false` is not, and counts as failed. Whatever else
 * it answers is a fault of the turn: `not_json`, `bad_shape`, `empty_reply`, `unknown_action`, `bad_parameter`,
 * `too_many_actions`, `reply_too_large`, `server_error` (status 5xx), `bad_status` (others), `timeout`, `unreachable`.
 */
export class HttpAgent extends ActingAgent<z.output<typeof httpAgentConfig>> {
  static override readonly config = httpAgentConfig;
  static override readonly description =
    "An agent under test behind an HTTP address: it is sent the conversation and the actions that it may take.";

  /** @throws {SimError} `http_not_allowed` when the host forbids the origin */
  protected override async answer(seen: Seen, context: AgentContext): Promise<Answer> {
    const { url, headers, timeout } = this.config;
    try {
      const response = await context.http.request({
        method: "POST",
        url,
        headers,
        timeout,
        tolerant: true,
        purpose: "reply",
        body: {
          messages: spokenMessages(seen),
          outline: this.environment.outline(seen.plan),
          actions: toolsOf(this.catalogue).map(({ function: { name, description, parameters } }) => ({
            kind: this.catalogue[name]!.kind,
            name,
            description,
            parameters,
          })),
          turn: context.turn,
        },
      });
      return this.#read(response);
    } catch (error) {
      if (error instanceof ModelError && error.code === "http_error") return faulty("unreachable", error.message);
      throw error;
    }
  }

  #read({ status, body }: HttpResponse): Answer {
    if (status < 200 || status > 299) {
      return faulty(status >= 500 ? "server_error" : "bad_status", `status ${status}: ${shown(body, QUOTED)}`);
    }
    if (body.trim() === "") return faulty("empty_reply", `status ${status} without a body`);
    const json = parsedJson(body);
    if (json === undefined) return faulty("not_json", `the answer is no JSON: ${shown(body, QUOTED)}`);
    const read = answerSchema.safeParse(json);
    if (!read.success) return faulty("bad_shape", `${z.prettifyError(read.error)}: ${shown(body, QUOTED)}`);
    const { actions, fault } = readActions(read.data.actions ?? [], this.catalogue);
    return { reply: read.data.reply ?? "", actions, ...(fault && { fault }) };
  }
}

function faulty(code: string, message: string): Answer {
  return { reply: "", actions: [], fault: faultOf(code, message) };
}
