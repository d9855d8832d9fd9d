/** Run trees as they lie on disk, written by the test, and queries over them. */

import type { Json } from "../../framework/mod.ts";
import { type QueryOptions, type QueryResult, runQuery } from "../../runner/sql/mod.ts";

/** Rows of a log; a text is a line as it is, without a newline. */
type Lines = readonly (Json | string)[];

/** What a run has besides its id. */
export interface RunFiles {
  readonly manifest?: { readonly [name: string]: Json };
  readonly global?: Lines;
  readonly agents?: Lines;
  readonly events?: Lines;
  readonly llm?: Lines;
}

/** An output folder. */
export class World {
  constructor(readonly root: string) {}

  /** Writes a run. */
  run(run_id: string, { manifest = {}, ...logs }: RunFiles = {}): void {
    Deno.mkdirSync(`${this.root}/${run_id}/files`, { recursive: true });
    this.write(`${run_id}/manifest.json`, JSON.stringify({ ...standard(run_id), ...manifest }, null, 2));
    for (const [log, lines] of Object.entries(logs)) {
      this.write(
        `${run_id}/${log}.jsonl`,
        (lines as Lines).map((line) => typeof line === "string" ? line : `${JSON.stringify(line)}\n`).join(""),
      );
    }
  }

  /** Writes a file below the output folder. */
  write(path: string, text: string): void {
    Deno.mkdirSync(`${this.root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${this.root}/${path}`, text);
  }

  /** Answers a query. */
  ask(sql: string, options?: QueryOptions): Promise<QueryResult> {
    return runQuery(this, sql, options);
  }

  /** The rows of a query. */
  async rows(sql: string, options?: QueryOptions): Promise<readonly (readonly Json[])[]> {
    return (await this.ask(sql, options)).rows;
  }
}

/** Hands `body` an empty output folder, whose name has letters that mean something to SQL and to patterns of paths. */
export async function withWorld(body: (world: World, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-sql-" }));
  const root = `${folder}/out'put [a]*, ü`;
  try {
    Deno.mkdirSync(root);
    await body(new World(root), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function standard(run_id: string): { readonly [name: string]: Json } {
  return {
    format: 1,
    run_id,
    repo: "economic",
    content_key: "0".repeat(64),
    engine_version: "0.1.0",
    status: "completed",
    history: [],
    created_at: "2026-11-26T12:00:00.123Z",
    turn: 2,
    max_turns: 2,
    seed: 1,
    sample: 0,
    labels: {},
    validity: { state: "valid", reasons: [] },
    cost: { usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, reused_calls: 0 },
    models: [],
  };
}
