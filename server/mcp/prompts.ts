/** Prompts: what people ask for most, with what a model needs to answer it. */

import {
  completable,
  type GetPromptResult,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { SimError } from "../../framework/mod.ts";
import type { App, Manifest, Row } from "../../runner/mod.ts";
import { completeConfig, completeRepo, completeRun, completeScenarios } from "./completion.ts";
import { scenarioText } from "./resources.ts";
import { valueText } from "./words.ts";

/** Characters of a scenario's text in a prompt. */
const LONGEST_SCENARIO = 20_000;

/** Adds the prompts to a server. */
export function registerPrompts(server: McpServer, app: App): void {
  server.registerPrompt("compare_scenarios", {
    title: "Compare scenarios",
    description: "Runs several scenarios side by side and says how they differ, and why",
    argsSchema: z.object({
      scenarios: completable(
        z.string().min(1).describe("scenarios as repo/config, with commas between them"),
        (typed) => completeScenarios(app, typed),
      ),
      question: z.string().optional().describe("what to compare, such as: which has the highest total_economic_value"),
    }),
  }, ({ scenarios, question }) => answered(() => compareScenarios(app, scenarios, question)));

  server.registerPrompt("explain_divergence", {
    title: "Explain a divergence",
    description: "Finds where two simulations part ways, and what makes them",
    argsSchema: z.object({
      run_a: completable(z.string().min(1).describe("id of a simulation"), (typed) => completeRun(app, typed)),
      run_b: completable(z.string().min(1).describe("id of another one"), (typed) => completeRun(app, typed)),
    }),
  }, ({ run_a, run_b }) => answered(() => explainDivergence(app, run_a, run_b)));

  server.registerPrompt("design_sweep", {
    title: "Design a sweep",
    description: "Plans which values of a scenario to vary to answer a question, and plays them",
    argsSchema: z.object({
      repo: completable(z.string().min(1).describe("name of a repo"), (typed) => completeRepo(app, typed)),
      config: completable(
        z.string().min(1).describe("file of a scenario"),
        (typed, context) => completeConfig(app, context?.arguments?.repo, typed),
      ),
      question: z.string().min(1).describe("what is to be found out"),
    }),
  }, ({ repo, config, question }) => answered(() => designSweep(app, repo, config, question)));
}

/** Errors that say what is wrong with the arguments. */
async function answered(make: () => Promise<GetPromptResult>): Promise<GetPromptResult> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    const hint = error.hint === undefined || error.hint.includes("deno task") ? "" : ` (${error.hint})`;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${error.message}${hint}`);
  }
}

async function compareScenarios(
  app: App,
  list: string,
  question = "how do they differ, and why?",
): Promise<GetPromptResult> {
  const names = [...new Set(list.split(",").map((name) => name.trim()).filter((name) => name !== ""))];
  if (names.length < 2 || names.length > 8) {
    throw new SimError("bad_scenarios", `'${list.slice(0, 200)}' are not two to eight scenarios`, {
      hint: "such as economic/growth.yaml, economic/recession.yaml",
    });
  }
  const texts = await Promise.all(names.map((name) => {
    const [, repo = "", config = ""] = /^([^/]+)\/(.+)$/.exec(name) ?? [];
    return embedded(app, repo, config);
  }));
  return prompt(
    `Compare these simulations of llm-sim: ${names.join(", ")}. The question: ${question}

1. Read the scenarios below and say in a sentence each what they assume.
2. Play them with run_batch, an arm for each ("arms": {"growth": {"repo": …, "config": …}, …}) and "seeds": "1..8"; wait with get_batch and timeout_seconds, again if the time is over.
3. Its differences say what is more than chance. compare_simulations of two cells (batch:<batch_id>/<index>) says which inputs differ, in which turn they part, and what happened then; plot_runs draws a metric of all.
4. If they ended in different turns, compare them at the same turn: query_runs on the table turns.
5. Answer with a table (one row a scenario, the values that matter, the spread over seeds) and a paragraph that names the cause in the scenario for each difference. Say what cannot be told from so few runs.`,
    texts,
  );
}

async function explainDivergence(app: App, a: string, b: string): Promise<GetPromptResult> {
  const [left, right] = await Promise.all([app.status(a), app.status(b)]);
  const parted = await firstDifference(app.rows(a, "global"), app.rows(b, "global"));
  return prompt(`Explain why two simulations of llm-sim part ways.

A: ${identity(left)}
B: ${identity(right)}

${parted}

1. Call compare_simulations with both: which settings differ, where do they part, and what happened in that turn?
2. Look at the states around that turn (get_simulation_status with turn, for both) and at the events of that turn in simulation://${a}/events and simulation://${b}/events (?after=ID reads on from an event): which decision, chance or intervention comes first?
3. If settings and seed are the same, only what language models answered, outside input or changed code can make a difference: say which.
4. To test your explanation, fork_simulation A at the turn before, change only the cause, and see whether it becomes B.

Answer with the first cause, the chain from it to the difference, and how sure you are.`);
}

async function designSweep(app: App, repo: string, config: string, question: string): Promise<GetPromptResult> {
  return prompt(
    `Design a parameter sweep over the scenario ${repo}/${config} of llm-sim that answers: ${question}

1. Read the scenario below; name the settings that bear on the question, and the metric that answers it.
2. Choose few values for each (a low, the present, a high one to begin with), at least three seeds for each combination, and no more than 200 runs. Say the plan, with its number of runs, and ask the user before you start.
3. Play it with run_batch: a grid of these settings, seeds, the metrics, and limits on its minutes. It is checked before anything is played. Wait with get_batch and timeout_seconds.
4. Report mean and interval for each combination, which differences are above the noise, and which setting matters most; the resource batch://<batch_id>/summary has the sensitivities. Say where the answer rests on chance, and whether more seeds (run_batch with batch_id and more_seeds) would settle it.`,
    [await embedded(app, repo, config)],
  );
}

type Content = GetPromptResult["messages"][number]["content"];

function prompt(text: string, more: readonly Content[] = []): GetPromptResult {
  const contents: Content[] = [{ type: "text", text }, ...more];
  return { messages: contents.map((content) => ({ role: "user" as const, content })) };
}

async function embedded(app: App, repo: string, config: string): Promise<Content> {
  const text = await scenarioText(app, repo, config);
  return {
    type: "resource",
    resource: {
      uri: `scenario://${repo}/${config}`,
      mimeType: "application/yaml",
      text: text.length > LONGEST_SCENARIO ? `${text.slice(0, LONGEST_SCENARIO)}\n# …` : text,
    },
  };
}

function identity({ run_id, status, turn, max_turns, seed, sample, scenario_path, parent }: Manifest): string {
  const from = parent ? `, forked from ${parent.run_id} at turn ${parent.turn}` : "";
  return `${run_id} (${
    scenario_path ?? "a scenario of its own"
  }, seed ${seed}, sample ${sample}${from}), ${status} at turn ${turn} of ${max_turns}`;
}

/** Where rows of two runs differ first, in words. */
async function firstDifference(left: AsyncIterable<Row>, right: AsyncIterable<Row>): Promise<string> {
  const others = right[Symbol.asyncIterator]();
  let turn: unknown = 0;
  try {
    for await (const row of left) {
      const { value: other, done } = await others.next();
      if (done) break;
      const differing = [...new Set([...Object.keys(row), ...Object.keys(other)])].filter((name) =>
        JSON.stringify(row[name]) !== JSON.stringify(other[name])
      );
      if (differing.length > 0) {
        const shown = differing.slice(0, 12).map((name) =>
          `${name} is ${valueText(row[name])} in A, ${valueText(other[name])} in B`
        );
        return `Their globals differ first in turn ${row.turn}: ${shown.join("; ")}.`;
      }
      turn = row.turn;
    }
  } finally {
    await others.return?.();
  }
  return `Their globals are the same in all turns that both have recorded, up to turn ${turn}: look at agents and events.`;
}
