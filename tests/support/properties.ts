/**
 * fast-check with a fixed seed, so that a change is judged by the same examples every time. `deno task fuzz` runs the
 * same properties with a new seed each time, `PROPERTY_SEED=N deno task test` with that one.
 */

import fc from "fast-check";

const seed = Number(Deno.env.get("PROPERTY_SEED") ?? 20_261_126);
const numRuns = Number(Deno.env.get("PROPERTY_RUNS") ?? 200);
fc.configureGlobal({ seed, numRuns });

export default fc;
