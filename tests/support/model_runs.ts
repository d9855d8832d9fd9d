/** Runs of scenario files whose models are a server of the test's own, through the app and the sandbox. */

import type { Json } from "../../framework/mod.ts";
import { fromFileUrl } from "../../runner/paths.ts";
import type { Manifest, TapeEntry } from "../../runner/store/mod.ts";
import { runToEnd, withApp } from "./app.ts";
import { LLMServer, type LLMServerOptions } from "./llm_server.ts";

/** A row of `agents.jsonl`. */
export interface AgentRow {
  readonly turn: number;
  readonly agent: string;
  readonly [variable: string]: Json;
}

/** What a run left behind. */
export interface ModelRun {
  readonly manifest: Manifest;
  /** Calls of models, in the order in which they were settled. */
  readonly tape: readonly ModelEntry[];
  /** The agents' variables of every turn from 0 on. */
  readonly rows: readonly AgentRow[];
  /** The world's variables of every turn from 0 on. */
  readonly worlds: readonly { readonly [variable: string]: Json }[];
}

/** A call of a model on a tape. */
export type ModelEntry = Extract<TapeEntry, { readonly kind: "llm" }>;

/**
 * Plays a scenario of the repository while `answer` says what its models say; what it leaves open fits the schema.
 *
 * @param file below `scenarios/`, without `.yaml`
 * @param answer what models say, or all that the server is to do
 * @param set scenario paths and the values that they are to have
 */
export async function playedWithModels(
  file: string,
  answer: NonNullable<LLMServerOptions["answer"]> | LLMServerOptions,
  set: { readonly [path: string]: Json } = {},
): Promise<ModelRun> {
  await using server = await LLMServer.start(typeof answer === "function" ? { answer } : answer);
  const config = { providers: { default: { base_url: server.url, model: "test-model", max_concurrency: 10 } } };
  return await withApp({ config }, async (app) => {
    const manifest = await runToEnd(app, {
      file: fromFileUrl(new URL(`../../scenarios/${file}.yaml`, import.meta.url)),
      set: Object.entries(set).map(([path, value]) => ({ path, value, from: "the test" })),
    });
    const lines = <T>(name: string) =>
      Deno.readTextFileSync(`${app.folder(manifest.run_id)}/${name}`).trimEnd().split("\n").map((line): T =>
        JSON.parse(line)
      );
    return {
      manifest,
      tape: lines<TapeEntry>("llm.jsonl").filter((entry) => entry.kind === "llm"),
      rows: lines("agents.jsonl"),
      worlds: lines("global.jsonl"),
    };
  });
}
