import { withApp } from "../tests/support/app.ts";
import { assertEquals, assertTrue } from "../tests/support/assert.ts";
import { GROWING } from "../tests/notebook/world.ts";
import { Experiences, priceOf } from "./prices.ts";

const UNKNOWN = { seconds: null, usd: null };

Deno.test("priceOf: what is to be played, how long, for how much", () => {
  const text = (...args: Parameters<typeof priceOf>) => priceOf(...args).text;
  const paid = { seconds: 10, usd: 0.005 };
  assertEquals(text({ runs: 1, of: 1, free: true }, UNKNOWN), "1 run, free");
  assertEquals(text({ runs: 1, of: 1, free: false }, UNKNOWN), "1 run, cost unknown");
  assertEquals(text({ runs: 24, of: 96, free: false, parallel: 4 }, paid), "24 of 96 runs, about 60 s, $0.12");
  assertEquals(text({ runs: 1, of: 1, free: false }, paid), "1 run, about 10 s, less than $0.01");
  assertEquals(
    text({ runs: 3, of: 3, free: false, parallel: 8 }, { seconds: 0.2, usd: 0 }),
    "3 of 3 runs, about 1 s, $0",
  );
  assertEquals(text({ runs: 0, of: 8, free: false }, UNKNOWN), "0 of 8 runs, $0");
  assertEquals(text({ runs: 60, of: 60, free: true }, { seconds: 10, usd: 1 }), "60 of 60 runs, about 10 min, free");
  assertEquals(
    text({ runs: 900, of: 900, free: true }, { seconds: 10, usd: null }),
    "900 of 900 runs, about 2.5 h, free",
  );
});

Deno.test("priceOf: what costs nothing is 0, and what nobody knows is null", () => {
  assertEquals(priceOf({ runs: 5, of: 5, free: true }, { seconds: 2, usd: 3 }).usd, 0);
  const { seconds, usd } = priceOf({ runs: 5, of: 5, free: false }, UNKNOWN);
  assertEquals([seconds, usd], [null, null]);
  const none = priceOf({ runs: 0, of: 5, free: false }, UNKNOWN);
  assertEquals([none.seconds, none.usd], [0, 0]);
});

Deno.test("Experiences: what completed runs of the same name took; before the first nobody knows", () =>
  withApp({}, async (app) => {
    const experiences = new Experiences(app);
    assertEquals(await experiences.of("economic", "growing"), UNKNOWN);
    const { run_id } = await app.start({ text: GROWING });
    const manifest = await app.wait(run_id);
    const known = await experiences.of("economic", "growing");
    assertTrue(known.seconds !== null && known.seconds > 0);
    assertEquals(known.usd, 0);
    assertEquals(await experiences.of("economic", "grow"), UNKNOWN, "a name that only begins alike is another");
    assertEquals(await experiences.of("economic", "other", manifest), known, "its own last run counts for any name");
  }));
