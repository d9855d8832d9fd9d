/** What the server takes for a page, and how soon one that starts shows the first. */

import { ROOT } from "../../runner/paths.ts";
import { runProcess } from "../startup.ts";
import { spread } from "../harness.ts";
import { type Row, row } from "../report.ts";
import type { Site } from "./site.ts";

/** Milliseconds of the server for a page, as `fetch` waits for it, and its size. */
export async function pageRows(
  site: Site,
  pages: readonly (readonly [path: string, features: string])[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [path, features] of pages) {
    const times: number[] = [];
    let bytes = 0;
    for (let i = 0; i < 30; i++) {
      const began = performance.now();
      bytes = (await (await fetch(site.url + path)).bytes()).length;
      if (i >= 5) times.push(performance.now() - began);
    }
    const kilobytes = `${features}, ${Math.round(bytes / 1000)} kB`;
    rows.push(row({
      ...{ name: "page, from the server", features: kilobytes, n: null, unit: "ms", value: spread(times) },
      ...{ ratio: null, ratio_to: null },
    }));
  }
  return rows;
}

/** From `deno task serve` on the command line to the last byte of its first page, beside a Deno that does nothing. */
export async function firstPageRows(folder: string, rounds: number): Promise<Row[]> {
  const paths = [["/", "/"], ["/notebooks/twenty.md", "a notebook"]] as const;
  const [empty, ...times]: number[][] = [[], [], []];
  for (let round = -1; round < rounds; round++) {
    const began = performance.now();
    await runProcess(Deno.execPath(), ["eval", ""]);
    const nothing = performance.now() - began;
    const firsts = [];
    for (const [path] of paths) firsts.push(await firstPage(folder, path));
    if (round < 0) continue;
    empty!.push(nothing);
    firsts.forEach((ms, i) => times[i]!.push(ms));
  }
  const base = { n: null, unit: "ms" };
  return [
    row({ ...base, name: "empty", features: "deno eval", value: spread(empty!), ratio: null, ratio_to: null }),
    ...paths.map(([, features], i) =>
      row({
        ...base,
        ...{ name: "deno task serve, first page", features, value: spread(times[i]!) },
        ratio: spread(times[i]!.map((ms, round) => ms / empty![round]!)),
        ratio_to: "empty",
        ...(i === 0 && { budget: { of: "value", at: "most", limit: 300 } }),
      })
    ),
  ];
}

async function firstPage(folder: string, path: string): Promise<number> {
  const began = performance.now();
  const args = ["task", "--quiet", "serve", "--port", "0", "--config", `${folder}/llm-sim.yaml`];
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args, "--output", `${folder}/first`],
    ...{ cwd: ROOT, stdout: "piped", stderr: "null" },
  }).spawn();
  try {
    const url = await addressOf(process.stdout);
    const answer = await fetch(url + path);
    await answer.bytes();
    const took = performance.now() - began;
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return took;
  } finally {
    process.kill("SIGTERM");
    await process.status;
  }
}

async function addressOf(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let told = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string>)) {
    told += chunk;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(told)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`a server did not start: ${told}`);
}
