/**
 * Kills a run at random moments, half of them its sandbox process and half its host, resumes, and prints for each whether
 * the files equal those of an undisturbed run: `deno run -A tests/durability/kill_points.ts [kills] [seed] [world]`.
 */

import { killAtRandom, KILLED_WORLDS } from "./kills.ts";
import { removeFolder } from "../support/folders.ts";

const kills = Number(Deno.args[0] ?? 50);
const seed = Number(Deno.args[1] ?? Math.floor(Math.random() * 1e9));
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));

const folder = await Deno.makeTempDir({ prefix: "llm-sim-kills-" });
let identical = 0;
let count = 0;
try {
  say(`seed ${seed}`);
  say("   #  killed  after ms  announced turn  resumed from  result");
  const children = Math.ceil(kills / 2);
  await killAtRandom(folder, seed, { children, hosts: kills - children }, (kill) => {
    count++;
    if (kill.verdict === "identical") identical++;
    const cells = [
      String(count).padStart(4),
      kill.killed.padEnd(6),
      String(Math.round(kill.after)).padStart(8),
      String(kill.turn ?? "(ended)").padStart(14),
      String(kill.resumed ?? (kill.killed === "child" && kill.turn !== null ? "(restarted)" : "-")).padStart(12),
      kill.verdict,
    ];
    say(cells.join("  "));
  }, KILLED_WORLDS[Deno.args[2] ?? "writers"]);
  say(`${identical} of ${count} identical`);
} finally {
  await removeFolder(folder);
}
if (identical !== count) Deno.exit(1);
