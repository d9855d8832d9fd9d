import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import type { EnvironmentSpec } from "./environment.ts";
import { readEnvironment } from "./read_environment.ts";

const spec = {
  title: "Travel desk",
  outline: "Flights from SFO.",
  actions: {
    book: {
      kind: "travel",
      description: "Book a flight.",
      mutating: true,
      parameters: {
        to: { type: "string", required: true, description: "Airport." },
        seats: { type: "integer", description: "" },
      },
    },
    look: { kind: "travel", description: "Look for flights.", mutating: false, parameters: {} },
  },
} as const;
const environment = readEnvironment(spec);

function apply(state: Json, name: string, parameters: JsonObject = {}) {
  return environment.apply(state, { kind: "", name, parameters });
}

Deno.test("listedEnvironment - keeps arguments that an action does not have, and says nothing of what calls led to", () => {
  const { state, done } = apply(environment.initial, "book", { to: "JFK", insured: true });
  assertEquals(done.parameters, { to: "JFK", insured: true });
  assertEquals(state, [{ name: "book", parameters: { to: "JFK", insured: true } }]);
  assertEquals(environment.agree(environment.initial, state, state), false);
});

Deno.test("listedEnvironment - keeps the mutating actions that were done, and shows them", () => {
  const booked = apply(environment.initial, "book", { to: "JFK", seats: "2" });
  assertEquals(booked.state, [{ name: "book", parameters: { to: "JFK", seats: 2 } }]);
  assertEquals(booked.done, {
    kind: "travel",
    name: "book",
    parameters: { to: "JFK", seats: 2 },
    success: true,
    result_message: "book is done",
  });
  assertTrue(apply(booked.state, "look").state === booked.state);
  const failed = apply(booked.state, "book");
  assertEquals([failed.state === booked.state, failed.done.success], [true, false]);
  assertEquals(environment.outline([]), "Travel desk\nFlights from SFO.");
  const twice = apply(booked.state, "book", { to: "LAX" }).state;
  assertEquals(
    environment.outline(twice),
    'Travel desk\nFlights from SFO.\nDone so far:\n- book {"to":"JFK","seats":2}\n- book {"to":"LAX"}',
  );
  assertMatches(environment.outline(twice, { max_nodes: 1 }), /the last 1 of 2\):\n- book \{"to":"LAX"\}$/);
});

Deno.test("listedEnvironment - knows repetitions, and nothing of what actions led to", () => {
  const { state } = apply(environment.initial, "book", { to: "JFK", seats: 2 });
  const repeats = (parameters: JsonObject) => environment.repeats(state, { kind: "", name: "book", parameters });
  assertEquals(repeats({ seats: "2", to: "JFK" }), "book was done before with the same parameters");
  assertEquals(repeats({ to: "JFK" }), null);
  assertEquals(environment.differences([], state), null);
});

Deno.test("readEnvironment - takes a plan, and actions with what goes without saying left out", () => {
  const { outline, initial } = readEnvironment({ plan: { title: "T", tasks: [{ name: "a" }] } });
  assertEquals(outline(initial).split("\n").at(-1), "- [1] a");
  const short = { title: "T", actions: { a: { mutating: true } } } as unknown as EnvironmentSpec;
  assertEquals(readEnvironment(short).catalogue, {
    a: { kind: "action", description: "", mutating: true, parameters: {} },
  });
});

Deno.test("readEnvironment - names what is wrong with listed actions", () => {
  const issues = (spec: unknown) =>
    (assertThrows(() => readEnvironment(spec as EnvironmentSpec)) as SimError).issues.map(({ code, path, hint }) =>
      `${code} ${path?.join(".")} ${hint ?? ""}`.trim()
    );
  assertEquals(
    issues({ title: "T", actions: { a: { mutating: true, parameters: { p: { type: "text", enm: [] } } } } }),
    [
      "bad_environment actions.a.parameters.p.enm did you mean 'enum'? valid: type, description, required, default, enum, items, unordered",
    ],
  );
  assertEquals(issues({ title: "T", actions: { a: {} } }), ["bad_environment actions.a.mutating"]);
  assertEquals(issues({ plan: { title: "T" }, title: "x" }), ["bad_environment title"]);
  assertEquals(issues({ plan: {} }), ["bad_plan title"]);
  assertMatches(issues(null).join(), /^bad_environment/);
});
