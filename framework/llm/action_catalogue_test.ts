import { z } from "zod";
import { Ajv2020 } from "ajv/dist/2020.js";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { type ActionCatalogue, CompiledCatalogue, type ModelDecision } from "./action_catalogue.ts";
import { answerSchema } from "./answer_schema.ts";
import { feedback } from "./feedback.ts";

const CATALOGUE: ActionCatalogue = {
  invest: {
    description: "Puts a share of your output into capital.",
    parameters: z.object({
      share: z.number().min(0).max(1).describe("share of output"),
      sector: z.enum(["farms", "mills"]).default("farms"),
    }),
  },
  hire: { description: "Hires people.", parameters: z.object({ count: z.int().min(1) }) },
  protest: { description: "Tells everybody that you disagree." },
};

const SILENT = { mayPass: true, speaks: false };
const catalogue = (options: Partial<typeof SILENT> = {}) => CompiledCatalogue.of(CATALOGUE, { ...SILENT, ...options });
const good = { reasoning: "capital is scarce", action: "invest", parameters: { share: 0.2 }, confidence: 0.7 };

/** What a model would be told of an answer; the decision when nothing is wrong. */
function read(answer: unknown, compiled = catalogue(), recipients: readonly string[] = []): ModelDecision | string[] {
  const result = compiled.decision(recipients).safeParse(answer);
  if (result.success) return result.data;
  return feedback(result.error).split("\n").slice(1, -1);
}

Deno.test("a decision is read as the chosen action's own schema reads its parameters", () => {
  assertEquals(read(good), { ...good, parameters: { share: 0.2, sector: "farms" }, message: null });
  assertEquals(read({ ...good, action: "hire", parameters: { count: 3 } }), {
    ...good,
    action: "hire",
    parameters: { count: 3 },
    message: null,
  });
});

Deno.test("an action without parameters needs none, and has none whatever the model adds", () => {
  for (const parameters of [undefined, null, {}, { loud: true }]) {
    for (const action of ["protest", "none"]) {
      assertEquals((read({ ...good, action, parameters }) as ModelDecision).parameters, {});
    }
  }
});

Deno.test("what is wrong is told all at once, with its place and what would be right", () => {
  assertEquals(read({ action: "invest", parameters: { share: 2, sector: "banks" }, confidence: 80 }), [
    "- reasoning: is missing; give your reasons",
    "- parameters.share: Too big: expected number to be <=1",
    '- parameters.sector: Invalid option: expected one of "farms"|"mills"',
    "- confidence: must be a number from 0 to 1, not 80",
  ]);
  assertEquals(read({ ...good, action: "invst" }), [
    `- action: there is no action "invst"; did you mean 'invest'? valid: invest, hire, protest, none`,
  ]);
  assertEquals(read({ ...good, parameters: {} }), ["- parameters.share: is missing, expected number"]);
});

Deno.test("a parameter that an action does not have is told, not dropped: it may be one that is misspelt", () => {
  assertEquals(read({ ...good, parameters: { share: 0.1, sektor: "mills" } }), [
    '- parameters: Unrecognized key: "sektor"',
  ]);
});

Deno.test("nothing but the very name of an action chooses it", () => {
  for (const action of ["I will not invest", "Invest", " invest", "", 3, null, ["invest"], "toString", "__proto__"]) {
    assertTrue(Array.isArray(read({ ...good, action })), String(action));
  }
});

Deno.test("an answer that is no object is refused, whatever it is", () => {
  for (const answer of [null, 3, "invest", [good], undefined]) assertTrue(Array.isArray(read(answer)), String(answer));
});

Deno.test("reasons that are too long are cut, further members left out: neither is worth asking again", () => {
  const decision = read({ ...good, reasoning: "why ".repeat(1000), mood: "calm" }) as ModelDecision;
  assertEquals(decision.reasoning.length, 2000);
  assertEquals(Object.keys(decision), ["reasoning", "action", "parameters", "confidence", "message"]);
});

Deno.test("a message goes to who can be reached or to all; silence is null or nothing", () => {
  const speaking = catalogue({ speaks: true });
  const said = (message: unknown) => read({ ...good, message }, speaking, ["B", "Clara"]);
  for (const to of ["B", "*"]) {
    assertEquals((said({ to, text: " ahoy " }) as ModelDecision).message, { to, text: "ahoy" });
  }
  for (const silence of [null, undefined]) assertEquals((said(silence) as ModelDecision).message, null);
  assertEquals(said({ to: "Clare", text: "" }), [
    "- message.text: must be a text that is not empty; to say nothing let message be null",
    `- message.to: there is no agent "Clare"; did you mean 'Clara'? valid: *, B, Clara`,
  ]);
  assertEquals(
    (read({ ...good, message: { to: "B", text: "x" } }) as ModelDecision).message,
    null,
    "it does not speak",
  );
});

Deno.test("providers are told an object: reasons first, the actions' names, one alternative for each action's parameters", () => {
  const schema = answerSchema(catalogue({ speaks: true }).decision([]));
  const properties = schema.properties as Record<string, { enum?: string[]; anyOf?: { description: string }[] }>;
  assertEquals(schema.type, "object");
  assertEquals(Object.keys(properties), ["reasoning", "action", "parameters", "confidence", "message"]);
  assertEquals(schema.required, Object.keys(properties));
  assertEquals(schema.additionalProperties, false);
  assertEquals(properties.action!.enum, ["invest", "hire", "protest", "none"]);
  assertEquals(properties.parameters!.anyOf!.map(({ description }) => description), [
    "of action 'invest'",
    "of action 'hire'",
    "of actions that need none",
  ]);
  assertEquals("message" in (answerSchema(catalogue().decision([])).properties as object), false);
  assertEquals(catalogue({ mayPass: false }).text.includes("none"), false);
});

Deno.test("what fits the JSON Schema and has its own action's parameters is read; what is read fits it", () => {
  const fits = new Ajv2020({ strict: false }).compile(catalogue().schema);
  const parameters = {
    invest: fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), sector: fc.constantFrom("farms", "mills") }),
    hire: fc.record({ count: fc.integer({ min: 1, max: 9 }) }),
    protest: fc.constant({}),
    none: fc.constant({}),
  };
  const decision = fc.oneof(
    ...Object.entries(parameters).map(([action, parameters]) =>
      fc.record({
        reasoning: fc.string({ minLength: 1 }).filter((text) => text.trim() !== ""),
        action: fc.constant(action),
        parameters: parameters as fc.Arbitrary<Record<string, unknown>>,
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      })
    ),
  );
  fc.assert(fc.property(decision, (drawn) => {
    const answer: typeof drawn = JSON.parse(JSON.stringify(drawn));
    assertTrue(fits(answer), JSON.stringify(fits.errors));
    const { message: _, ...value } = read(answer) as ModelDecision;
    assertEquals(value, { ...answer, reasoning: answer.reasoning.trim() });
  }));
});

Deno.test("reading never throws, whatever JSON comes", () => {
  const speaking = catalogue({ speaks: true }).decision(["B"]);
  const part = fc.oneof(fc.jsonValue(), fc.constantFrom("invest", "hire", "none", "*", "B", 0.5));
  const answer = fc.oneof(
    fc.jsonValue(),
    fc.record({ reasoning: part, action: part, parameters: part, confidence: part, message: part }, {
      requiredKeys: [],
    }),
  );
  fc.assert(fc.property(answer, (value) => {
    speaking.safeParse(value);
  }));
});

Deno.test("the catalogue as text has a line for each action and one for each parameter", () => {
  assertEquals(catalogue().text.split("\n"), [
    "- invest: Puts a share of your output into capital.",
    "    - share: number from 0 to 1; share of output",
    '    - sector (optional): one of "farms", "mills", default "farms"',
    "- hire: Hires people.",
    "    - count: whole number at least 1",
    "- protest: Tells everybody that you disagree.",
    "- none: Do nothing this turn.",
  ]);
});

Deno.test("one parameter schema, schemas with refinements and recursive ones are told and read as well", () => {
  const tree: z.ZodObject = z.object({
    size: z.number(),
    get next() {
      return tree.optional();
    },
  });
  const compiled = CompiledCatalogue.of({
    grow: {
      description: "Grows.",
      parameters: tree.refine(({ size }) => (size as number) < 5, { path: ["size"], message: "too large" }),
    },
  }, { mayPass: false, speaks: false });
  const answer = (size: number) => ({ ...good, action: "grow", parameters: { size, next: { size: 9 } } });
  assertEquals((read(answer(1), compiled) as ModelDecision).parameters, { size: 1, next: { size: 9 } });
  assertEquals(read(answer(7), compiled), ["- parameters.size: too large"]);
  const fits = new Ajv2020({ strict: false }).compile(answerSchema(compiled.decision([])));
  assertTrue(fits(answer(1)), JSON.stringify(fits.errors));
  assertTrue(!fits({ ...answer(1), parameters: { size: 1, next: 3 } }));
});

Deno.test("a catalogue is compiled once", () => {
  assertTrue(catalogue() === catalogue());
  assertTrue(catalogue().decision([]) === catalogue().decision(["B"]));
  assertTrue(catalogue({ mayPass: false }) !== catalogue());
});

Deno.test("a catalogue that makes no sense is refused with what is wrong", () => {
  const refused = (actions: ActionCatalogue, mayPass = true) =>
    assertThrows(() => CompiledCatalogue.of(actions, { mayPass, speaks: false }), "bad_actions").message;
  assertMatches(refused({}, false), /no action to choose from/);
  assertMatches(refused({ none: { description: "x" } }), /'none' is what doing nothing is called/);
  assertMatches(refused({ "": { description: "x" } }), /cannot be called ""/);
  assertMatches(refused({ "a\nb": { description: "x" } }), /cannot be called/);
  assertMatches(refused({ buy: { description: " " } }), /'buy' has no description/);
  assertMatches(refused({ buy: { description: "x", parameters: z.string() as never } }), /'buy' are no z.object/);
  CompiledCatalogue.of({ none: { description: "x" } }, { mayPass: false, speaks: false });
});

Deno.test("who has no opinion does nothing, or else the first thing that needs no parameters", () => {
  assertEquals(catalogue().idle, "none");
  assertEquals(catalogue({ mayPass: false }).idle, "protest");
  const { invest } = CATALOGUE;
  assertEquals(CompiledCatalogue.of({ invest: invest! }, { mayPass: false, speaks: false }).idle, null);
});
