/** What a server does by itself after it has started. */

import { openApp } from "../../runner/app.ts";
import { keepHouse, Log } from "../../server/mod.ts";
import { noticed, reached, world } from "../durability/world.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";

Deno.test("a server goes on with what the last one left, names broken domains, and removes old runs", async () => {
  await withApp({ fixtures: ["slow_writer"] }, async (first, folder) => {
    const ended = await first.start({ text: world({ name: "old", turns: 2, pause: 0 }) });
    await first.wait(ended.run_id);
    const left = await first.start({ text: world({ name: "left", turns: 100_000, pause: 2 }) });
    await reached(first, left.run_id, 3);
    await first.close();

    const config = JSON.parse(await Deno.readTextFile(`${folder}/llm-sim.yaml`));
    config.simulation_repos.push({ name: "gone", path: `${folder}/nowhere` });
    await Deno.writeTextFile(`${folder}/llm-sim.yaml`, JSON.stringify({ ...config, retention: { keep_last: 0 } }));
    const lines: { readonly message: string; readonly run_id?: string; readonly repo?: string }[] = [];
    const { promise: looked, resolve } = Promise.withResolvers<void>();
    const write = (line: string) => {
      lines.push(JSON.parse(line));
      if (lines.at(-1)!.message === "broken repo") resolve();
    };
    const second = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
    try {
      const running = noticed(second, left.run_id, ({ kind }) => kind === "progress");
      keepHouse(second, new Log({ write, flush: () => Promise.resolve() }, "info"));
      await running;
      await looked;
      assertEquals(lines.filter(({ message }) => message === "resumed").map(({ run_id }) => run_id), [left.run_id]);
      assertEquals(lines.filter(({ message }) => message === "pruned").map(({ run_id }) => run_id), [ended.run_id]);
      assertEquals(lines.filter(({ message }) => message === "broken repo").map(({ repo }) => repo), ["gone"]);
      assertTrue(!lines.some(({ message }) => /could not/.test(message)), JSON.stringify(lines));
    } finally {
      await second.close();
    }
  });
});
