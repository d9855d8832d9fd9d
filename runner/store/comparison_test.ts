import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { sha256 } from "../../framework/mod.ts";
import { firstDifference, resultDifference } from "./comparison.ts";

const EVENT = {
  id: 1,
  event_id: "A",
  timestamp: "t",
  turn_number: 0,
  event_type: "SYSTEM",
  simulation_id: "a",
  details: { x: 1 },
};
const ROW = { turn: 0, timestamp: 5, run_id: 7 };
const CHECKPOINT = {
  metadata: { run_id: "a", timestamp: "t", turn: 0, log_lengths: { "events.jsonl": 1 } },
  state: { global_state: { timestamp: 5 } },
};

/** Columns of the population in a checkpoint. */
function crowd(wealth: readonly number[]) {
  const bytes = new Uint8Array(Float64Array.from(wealth).buffer);
  const file = `${sha256(bytes)}.bin`;
  const columns = [{ name: "wealth", type: "float" }];
  return { bytes, file, header: { rows: wealth.length, next_id: wealth.length, columns, file } };
}

interface Folder {
  readonly wealth?: readonly number[];
  /** Without the file that holds the columns. */
  readonly gone?: boolean;
  readonly events?: unknown[];
  readonly rows?: unknown[];
  readonly checkpoint?: unknown;
  readonly files?: Record<string, string>;
}

function make(
  path: string,
  { events = [EVENT], rows = [ROW], checkpoint = CHECKPOINT, files = { "a.txt": "1" }, wealth = [], gone }: Folder,
): string {
  const { bytes, file, header } = crowd(wealth);
  Deno.mkdirSync(`${path}/checkpoints`, { recursive: true });
  Deno.mkdirSync(`${path}/files`);
  const lines = (list: unknown[]) => list.map((each) => JSON.stringify(each) + "\n").join("");
  Deno.writeTextFileSync(`${path}/events.jsonl`, lines(events));
  Deno.writeTextFileSync(`${path}/global.jsonl`, lines(rows));
  Deno.writeTextFileSync(`${path}/agents.jsonl`, "");
  const populations = wealth.length === 0 ? {} : { populations: { crowd: header } };
  Deno.writeTextFileSync(
    `${path}/checkpoints/turn_0.json`,
    JSON.stringify({ ...checkpoint as object, ...populations }),
  );
  if (!gone) Deno.writeFileSync(`${path}/checkpoints/${file}`, bytes);
  for (const [name, text] of Object.entries(files)) {
    if (name.endsWith("/")) Deno.mkdirSync(`${path}/files/${name}`);
    else Deno.writeTextFileSync(`${path}/files/${name}`, text);
  }
  return path;
}

async function compared(other: Folder, first: Folder = {}): Promise<string | null> {
  const root = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  try {
    const found = await firstDifference(make(`${root}/a`, first), make(`${root}/b`, other));
    return found && `${found.file} ${found.place}`;
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("firstDifference: skips exactly what may differ", async () => {
  const volatile = { event_id: "B", timestamp: "u", simulation_id: "b", volatile: { latency: 3 } };
  assertEquals(await compared({ events: [{ ...EVENT, ...volatile }] }), null);
  const metadata = { ...CHECKPOINT.metadata, run_id: "b", timestamp: "u", log_lengths: { "events.jsonl": 9 } };
  assertEquals(await compared({ checkpoint: { ...CHECKPOINT, metadata } }), null);
});

Deno.test("firstDifference: a variable that is called like what may differ is compared", async () => {
  assertEquals(await compared({ rows: [{ ...ROW, timestamp: 6 }] }), "global.jsonl line 1");
  assertEquals(await compared({ rows: [{ ...ROW, run_id: 8 }] }), "global.jsonl line 1");
  assertEquals(await compared({ events: [{ ...EVENT, details: { x: 1, timestamp: 1 } }] }), "events.jsonl line 1");
  const found = await compared({ checkpoint: { ...CHECKPOINT, state: { global_state: { timestamp: 6 } } } });
  assertTrue(found?.startsWith("checkpoints/turn_0.json character "), found ?? "");
});

Deno.test("firstDifference: more or fewer lines, files and folders are differences", async () => {
  assertEquals(await compared({ events: [EVENT, EVENT] }), "events.jsonl line 2");
  assertEquals(await compared({ rows: [] }), "global.jsonl line 1");
  assertEquals(await compared({ files: { "a.txt": "1", "empty/": "" } }), "files/empty/ content");
  assertEquals(await compared({ files: {} }), "files/a.txt content");
  assertEquals(await compared({ files: { "a.txt": "2" } }), "files/a.txt content");
});

Deno.test("firstDifference: of populations the first member and variable that differ are named", async () => {
  const file = "checkpoints/turn_0.json";
  const first = { wealth: [1, 2, 3] };
  assertEquals(await compared(first, first), null);
  assertEquals(await compared({ wealth: [1, 5, 6] }, first), `${file} population 'crowd', member 1, wealth`);
  assertEquals(await compared({ ...first, gone: true }, first), `${file} columns of population 'crowd'`);
  for (const other of [{ wealth: [1, 2] }, {}]) {
    assertTrue((await compared(other, first))?.startsWith(`${file} character `), JSON.stringify(other));
  }
});

Deno.test("resultDifference: only the times and the id of the run may differ", () => {
  const result = {
    run_metadata: { run_id: "a", start_time: "1", end_time: "2", num_agents: 2 },
    metrics: { start_time: 1 },
  };
  const text = (value: unknown) => JSON.stringify(value, null, 2);
  const meta = (more: Record<string, unknown>) => ({ ...result, run_metadata: { ...result.run_metadata, ...more } });
  assertEquals(resultDifference(text(meta({ run_id: "b", start_time: "8", end_time: "9" })), result), null);
  assertEquals(resultDifference(text(meta({ num_agents: 3 })), result)?.place, "line 6");
  assertEquals(resultDifference(text({ ...result, metrics: { start_time: 2 } }), result)?.place, "line 9");
  assertEquals(resultDifference(null, result)?.place, "(missing)");
  assertEquals(resultDifference("{", result)?.place, "line 1");
});
