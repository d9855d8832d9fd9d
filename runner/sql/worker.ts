/**
 * The process of one query. It may read the output folder and load DuckDB; it has no network, no environment, no other
 * program, and writes nothing. DuckDB, being native code, is not held by that: the gate and its configuration are.
 * It ends with its host, whose end closes stdin.
 */

import { answer } from "./engine.ts";
import type { SqlReply, SqlRequest } from "./protocol.ts";

/** Bytes that the process takes beside DuckDB's own: V8, the library, buffers of rows. */
const BESIDE = 512 * 1024 * 1024;

/** Milliseconds between two looks at the memory. */
const LOOK = 50;

function reply(said: SqlReply): never {
  const bytes = new TextEncoder().encode(JSON.stringify(said));
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
  Deno.exit(0);
}

/** The first line of stdin; ends the process when stdin ends, then or later. */
async function request(): Promise<SqlRequest> {
  const reader = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) Deno.exit(1);
    said += value;
  }
  const watch = async () => {
    while (!(await reader.read()).done);
    Deno.exit(1);
  };
  void watch();
  return JSON.parse(said);
}

const asked = await request();
const most = asked.memory_mb * 1024 * 1024 + BESIDE;
// DuckDB counts what its operators hold, but not every text that a function makes.
setInterval(() => {
  if (Deno.memoryUsage().rss > most) {
    reply({ problem: { kind: "sql_memory", message: "the query holds too much at once" } });
  }
}, LOOK);
reply(await answer(asked));
