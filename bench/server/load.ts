/**
 * Asks at a given rate until stdin ends, then tells as JSON how many answers came and how long they took. Arguments: port,
 * requests per second, paths.
 */

import { Connection } from "./raw.ts";

const [port, rate, ...paths] = Deno.args as [string, string, ...string[]];
const connections = await Promise.all(Array.from({ length: 16 }, () => Connection.open(Number(port))));
const idle = [...connections];
const took: number[] = [];
const began = performance.now();
let asked = 0;
let over = false;

/** What is late is asked as soon as a connection is free: the rate is kept as long as the server can. */
function ask(): void {
  const due = (performance.now() - began) / 1000 * Number(rate);
  while (asked < due && idle.length > 0 && !over) {
    const connection = idle.pop()!;
    const sent = performance.now();
    connection.get(paths[asked++ % paths.length]!).then(() => {
      took.push(performance.now() - sent);
      idle.push(connection);
    });
  }
}
const timer = setInterval(ask, 2);
for await (const _ of Deno.stdin.readable);
over = true;
clearInterval(timer);
const seconds = (performance.now() - began) / 1000;
took.sort((a, b) => a - b);
// deno-lint-ignore no-console -- the parent reads it
console.log(
  JSON.stringify({
    rate: took.length / seconds,
    p50: took[took.length >> 1],
    p95: took[Math.floor(took.length * 0.95)],
  }),
);
Deno.exit();
