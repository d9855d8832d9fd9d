import { assertEquals } from "../tests/support/assert.ts";
import { RateLimiter } from "./rate_limiter.ts";

Deno.test("RateLimiter lets through so many at once, then one as time passes, each name for itself", () => {
  let now = 0;
  const limiter = new RateLimiter(60, () => now);
  for (let i = 0; i < 60; i++) assertEquals(limiter.take("a"), { allowed: true, remaining: 59 - i, retryAfter: 1 });
  assertEquals(limiter.take("a").allowed, false);
  assertEquals(limiter.take("b").allowed, true);
  now += 999;
  assertEquals(limiter.take("a").allowed, false);
  now += 1;
  assertEquals([limiter.take("a").allowed, limiter.take("a").allowed], [true, false]);
  now += 3_600_000;
  assertEquals(limiter.take("a").remaining, 59);
});

Deno.test("RateLimiter says how long to wait", () => {
  let now = 0;
  const limiter = new RateLimiter(2, () => now);
  limiter.take("a");
  limiter.take("a");
  assertEquals(limiter.take("a"), { allowed: false, remaining: 0, retryAfter: 30 });
  now += 20_000;
  assertEquals(limiter.take("a").retryAfter, 10);
});

Deno.test("RateLimiter remembers a bounded number of names", () => {
  const limiter = new RateLimiter(1, () => 0);
  for (let i = 0; i < 10_001; i++) limiter.take(`name ${i}`);
  // The first was forgotten, the last was not.
  assertEquals([limiter.take("name 0").allowed, limiter.take("name 10000").allowed], [true, false]);
});

Deno.test("a rate below one a minute still lets one through", () => {
  let now = 0;
  const limiter = new RateLimiter(0.5, () => now);
  assertEquals([limiter.take("a").allowed, limiter.take("a").allowed], [true, false]);
  now += 120_000;
  assertEquals(limiter.take("a").allowed, true);
});
