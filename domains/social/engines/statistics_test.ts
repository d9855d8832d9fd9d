import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { clusterSizes, statisticsOf } from "./statistics.ts";

const OPINIONS = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 });

Deno.test("statistics: mean, deviation, spread and clusters of a few opinions", () => {
  const { mean_opinion, opinion_sd, spread, clusters, largest_cluster } = statisticsOf(
    [0.9, 0.1, 0.12, 0.5, 0.88],
    0.05,
  );
  assertNear(mean_opinion, 0.5, 1e-12);
  assertNear(opinion_sd, Math.sqrt((0.4 ** 2 + 0.4 ** 2 + 0.38 ** 2 + 0.38 ** 2) / 5), 1e-12);
  assertNear(spread, 0.8, 1e-12);
  assertEquals([clusters, largest_cluster], [3, 0.4]);
  assertEquals(statisticsOf([], 0.1).clusters, 0);
});

Deno.test("statistics: clusters are split where neighbouring opinions are further apart than the gap, and only there", () => {
  assertEquals(clusterSizes([0, 0.1, 0.2, 0.5, 0.6], 0.15), [3, 2]);
  assertEquals(clusterSizes([0, 0.1, 0.2, 0.5, 0.6], 0.3), [5]);
  assertEquals(clusterSizes([0.3, 0.3], 0), [2]);
});

Deno.test("statistics: everybody is in one cluster, in whatever order they are listed", () => {
  fc.assert(fc.property(OPINIONS, fc.double({ min: 0, max: 1, noNaN: true }), (opinions, gap) => {
    const sizes = clusterSizes(opinions, gap);
    assertEquals(sizes.reduce((sum, size) => sum + size, 0), opinions.length);
    assertEquals(clusterSizes(opinions.toReversed(), gap), sizes);
    assertTrue(sizes.length <= 1 + (gap > 0 ? 1 / gap : opinions.length), "no more than there is room for");
  }));
});
