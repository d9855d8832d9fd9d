/** `intervene`, `decide`, `handover`: what reaches a run from outside. */

import { type InterventionBody, type Json, SimError, type SimulationInput } from "../../framework/mod.ts";
import { commandLine } from "../command_line.ts";
import { readDecisionLine } from "../decision_line.ts";
import type { CommonOptions } from "../program.ts";
import { findRun, settings, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";

interface InterveneOptions extends CommonOptions {
  readonly turn?: number;
  readonly set?: readonly string[];
  readonly add?: readonly string[];
  readonly multiply?: readonly string[];
  readonly message?: readonly string[];
  readonly addAgent?: string;
  readonly remove?: string;
  readonly pause?: string;
  readonly unpause?: string;
  readonly note?: string;
}

/** Records an intervention for a run that stands still. */
export async function intervene(terminal: Terminal, options: InterveneOptions, [text]: string[]): Promise<number> {
  const body = interventionOf(options);
  return await withApp(options, async (app) => {
    const id = await findRun(app, text!);
    const input = await app.intervene(id, body, options.turn === undefined ? {} : { turn: options.turn });
    return recorded(terminal, options, id, input);
  });
}

/** Records a person's decision for a run that stands still. */
export async function decide(terminal: Terminal, options: CommonOptions, words: string[]): Promise<number> {
  const [text, agent, ...rest] = words;
  const decision = readDecisionLine(rest.join(" "));
  return await withApp(options, async (app) => {
    const id = await findRun(app, text!);
    return recorded(terminal, options, id, await app.decide(id, agent!, decision));
  });
}

/** Hands an agent's decisions over, in a run that stands still. */
export async function handover(terminal: Terminal, options: CommonOptions, words: string[]): Promise<number> {
  const [text, agent, to] = words;
  if (to !== "human" && to !== "rule") {
    throw new SimError("usage", `an agent is handed to 'human' or 'rule', not to '${to}'`);
  }
  return await withApp(options, async (app) => {
    const id = await findRun(app, text!);
    return recorded(terminal, options, id, await app.handOver(id, agent!, to));
  });
}

function recorded(terminal: Terminal, places: CommonOptions, id: string, input: SimulationInput): number {
  terminal.document({ run_id: id, input });
  terminal.print(`input ${input.seq}: ${input.kind} in turn ${input.turn}`);
  terminal.print(`next    ${commandLine(["resume", id], places)}`);
  return 0;
}

function interventionOf(options: InterveneOptions): InterventionBody {
  const { message, addAgent, remove, pause, unpause, note } = options;
  const numbers = (texts: readonly string[] | undefined, from: string) => values(texts, from) as Record<string, number>;
  return {
    ...(options.set && { set: values(options.set, "--set") }),
    ...(options.add && { add: numbers(options.add, "--add") }),
    ...(options.multiply && { multiply: numbers(options.multiply, "--multiply") }),
    ...(message && { message: { to: message[0]!, content: message.slice(1).join(" ") } }),
    ...(addAgent !== undefined && { add_agent: newAgent(addAgent) }),
    ...(remove !== undefined && { remove_agent: remove }),
    ...(pause !== undefined && { pause_agent: { name: pause } }),
    ...(unpause !== undefined && { resume_agent: unpause }),
    ...(note !== undefined && { note }),
  };
}

function newAgent(text: string): NonNullable<InterventionBody["add_agent"]> {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SimError("usage", `--add-agent is not JSON: ${(cause as Error).message}`, {
      cause,
      hint: `for example --add-agent '{"name":"C","type":"nation","variables":{"economic_strength":500}}'`,
    });
  }
}

function values(texts: readonly string[] | undefined, from: string): Record<string, Json> {
  return Object.fromEntries(settings(texts, from).map(({ path, value }) => [path, value]));
}
