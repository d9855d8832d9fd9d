/** Starts the process of one query, with the rights it needs, and waits for what it says. */

import { SimError } from "../../framework/mod.ts";
import { denoDir, fromFileUrl, ROOT } from "../paths.ts";
import { spawnDeno } from "../sandbox/mod.ts";
import type { SqlReply, SqlRequest } from "./protocol.ts";

/** What stops a query before it is answered. */
export interface QueryBounds {
  readonly timeout_seconds: number;
  readonly signal?: AbortSignal | undefined;
}

const WORKER = new URL("./worker.ts", import.meta.url);

/** What Deno says of a package that has not been downloaded. */
const NOT_CACHED = /not found in cache|--cached-only/;

/** How a process has ended. */
interface Ended {
  readonly reply: SqlReply | null;
  readonly said: string;
}

/**
 * Asks a process of its own.
 * @param root the output folder
 * @throws {SimError} `sql_timeout`, `sql_failed`, `no_sql_engine`, `sql_not_compiled`; the signal's reason
 */
export async function ask(root: string, request: SqlRequest, bounds: QueryBounds): Promise<SqlReply> {
  if (Deno.build.standalone) {
    throw new SimError("sql_not_compiled", "a compiled executable has no SQL: DuckDB's library cannot be embedded", {
      hint: 'in the sources: deno task sql --output FOLDER "select …"',
    });
  }
  const { reply, said } = await askOnce(root, request, bounds);
  if (reply !== null) return reply;
  if (NOT_CACHED.test(said)) {
    throw new SimError("no_sql_engine", "DuckDB has not been downloaded", {
      hint: `in ${ROOT}, with a way to the registry: deno install`,
    });
  }
  throw new SimError("sql_failed", `the query's process broke: ${said.trim().slice(-500) || "it said nothing"}`, {
    hint: "ask for less at once",
  });
}

async function askOnce(root: string, request: SqlRequest, { timeout_seconds, signal }: QueryBounds): Promise<Ended> {
  signal?.throwIfAborted();
  const child = spawnDeno(command(root));
  let late = false;
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, timeout_seconds * 1000);
  signal?.addEventListener("abort", kill);
  const writer = child.stdin.getWriter();
  try {
    // A process that ends at once takes nothing; why it did is on its stderr.
    await writer.write(new TextEncoder().encode(JSON.stringify(request) + "\n")).catch(() => {});
    const [stdout, stderr, { success }] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.status,
    ]);
    if (success) return { reply: JSON.parse(stdout) as SqlReply, said: "" };
    signal?.throwIfAborted();
    if (late) {
      throw new SimError("sql_timeout", `the query was stopped after ${timeout_seconds} s`, {
        hint: "ask of fewer runs (where run_id = …, a batch's table), or give it more time",
      });
    }
    return { reply: null, said: stderr };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", kill);
    await writer.close().catch(() => {});
  }
}

function command(root: string): Deno.CommandOptions {
  const packages = `${denoDir()}/npm`;
  return {
    args: [
      ...["run", "--quiet", "--no-prompt", "--cached-only", "--frozen", "--no-check", "--ignore-env"],
      ...[`--config=${ROOT}/deno.json`, `--lock=${ROOT}/deno.lock`],
      // The working folder: its own name may hold a comma, which would part it in two here.
      "--allow-read=.",
      // The one library that it loads is below the folder of packages, whose layout is the registry's.
      packages.includes(",") ? "--allow-ffi" : `--allow-ffi=${packages}`,
      fromFileUrl(WORKER),
    ],
    cwd: root,
    clearEnv: true,
    env: {
      DENO_DIR: denoDir(),
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      TZ: "UTC",
      ...(Deno.build.os === "windows" ? { SystemRoot: Deno.env.get("SystemRoot") ?? "" } : {}),
    },
    // Ctrl-C goes to the host alone, which then closes stdin.
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  };
}
