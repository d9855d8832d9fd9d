/**
 * A host of its own process, to be killed: opens an app, does what it is told, and tells on stdout what happens, one JSON
 * object a line. `{"output", "config", "start"?: [scenario text], "resume"?: [run id], "cancel"?: [run id]}`; it ends when
 * its stdin is closed.
 */

import { openApp } from "../../runner/app.ts";

interface Task {
  readonly output: string;
  readonly config: string;
  readonly start?: readonly string[];
  readonly resume?: readonly string[];
  readonly cancel?: readonly string[];
}

const task = JSON.parse(Deno.args[0]!) as Task;
const say = (line: unknown) => Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(line) + "\n"));

const app = await openApp({ output: task.output, config: task.config });
app.subscribe((notice) => {
  if (notice.kind === "progress") say({ progress: notice.run_id, turn: notice.turn });
  if (notice.kind === "status") say({ status: notice.manifest.status, run_id: notice.run_id });
});
say({ open: Deno.pid });
const started: string[] = [];
const attempt = async (verb: string, body: () => Promise<{ run_id: string }>) => {
  try {
    const { run_id } = await body();
    started.push(run_id);
    say({ done: verb, run_id });
  } catch (error) {
    const { code, message, hint } = error as { code?: string; message: string; hint?: string };
    say({ refused: verb, code, message, hint });
  }
};
await Promise.all((task.start ?? []).map((text) => attempt("start", () => app.start({ text }))));
for (const id of task.resume ?? []) await attempt("resume", () => app.resume(id));
for (const id of task.cancel ?? []) await attempt("cancel", () => app.cancel(id));
const dismissed = Deno.stdin.readable.pipeTo(new WritableStream());
await Promise.race([dismissed, Promise.all(started.map((id) => app.wait(id))).then(() => say({ idle: true }))]);
await dismissed;
await app.close();
