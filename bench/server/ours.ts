/**
 * The server as `deno task serve` has it, without its terminal; it also tells when this host heard of the end of turns.
 * Arguments: configuration, output folder.
 */

import { manifest } from "../../routes/mod.ts";
import { openApp } from "../../runner/mod.ts";
import { listen } from "../../server/mod.ts";
import { mcp } from "../../server/mcp/mod.ts";

const [config, output] = Deno.args as [string, string];
const app = await openApp({ config, output });
/** By run, turn by turn, ms since 1970. */
const ended = new Map<string, number[]>();
app.subscribe((notice) => {
  if (notice.kind !== "progress") return;
  const turns = ended.get(notice.run_id) ?? [];
  turns[notice.turn - 1] ??= performance.timeOrigin + performance.now();
  ended.set(notice.run_id, turns);
});
const times = (hono: Parameters<typeof mcp>[0]) =>
  void hono.get("/ended/:id", (c) => c.json(ended.get(c.req.param("id")) ?? []));
const { url } = listen(app, { routes: manifest, mounts: [mcp, times], output, port: 0 });
// deno-lint-ignore no-console -- the parent reads it
console.log(new URL(url).port);
