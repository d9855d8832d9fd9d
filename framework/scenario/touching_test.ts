import { booleanIntersects } from "@turf/boolean-intersects";
import { assertEquals, assertRejects } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { type Geometry, partsOf, type SimpleShape } from "./geometry.ts";
import { touchingPairs } from "./touching.ts";

function box(west: number, south: number, east: number, north: number): SimpleShape {
  return {
    type: "Polygon",
    coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
  };
}

const point = (x: number, y: number): SimpleShape => ({ type: "Point", coordinates: [x, y] });
const line = (...coordinates: [number, number][]): SimpleShape => ({ type: "LineString", coordinates });

const ring: SimpleShape = {
  type: "Polygon",
  coordinates: [...box(0, 0, 10, 10).coordinates, [[2, 2], [2, 8], [8, 8], [8, 2], [2, 2]]] as never,
};

Deno.test("shapes are connected when they touch in an edge, a corner, or anywhere else, and only then", async () => {
  const cases: [name: string, a: SimpleShape, b: SimpleShape, touch: boolean][] = [
    ["a whole edge", box(0, 0, 1, 1), box(1, 0, 2, 1), true],
    ["a corner", box(0, 0, 1, 1), box(1, 1, 2, 2), true],
    ["a part of an edge, no corner in common", box(0, 0, 4, 4), box(4, 1, 6, 3), true],
    [
      "a corner on an edge",
      box(0, 0, 4, 4),
      { type: "Polygon", coordinates: [[[4, 2], [6, 1], [6, 3], [4, 2]]] },
      true,
    ],
    ["an overlap", box(0, 0, 2, 2), box(1, 1, 3, 3), true],
    ["a cross", box(0, 2, 6, 4), box(2, 0, 4, 6), true],
    ["one inside the other", box(0, 0, 9, 9), box(3, 3, 4, 4), true],
    ["the same shape", box(0, 0, 1, 1), box(0, 0, 1, 1), true],
    ["a gap", box(0, 0, 1, 1), box(1.001, 0, 2, 1), false],
    ["boxes that overlap, shapes that do not", line([0, 0], [4, 0], [4, 4]), line([0, 1], [3, 4]), false],
    ["in the hole of the other", ring, box(3, 3, 5, 5), false],
    ["at the hole's border", ring, box(2, 3, 5, 5), true],
    ["a point inside", box(0, 0, 2, 2), point(1, 1), true],
    ["a point on an edge", box(0, 0, 2, 2), point(2, 1), true],
    ["a point outside", box(0, 0, 2, 2), point(3, 1), false],
    ["a point in a hole", ring, point(5, 5), false],
    ["a line through", box(0, 0, 2, 2), line([-1, 1], [3, 1]), true],
    ["lines that cross", line([0, 0], [2, 2]), line([0, 2], [2, 0]), true],
    ["a line that ends on another", line([0, 0], [4, 0]), line([2, 0], [2, 3]), true],
    ["equal points", point(1, 2), point(1, 2), true],
    ["points that differ", point(1, 2), point(1, 2.5), false],
  ];
  for (const [name, a, b, touch] of cases) {
    assertEquals(await touchingPairs([[a], [b]]), touch ? [[0, 1]] : [], name);
    assertEquals(await touchingPairs([[b], [a]]), touch ? [[0, 1]] : [], `${name}, the other way round`);
  }
});

Deno.test("a location of several shapes touches by any of them, and never itself", async () => {
  const islands = [box(0, 0, 1, 1), box(0.5, 0.5, 2, 2), box(8, 8, 9, 9)];
  assertEquals(await touchingPairs([islands, [box(9, 8, 10, 9)], [], [box(20, 20, 21, 21)]]), [[0, 1]]);
});

Deno.test("pairs come in the order of locations", async () => {
  const row = [3, 1, 2, 0].map((x) => [box(x, 0, x + 1, 1)]);
  assertEquals(await touchingPairs(row), [[0, 2], [1, 2], [1, 3]]);
});

Deno.test("all that meet in one position are connected", async () => {
  const around = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)];
  assertEquals((await touchingPairs(around.map((shape) => [shape]))).length, 6);
});

Deno.test("property: pairs are those of which the package says that they intersect", async () => {
  const small = fc.nat(7);
  const shape = fc.oneof(
    fc.tuple(small, small, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })).map(([x, y, w, h]) =>
      box(x, y, x + w, y + h)
    ),
    fc.tuple(small, small).map(([x, y]) => point(x, y)),
    fc.array(fc.tuple(small, small), { minLength: 2, maxLength: 3 })
      .filter((ends) => new Set(ends.map(String)).size === ends.length).map((ends) => line(...ends)),
  );
  await fc.assert(fc.asyncProperty(fc.array(fc.array(shape, { maxLength: 2 }), { maxLength: 6 }), async (shapes) => {
    const expected = shapes.flatMap((a, i) =>
      shapes.flatMap((b, j) =>
        i < j && a.some((left) => b.some((right) => booleanIntersects(left as never, right as never))) ? [[i, j]] : []
      )
    );
    assertEquals(await touchingPairs(shapes) as unknown, expected);
  }));
});

Deno.test("collections and multi-geometries are their shapes", () => {
  const geometry: Geometry = {
    type: "GeometryCollection",
    geometries: [
      { type: "MultiPoint", coordinates: [[0, 0], [1, 1]] },
      { type: "MultiLineString", coordinates: [[[0, 0], [1, 1]], []] },
      { type: "MultiPolygon", coordinates: [box(0, 0, 1, 1).coordinates as never, []] },
      {
        type: "GeometryCollection",
        geometries: [{ type: "Point", coordinates: [] }, { type: "Point", coordinates: [2, 2] }],
      },
    ],
  };
  assertEquals(partsOf(geometry).map(({ type }) => type), ["Point", "Point", "LineString", "Polygon", "Point"]);
  assertEquals(partsOf(undefined), []);
});

Deno.test("a map on which too many features meet in one place is refused", async () => {
  const crowd = Array.from({ length: 1500 }, () => [point(1, 1)]);
  await assertRejects(() => touchingPairs(crowd), "too_many_edges");
});

Deno.test("a map that would take very long is refused", async () => {
  const jagged = (x: number): SimpleShape => {
    const positions = Array.from({ length: 40_000 }, (_, i): [number, number] => {
      const angle = 2 * Math.PI * i / 40_000;
      return [x + (1 + 0.001 * (i % 2)) * Math.cos(angle), (1 + 0.001 * (i % 2)) * Math.sin(angle)];
    });
    return { type: "Polygon", coordinates: [[...positions, positions[0]!]] };
  };
  await assertRejects(() => touchingPairs([[jagged(0)], [jagged(0.0001)]]), "map_too_detailed");
});
