/** Compares two run folders by the law of sameness (`formats.md` 2.4). */

import { entryAtByte, type JsonObject, type PopulationHeader, sha256 } from "../../framework/mod.ts";

/** Where two run folders part. */
export interface Divergence {
  /** File in the run's folder. */
  readonly file: string;
  /** Line or character in it. */
  readonly place: string;
  readonly recorded: string;
  readonly replayed: string;
}

/** How far a run that did not come to its own end is part of its last checkpoint. */
export interface Extent {
  /** Bytes of each log. */
  readonly log_lengths: { readonly [log: string]: number };
  /** Contents of `files/`. */
  readonly files: { readonly [path: string]: { readonly sha256: string } };
}

const LOGS = ["events.jsonl", "global.jsonl", "agents.jsonl"] as const;
/** Members of an event that may differ. */
const VOLATILE_IN_EVENTS = ["volatile", "timestamp", "event_id", "simulation_id"];
/** Members of a checkpoint's metadata that may differ. Lengths of logs follow from their lines, which are compared. */
const VOLATILE_IN_CHECKPOINTS = ["run_id", "timestamp", "log_lengths"];
/** Members of a result's metadata that may differ. */
const VOLATILE_IN_RESULTS = ["run_id", "start_time", "end_time"];

/**
 * The first difference between the logs, the numbered checkpoints and `files/` of two runs, or null.
 * @param extent compares with this part of the recorded run only
 */
export async function firstDifference(
  recorded: string,
  replayed: string,
  extent: Extent | null = null,
): Promise<Divergence | null> {
  for (const log of LOGS) {
    const difference = await compareLog(recorded, replayed, log, extent?.log_lengths[log]);
    if (difference) return difference;
  }
  return await compareCheckpoints(recorded, replayed) ?? await compareFiles(recorded, replayed, extent);
}

/**
 * The first line in which two results, as `result.json` shows them, differ in more than times; or null.
 * @param recorded text of `result.json`, or null when there is none
 */
export function resultDifference(recorded: string | null, replayed: JsonObject): Divergence | null {
  const file = "result.json";
  if (recorded === null) return { file, place: "(missing)", recorded: "(missing)", replayed: "(written)" };
  const found = parsed(recorded);
  if (found === undefined) {
    return { file, place: "line 1", recorded: `(not JSON) ${recorded.slice(0, 80)}`, replayed: "{" };
  }
  const shown = (result: unknown) =>
    JSON.stringify(within(result, "run_metadata", VOLATILE_IN_RESULTS), null, 2).split("\n");
  const [a, b] = [shown(found), shown(replayed)];
  const at = a.findIndex((line, i) => line !== b[i]);
  if (at < 0 && a.length === b.length) return null;
  const line = at < 0 ? a.length : at;
  return { file, place: `line ${line + 1}`, recorded: (a[line] ?? "").trim(), replayed: (b[line] ?? "").trim() };
}

async function compareLog(
  recorded: string,
  replayed: string,
  log: string,
  length: number | undefined,
): Promise<Divergence | null> {
  const [a, b] = await Promise.all([lines(`${recorded}/${log}`, length), lines(`${replayed}/${log}`)]);
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] === b[i]) continue;
    const [left, right] = [a[i]!, b[i]!].map((line) => log === "events.jsonl" ? comparableEvent(line) : line);
    if (left !== right) return { file: log, place: `line ${i + 1}`, recorded: left!, replayed: right! };
  }
  // Beyond its last checkpoint a run may have been cut off anywhere.
  if (a.length === b.length || (a.length < b.length && length !== undefined)) return null;
  return {
    file: log,
    place: `line ${shared + 1}`,
    recorded: a[shared] ?? "(no such line)",
    replayed: b[shared] ?? "(no such line)",
  };
}

/** Lines of the first `length` bytes; what follows the last newline counts as one, too. */
async function lines(path: string, length?: number): Promise<string[]> {
  const bytes = await ifThere(() => Deno.readFile(path));
  if (bytes === null) return [];
  const found = new TextDecoder().decode(bytes.subarray(0, length)).split("\n");
  if (found.at(-1) === "") found.pop();
  return found;
}

function comparableEvent(line: string): string {
  const event = parsed(line);
  return event === undefined ? line : JSON.stringify(without(event, VOLATILE_IN_EVENTS));
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
      [recorded, replayed].map((folder) => Deno.readTextFile(`${folder}/checkpoints/${name}`)),
    );
    const columns = await comparePopulations(recorded, replayed, name, populationsIn(left!), populationsIn(right!));
    if (columns) return columns;
    const [leftText, rightText] = [comparableCheckpoint(left!), comparableCheckpoint(right!)];
    if (leftText !== rightText) return { file: `checkpoints/${name}`, ...near(leftText, rightText) };
  }
  return null;
}

type Populations = { readonly [name: string]: PopulationHeader & { readonly file: string } };

function populationsIn(text: string): Populations {
  const checkpoint = parsed(text);
  if (typeof checkpoint !== "object" || checkpoint === null) return {};
  return (checkpoint as { readonly populations?: Populations }).populations ?? {};
}

/** The first member in which populations of the same shape differ; what else differs, the checkpoints' texts show. */
async function comparePopulations(
  recorded: string,
  replayed: string,
  checkpoint: string,
  a: Populations,
  b: Populations,
): Promise<Divergence | null> {
  for (const [name, left] of Object.entries(a)) {
    const right = Object.hasOwn(b, name) ? b[name] : undefined;
    if (right === undefined) continue;
    const [own, other] = await Promise.all([columnsOf(recorded, left.file), columnsOf(replayed, right.file)]);
    if (own === null || other === null) {
      const shown = (file: string, bytes: unknown) => bytes === null ? "(missing or damaged)" : file;
      const sides = { recorded: shown(left.file, own), replayed: shown(right.file, other) };
      return { file: `checkpoints/${checkpoint}`, place: `columns of population '${name}'`, ...sides };
    }
    if (left.file === right.file || !haveOneShape(left, right)) continue;
    const at = own.findIndex((byte, i) => byte !== other[i]);
    const [entry, there] = [entryAtByte(left, own, at), entryAtByte(right, other, at)];
    return {
      file: `checkpoints/${checkpoint}`,
      place: `population '${name}', member ${entry.id}, ${entry.column}`,
      recorded: String(entry.value),
      replayed: String(there.value),
    };
  }
  return null;
}

function haveOneShape(a: PopulationHeader, b: PopulationHeader): boolean {
  const shape = ({ rows, next_id, columns }: PopulationHeader) => JSON.stringify([rows, next_id, columns]);
  return shape(a) === shape(b);
}

/** The content of a file of columns; null when it is missing or not what its name says. */
async function columnsOf(folder: string, file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = await ifThere(() => Deno.readFile(`${folder}/checkpoints/${file}`));
  return bytes !== null && `${sha256(bytes)}.bin` === file ? bytes : null;
}

function comparableCheckpoint(text: string): string {
  const checkpoint = parsed(text);
  return checkpoint === undefined ? text : JSON.stringify(within(checkpoint, "metadata", VOLATILE_IN_CHECKPOINTS));
}

async function compareFiles(recorded: string, replayed: string, extent: Extent | null): Promise<Divergence | null> {
  const [a, b] = await Promise.all([
    extent
      ? new Map(Object.entries(extent.files).map(([path, file]) => [path, shownHash(file.sha256)]))
      : contents(`${recorded}/files`, ""),
    contents(`${replayed}/files`, ""),
  ]);
  for (const path of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const [left, right] = [a.get(path) ?? "(missing)", b.get(path) ?? "(missing)"];
    if (left !== right) return { file: `files/${path}`, place: "content", recorded: left, replayed: right };
  }
  return null;
}

/** Path → content; a folder's path ends with `/`. */
async function contents(folder: string, below: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const entry of Deno.readDir(`${folder}/${below}`)) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory) {
      found.set(`${path}/`, shownHash(""));
      for (const [inner, hash] of await contents(folder, path)) found.set(inner, hash);
    } else if (entry.isFile) found.set(path, shownHash(sha256(await Deno.readFile(`${folder}/${path}`))));
  }
  return found;
}

function shownHash(hash: string): string {
  return hash === "" ? "(folder)" : `sha256 ${hash}`;
}

/** The value of a JSON text, or undefined when it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function without(value: unknown, members: readonly string[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !members.includes(key)));
}

/** `value`, its member `inner` with what may differ blanked. */
function within(value: unknown, inner: string, members: readonly string[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const part: unknown = (value as Record<string, unknown>)[inner];
  if (typeof part !== "object" || part === null) return value;
  const blanked = Object.entries(part).map(([key, each]) => [key, members.includes(key) ? null : each]);
  return { ...value, [inner]: Object.fromEntries(blanked) };
}

/** The surroundings of the first character in which two texts differ. */
function near(a: string, b: string): Pick<Divergence, "place" | "recorded" | "replayed"> {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const around = (text: string) => text.slice(Math.max(0, i - 60), i + 60);
  return { place: `character ${i + 1}`, recorded: around(a), replayed: around(b) };
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
