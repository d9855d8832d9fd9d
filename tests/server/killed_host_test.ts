/** `deno task serve` is killed with runs in flight and started again. */

import { join } from "node:path";
import { fromFileUrl } from "../../runner/paths.ts";
import { withFolder } from "../cli/support.ts";
import { assertWholeLogs, world } from "../durability/world.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { numbersOf, type SseMessage, SseReader } from "../support/event_source.ts";
import { posted } from "../support/server.ts";
import { serve } from "./served.ts";

const TURNS = 120;
/** Milliseconds in which all of it is over, on a slow machine too. */
const PATIENCE = 90_000;

/** Reads until the connection breaks. */
async function untilBroken(reader: SseReader): Promise<SseMessage[]> {
  const messages: SseMessage[] = [];
  try {
    for (let message; (message = await reader.next()) !== null;) messages.push(message);
  } catch {
    // A killed process says nothing more.
  }
  return messages;
}

/** An event without what says when it was made. */
function untimed(line: string): Record<string, unknown> {
  return { ...JSON.parse(line), timestamp: null, event_id: null };
}

Deno.test("kill -9 of a host with runs in flight: the next one continues them, and clients come back without gaps", async () => {
  await withFolder(async (folder) => {
    const config = join(folder, "llm-sim.yaml");
    const path = fromFileUrl(new URL("../fixtures/domains/slow_writer", import.meta.url));
    await Deno.writeTextFile(config, JSON.stringify({ simulation_repos: [{ name: "slow_writer", path }] }));
    const output = join(folder, "output");
    const args = ["--config", config, "--output", output];
    const signal = AbortSignal.timeout(PATIENCE);
    const streamOf = (url: string, runId: string) => `${url}/api/simulations/${runId}/events/stream`;

    await using killed = await serve(args);
    const runs = await Promise.all([1, 2].map(async (seed) => {
      const scenario = world({ turns: TURNS, pause: 15, interval: 5, seed });
      const answer = await fetch(`${killed.url}/api/simulations`, posted({ scenario }));
      const { run_id } = await answer.json();
      const reader = await SseReader.open(streamOf(killed.url, run_id), { signal });
      return { run_id, reader, before: await reader.until(({ id }) => Number(id) > 60) };
    }));
    const breaking = runs.map(({ reader }) => untilBroken(reader));
    await killed.kill();
    const cut = await Promise.all(breaking);
    for (const messages of cut) assertTrue(messages.every(({ event }) => event !== "end" && event !== "closing"));

    await using next = await serve(args);
    for (const [i, { run_id, reader, before }] of runs.entries()) {
      const { lastEventId } = reader;
      assertTrue(Number(lastEventId) > 60, lastEventId);
      const again = await SseReader.open(streamOf(next.url, run_id), { lastEventId, signal });
      const after = await again.rest();
      const { event, data } = after.at(-1)!;
      assertEquals([event, JSON.parse(data).status], ["end", "completed"], data);
      const all = [...before, ...cut[i]!, ...after];
      const numbers = numbersOf(all);
      assertEquals(numbers.findIndex((id, at) => id !== at + 1), -1, "dense from 1");
      // What was told before the kill has happened again in the same way.
      const told = all.filter(({ event }) => event === "event").map(({ data }) => untimed(data));
      const kept = (await Deno.readTextFile(join(output, run_id, "events.jsonl"))).trimEnd().split("\n");
      assertEquals(told, kept.map(untimed));
      await assertWholeLogs(join(output, run_id), TURNS);
      const { history } = JSON.parse(await Deno.readTextFile(join(output, run_id, "manifest.json")));
      const lost = history.find(({ status }: { status: string }) => status === "interrupted");
      assertTrue(lost.turn >= 5, `it was continued, not played anew: ${JSON.stringify(history)}`);
    }
    await next.stop();
  });
});
