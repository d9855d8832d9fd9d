/** Compares two run folders by the law of sameness (`formats.md` 2.4). */

import { sha256 } from "../framework/mod.ts";

/** Where two run folders part. */
export interface Divergence {
  /** File in the run's folder. */
  readonly file: string;
  /** Line, turn or path in it. */
  readonly place: string;
  readonly recorded: string;
  readonly replayed: string;
}

const LOGS = ["events.jsonl", "global.jsonl", "agents.jsonl"] as const;
/** Members that may differ, wherever they stand in a line or document. */
const VOLATILE = new Set(["volatile", "timestamp", "event_id", "run_id", "simulation_id"]);

/**
 * The first difference between the logs, the numbered checkpoints and `files/` of two runs, or null.
 * @param lengths compares the logs up to these bytes of the recorded run only
 */
export async function firstDifference(
  recorded: string,
  replayed: string,
  lengths: { readonly [log: string]: number } | null = null,
): Promise<Divergence | null> {
  for (const log of LOGS) {
    const difference = await compareLog(recorded, replayed, log, lengths?.[log] ?? Infinity);
    if (difference) return difference;
  }
  return await compareCheckpoints(recorded, replayed) ?? await compareFiles(recorded, replayed);
}

async function compareLog(recorded: string, replayed: string, log: string, length: number): Promise<Divergence | null> {
  const [a, b] = await Promise.all([lines(`${recorded}/${log}`, length), lines(`${replayed}/${log}`, Infinity)]);
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] === b[i]) continue;
    const [left, right] = [a[i]!, b[i]!].map((line) => canonical(JSON.parse(line)));
    if (left !== right) return { file: log, place: `line ${i + 1}`, recorded: left!, replayed: right! };
  }
  if (a.length === b.length || (a.length < b.length && length !== Infinity)) return null;
  return {
    file: log,
    place: `line ${shared + 1}`,
    recorded: a[shared] ?? "(no such line)",
    replayed: b[shared] ?? "(no such line)",
  };
}

async function lines(path: string, length: number): Promise<string[]> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  // What follows the last newline was torn when the process was killed.
  return text.split("\n").slice(0, -1);
}

async function compareCheckpoints(recorded: string, replayed: string): Promise<Divergence | null> {
  const names = (folder: string) =>
    [...Deno.readDirSync(`${folder}/checkpoints`)].map((entry) => entry.name)
      .filter((name) => /^turn_\d+\.json$/.test(name))
      .sort((a, b) => Number(a.slice(5, -5)) - Number(b.slice(5, -5)));
  const [a, b] = [names(recorded), names(replayed)];
  if (a.join() !== b.join()) {
    return { file: "checkpoints", place: "names", recorded: a.join(" "), replayed: b.join(" ") };
  }
  for (const name of a) {
    const [left, right] = await Promise.all(
      [recorded, replayed].map(async (folder) =>
        canonical(JSON.parse(await Deno.readTextFile(`${folder}/checkpoints/${name}`)))
      ),
    );
    if (left !== right) return { file: `checkpoints/${name}`, ...near(left!, right!) };
  }
  return null;
}

async function compareFiles(recorded: string, replayed: string): Promise<Divergence | null> {
  const [a, b] = await Promise.all([hashes(`${recorded}/files`, ""), hashes(`${replayed}/files`, "")]);
  for (const path of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const [left, right] = [a.get(path) ?? "(missing)", b.get(path) ?? "(missing)"];
    if (left !== right) return { file: `files/${path}`, place: "content", recorded: left, replayed: right };
  }
  return null;
}

async function hashes(folder: string, below: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const entry of Deno.readDir(`${folder}/${below}`)) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory) { for (const [inner, hash] of await hashes(folder, path)) found.set(inner, hash); }
    else if (entry.isFile) found.set(path, `sha256 ${sha256(await Deno.readFile(`${folder}/${path}`))}`);
  }
  return found;
}

/** The value without what may differ. Lengths of logs follow from the lines, which have been compared. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, inner) => VOLATILE.has(key) || key === "log_lengths" ? undefined : inner);
}

/** The surroundings of the first character in which two texts differ. */
function near(a: string, b: string): Pick<Divergence, "place" | "recorded" | "replayed"> {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const around = (text: string) => text.slice(Math.max(0, i - 60), i + 60);
  return { place: `character ${i + 1}`, recorded: around(a), replayed: around(b) };
}
