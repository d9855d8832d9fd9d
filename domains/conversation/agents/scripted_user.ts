/** Agent `scripted_user`: a user whose words and wishes are written down. */

import { type AgentContext, BaseAgent, type Decision, type Json, SimError } from "llm-sim";
import { type ActionSpec, environmentSpecSchema, phraseOf, readAction, readEnvironment } from "llm-sim/conversation";
import { z } from "zod";
import { FINISH, SAY } from "../actions.ts";
import type { Conversation, Globals } from "./_parts/settings.ts";

const entry = z.strictObject({
  message: z.string().trim().min(1).max(8000).optional().describe("what is said; absent: the wish in words"),
  desired_action: z.json().default(null).describe("what would do what is wanted; null: the user only talks"),
});

const written = z.strictObject({
  environment: environmentSpecSchema.describe("what is talked about, and what may be done"),
  script: z.array(entry).min(1).max(1000).describe("what is said and wanted, a turn each"),
});

/** One turn of a script, with its wish as the catalogue has it. */
interface Line {
  readonly message: string;
  readonly desired_action: ActionSpec | null;
}

const config = written.superRefine(({ environment, script }, context) => {
  const report = (message: string, ...path: (string | number)[]) => context.addIssue({ code: "custom", path, message });
  try {
    const { catalogue } = readEnvironment(environment);
    script.forEach((entry, i) => {
      const read = lineOf(entry, catalogue);
      if ("problem" in read) report(read.problem, "script", i, read.at);
    });
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    report(error.message, "environment");
  }
});

type Config = z.output<typeof written>;

/** Says what its script says, a turn each; with the last line it has said its last word. */
export class ScriptedUserAgent extends BaseAgent<Config, Record<string, never>, Globals> {
  static override readonly config = config;
  static override readonly description = "A user whose words and wishes are written down, a turn each.";

  readonly #lines: readonly Line[];

  /**
   * Built by the framework, once per simulation process.
   * @throws {SimError} `bad_script`, saying which entry is wrong and how
   */
  constructor(spec: { readonly name: string; readonly config: Config }) {
    super(spec);
    const { catalogue } = readEnvironment(this.config.environment);
    this.#lines = this.config.script.map((entry, i) => {
      const read = lineOf(entry, catalogue);
      if (!("problem" in read)) return read;
      throw new SimError("bad_script", `script[${i}].${read.at}: ${read.problem}`, {
        hint: "an entry has a message, a desired_action { name, parameters } of the environment, or both",
      });
    });
  }

  override decideAction(_observation: Conversation, { turn }: AgentContext): Decision {
    const line = this.#lines[turn - 1];
    if (line === undefined) return this.act(FINISH, { reason: "the script is over" });
    const { message, desired_action } = line;
    return this.act(SAY, {
      message,
      desired_action: desired_action as unknown as Json,
      ...(turn === this.#lines.length && { done: true }),
    });
  }
}

function lineOf(
  { message, desired_action }: Config["script"][number],
  catalogue: Parameters<typeof readAction>[1],
): Line | { readonly problem: string; readonly at: "message" | "desired_action" } {
  if (desired_action === null) {
    return message === undefined
      ? { problem: "nothing is said and nothing is wanted", at: "message" }
      : { message, desired_action };
  }
  const read = readAction(desired_action, catalogue, { unknown: "refuse" });
  if (!("action" in read)) return { problem: read.problem, at: "desired_action" };
  return { message: message ?? phraseOf(read.action, catalogue), desired_action: read.action };
}
