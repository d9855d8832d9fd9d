/** Killed at any moment, a resumed run leaves the files of an undisturbed one. `LLM_SIM_KILLS` says how many kills. */

import { killAtRandom, KILLED_WORLDS, type KillReport } from "./kills.ts";
import { assertEquals } from "../support/assert.ts";
import { removeFolder } from "../support/folders.ts";

const kills = Number(Deno.env.get("LLM_SIM_KILLS") ?? 12);

for (const [name, world] of Object.entries(KILLED_WORLDS)) {
  Deno.test(`${name}: a run whose process or host was killed at a random moment ends with the files of an undisturbed run`, async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-test-" }));
    const seed = Math.floor(Math.random() * 1e9);
    const reports: KillReport[] = [];
    try {
      const children = Math.ceil(kills / 2);
      await killAtRandom(folder, seed, { children, hosts: kills - children }, (report) => reports.push(report), world);
      const different = reports.filter((report) => report.verdict !== "identical");
      assertEquals(different, [], `seed ${seed}: deno run -A tests/durability/kill_points.ts ${kills} ${seed} ${name}`);
      assertEquals(reports.length, kills);
    } finally {
      await removeFolder(folder);
    }
  });
}
