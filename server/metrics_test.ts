import { assertEquals } from "../tests/support/assert.ts";
import { Counter, Gauge, Histogram } from "./metrics.ts";

Deno.test("a counter without labels is there from the start; label values are escaped", () => {
  assertEquals(
    new Counter("turns_total", "Turns.").text(),
    "# HELP turns_total Turns.\n# TYPE turns_total counter\nturns_total 0\n",
  );
  const calls = new Counter("calls_total", "Calls.", ["provider", "outcome"]);
  calls.add(1, 'a"b\\c\nd', "answered");
  calls.add(2.5, 'a"b\\c\nd', "answered");
  assertEquals(calls.text().split("\n")[2], 'calls_total{provider="a\\"b\\\\c\\nd",outcome="answered"} 3.5');
});

Deno.test("a gauge is looked up when it is told", () => {
  let value = 1;
  const gauge = new Gauge("runs", "Runs.", ["status"], () => [[value, "running"], [0, "queued"]]);
  value = 5;
  assertEquals(gauge.text().trimEnd().split("\n").slice(1), [
    "# TYPE runs gauge",
    'runs{status="running"} 5',
    'runs{status="queued"} 0',
  ]);
});

Deno.test("a histogram counts what took at most each bound, bounds included", () => {
  const histogram = new Histogram("seconds", "Seconds.", ["route"], [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 2]) histogram.observe(value, "/");
  assertEquals(histogram.text().trimEnd().split("\n").slice(1), [
    "# TYPE seconds histogram",
    'seconds_bucket{route="/",le="0.1"} 2',
    'seconds_bucket{route="/",le="1"} 3',
    'seconds_bucket{route="/",le="+Inf"} 4',
    'seconds_sum{route="/"} 2.65',
    'seconds_count{route="/"} 4',
  ]);
});
