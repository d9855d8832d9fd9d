/** Agent `recorded_agent`: an agent under test that answers as it has answered before. */

import type { AgentContext, JsonObject } from "llm-sim";
import { type EnvironmentSpec, readEnvironment } from "llm-sim/conversation";
import { z } from "zod";
import { type Answer, type AnsweredAction, failureIn, faultOf } from "./_parts/answer.ts";
import { AnsweringAgent, inEnvironment, type Seen } from "./_parts/answering_agent.ts";

/** An action of a recording. */
const recordedAction = z.object({
  kind: z.string().min(1).nullish().describe("family of the action; absent: as the catalogue has it"),
  name: z.string().min(1).describe("name of the action"),
  parameters: z.custom<JsonObject>(isObject, "expected an object").nullish().describe("its arguments"),
  success: z.boolean().nullish().describe("false: it has failed, and is not carried out again"),
  result_message: z.string().nullish().describe("what came of it"),
});

/** Config of agent `recorded_agent`. */
export const recordedAgentConfig = z.strictObject({
  environment: inEnvironment.environment.optional(),
  turns: z.array(z.object({
    reply: z.string().nullish().describe("what it said"),
    actions: z.array(recordedAction).nullish().describe("what it did"),
    fault: z.object({ code: z.string(), message: z.string() }).nullish().describe("why it was no answer"),
  })).describe("its answers, a turn each"),
  // What was done has been done: what is too much is the recording's own fault.
  max_actions_per_turn: z.number().int().min(1).default(1000).describe("actions that are taken from one turn"),
});

/** An agent under test whose answers are known: its conversation is judged anew. It takes no notice of the user. */
export class RecordedAgent extends AnsweringAgent<z.output<typeof recordedAgentConfig>> {
  static override readonly config = recordedAgentConfig;
  static override readonly description = "An agent under test that answers turn by turn as it was recorded.";

  protected override answer(_seen: Seen, { turn }: AgentContext): Answer {
    const recorded = this.config.turns[turn - 1];
    if (recorded === undefined) {
      const { length } = this.config.turns;
      return { reply: "", actions: [], fault: faultOf("no_recording", `the recording ends with turn ${length}`) };
    }
    const { reply, actions, fault } = recorded;
    const kinds = kindsOf(this.config.environment);
    return {
      reply: reply ?? "",
      actions: (actions ?? []).map((action): AnsweredAction => ({
        kind: action.kind ?? kinds(action.name),
        name: action.name,
        parameters: action.parameters ?? {},
        ...failureIn(action),
      })),
      ...(fault && { fault }),
    };
  }
}

/** The family of an action by its name. */
function kindsOf(environment: EnvironmentSpec | undefined): (name: string) => string {
  const catalogue = environment === undefined ? {} : readEnvironment(environment).catalogue;
  return (name) => Object.hasOwn(catalogue, name) ? catalogue[name]!.kind : "unknown";
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
