import fc from "../../tests/support/properties.ts";
import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import type { Json } from "../json.ts";
import { extractJson } from "./extract.ts";

/** The value in `text` as JSON, or the problem after `!`. */
function found(text: string): string {
  const extracted = extractJson(text);
  return "value" in extracted ? JSON.stringify(extracted.value) : `! ${extracted.problem}`;
}

// What JSON is made of, and what comes around it; together they make all the trouble there is.
const FRAGMENTS = [
  ..."{}[],:\"'`~\\/*<>\n\t\r -+.#",
  ...["```json\n", "```", "~~~", "<think>", "</think>", "</thinking>", "<reasoning>", "//", "/*", "*/", "\\u00", "\\n"],
  ...[
    "{}",
    "[]",
    '"a":',
    '{"a":',
    "True",
    "None",
    "null",
    "NaN",
    "12",
    "1e5",
    "it's",
    "http://x/y",
    "__proto__",
    "\u{1f600}",
  ],
];
const soup = fc.array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: "binary", maxLength: 3 })), {
  maxLength: 40,
}).map((parts) => parts.join(""));
const text = fc.oneof(fc.string({ unit: "grapheme" }), soup).map((written) => written.toWellFormed());
const key = text.map((name) => name === "__proto__" ? "proto" : name);
const { value: anyValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0), fc.integer()),
    fc.constantFrom(true, false, null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const container = anyValue.filter((value) => typeof value === "object" && value !== null);
/** Words with nothing in them that JSON, fences or reasoning are made of. */
const prose = fc.string({
  unit: fc.constantFrom(..."abc XYZ\n.,:;!?()-/*#=%|ä…"),
  maxLength: 60,
});

/** JSON with something between all tokens, and trailing commas. */
function write(value: Json, between: () => string, trailing: () => string): string {
  const gap = between;
  if (Array.isArray(value)) {
    const items = value.map((item) => gap() + write(item, between, trailing) + gap());
    return `[${items.join(",")}${items.length > 0 ? trailing() : ""}${gap()}]`;
  }
  if (typeof value === "object" && value !== null) {
    const items = Object.entries(value).map(([name, inner]) =>
      `${gap()}${JSON.stringify(name)}${gap()}:${gap()}${write(inner, between, trailing)}${gap()}`
    );
    return `{${items.join(",")}${items.length > 0 ? trailing() : ""}${gap()}}`;
  }
  return JSON.stringify(value);
}

const GAPS = [
  "",
  "",
  "",
  " ",
  "\n",
  "\r\n\t",
  "\u00a0",
  '/* {"no": 1} \' " */',
  '// see http://x {"no": [1]\n',
  '/**/ // "\n',
];
const cycled = <T>(choices: readonly T[]) => {
  let i = 0;
  return () => choices[i++ % choices.length]!;
};
const loose = fc.tuple(
  container,
  fc.array(fc.constantFrom(...GAPS), { minLength: 1, maxLength: 20 }),
  fc.array(fc.constantFrom("", ","), { minLength: 1, maxLength: 7 }),
).map(([value, gaps, commas]) => ({ value, written: write(value, cycled(gaps), cycled(commas)) }));

const fence = fc.constantFrom(
  "```json\n*\n```",
  "```\n*\n```",
  "~~~json\n*\n~~~",
  "```JSON *```",
  "````json\n*\n````",
  "```json\n*",
);
const block = fc.tuple(fc.constantFrom("think", "thinking", "reasoning", "THINK"), soup, soup).map(([tag, a, b]) =>
  // Whatever it says, it does not close the block.
  `<${tag}>${`${a} {"no": 1} ${b}`.replace(/<\//g, "< /")}</${tag}>`
);
const wrapping = fc.record({
  before: prose,
  after: prose,
  fence: fc.option(fence, { nil: "*" }),
  reasoning: fc.array(block, { maxLength: 2 }).map((blocks) => blocks.join("\n")),
});

Deno.test("extractJson() gives back any list or object, whatever stands around and between it", () => {
  fc.assert(fc.property(loose, wrapping, ({ value, written }, { before, after, fence, reasoning }) => {
    const closed = fence === "```json\n*" ? "" : after;
    const text = `${reasoning}${before}${fence.replace("*", () => written)}${closed}`;
    assertEquals(extractJson(text), { value }, text);
  }));
});

Deno.test("extractJson() gives back any value that is all there is, fenced or not", () => {
  fc.assert(
    fc.property(anyValue, fence, block, fc.constantFrom("", " ", "\n", "\ufeff"), (value, fence, block, blank) => {
      const written = JSON.stringify(value);
      const fenced = fence.replace("*", () => written);
      for (
        const text of [written, fenced, `${block}\n${written}`, `${block}${block} ${fenced}`, `Hm.\n</think>${written}`]
      ) {
        assertEquals(extractJson(blank + text + blank), { value }, text);
      }
    }),
  );
});

Deno.test("extractJson() never throws, and what it gives is JSON that it gives back again", () => {
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), (text) => {
      const extracted = extractJson(text);
      if ("problem" in extracted) return assertMatches(extracted.problem, /^[a-z].*[^.\n]$/);
      const written = JSON.stringify(extracted.value);
      assertTrue(written.isWellFormed());
      assertEquals(JSON.parse(written), extracted.value);
      assertEquals(extractJson(written), extracted);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("extractJson() never throws on a beginning of an answer, and takes nothing inside for the answer", () => {
  const nested = fc.record({ a: text, inner: fc.record({ b: anyValue }), c: anyValue });
  fc.assert(fc.property(nested, fc.nat(), (value, at) => {
    const written = JSON.stringify(value);
    const cut = written.slice(0, at % written.length);
    assertTrue("problem" in extractJson(cut), cut);
  }));
});

Deno.test("extractJson() passes over prose, fences and reasoning", () => {
  const cases: [text: string, value: string][] = [
    ['Sure! Here it is:\n\n{"action": "buy"}\n\nHope this helps.', '{"action":"buy"}'],
    ['{{"action": "buy"}}', '{"action":"buy"}'],
    ['{see below} {\'tis a joke} {"action": "buy"}', '{"action":"buy"}'],
    ['set {"a, b} and then {"action": "x"}', '{"action":"x"}'],
    ['Answer: ```json{"action": "buy"}```.', '{"action":"buy"}'],
    ['1. Think.\n   ```json\n   {"action": "buy"}\n   ```', '{"action":"buy"}'],
    ['<think>{"action": "sell"} is better than</think>{"action": "buy"}', '{"action":"buy"}'],
    ['<Thinking>a<think>b</think>\n{"action": "buy"}', '{"action":"buy"}'],
    ['Okay, {"action": "sell"}? No: {"action": " is wrong.\n</think>\n\n{"action": "buy"}', '{"action":"buy"}'],
    ['Maybe {"action": x, "by\n</think>\n{"action": "}"}', '{"action":"}"}'],
    ['```json\n{"action": "sell"}\n</think>\n{"action": "buy"}', '{"action":"buy"}'],
    ['{"action": "buy"} <think>or {"action": "sell"}?', '{"action":"buy"}'],
    [
      '{"text": "</think> and <think> and ```json\\n{}\\n```"}',
      '{"text":"</think> and <think> and ```json\\n{}\\n```"}',
    ],
    ['{"text": "line\n```json\n{\\"a\\": 1}\n```"}', '{"text":"line\\n```json\\n{\\"a\\": 1}\\n```"}'],
    ["[1, 2]", "[1,2]"],
    ['The action {"action": "buy"} follows [1] and [2], see {}.', '{"action":"buy"}'],
    ["Nothing but {}", "{}"],
    ["<think>twelve?</think> 12", "12"],
    ["```\ntrue\n```", "true"],
    ['"{}"', '"{}"'],
  ];
  for (const [text, value] of cases) assertEquals(found(text), value, text);
});

Deno.test("extractJson() takes a fenced block before prose, and the last of equals", () => {
  const cases: [text: string, value: string][] = [
    ['{"n": 1} or {"n": 2}', '{"n":2}'],
    ['{"n": 1} ```json\n{"n": 2}\n``` {"n": 3}', '{"n":2}'],
    ['```json\n{"n": 1}\n```\nno:\n```json\n{"n": 2}\n```', '{"n":2}'],
    ['```\n{"n": 1}\n``` {"n": 2}', '{"n":1}'],
    ['{"n": 1}\n```python\nprint({"n": 2})\n```', '{"n":1}'],
    ['```python\nprint({"n": 2})\n```', '{"n":2}'],
    ['```\nSo:\n```json\n{"n": 1}\n``` {"n": 2}', '{"n":1}'],
    ['```json\n[]\n``` {"n": 1}', '{"n":1}'],
    ['~~~json\n{"n": 1}\n~~~ {"n": 2} ~~~ {"n": 3}', '{"n":1}'],
    ['````\n```\n{"n": 1}\n````\n{"n": 2}', '{"n":1}'],
  ];
  for (const [text, value] of cases) assertEquals(found(text), value, text);
});

Deno.test("extractJson() reads what models write in place of JSON", () => {
  const cases: [text: string, value: string][] = [
    ['{"a": 1, "b": [1, 2,],}', '{"a":1,"b":[1,2]}'],
    ['{"url": "http://x/y", // the "address"\n "n": 1 /* one */}', '{"url":"http://x/y","n":1}'],
    ['{"text": "two\nlines\tand \u0000"}', '{"text":"two\\nlines\\tand \\u0000"}'],
    [
      "{'a': 'it's', 'b': True, 'c': None, 'd': [False], \"e\": 'say \"x\"'}",
      '{"a":"it\'s","b":true,"c":null,"d":[false],"e":"say \\"x\\""}',
    ],
    [
      String.raw`{'a': 'it\'s', "b": "it\'s \d C:\users \/ \u00e4"}`,
      String.raw`{"a":"it's","b":"it's \\d C:\\users / ä"}`,
    ],
    [String.raw`{"a": "\ud83d\ude00 \ud83d"}`, '{"a":"\u{1f600} \ufffd"}'],
    ['{"a": -0, "b": +5, "c": .5, "d": 5., "e": 1E-2}', '{"a":0,"b":5,"c":0.5,"d":5,"e":0.01}'],
    ['{"a": 1, "a": 2, "constructor": 3}', '{"a":2,"constructor":3}'],
    ['{"deep": {"a": [{"b": {"c": "}"}}]}}', '{"deep":{"a":[{"b":{"c":"}"}}]}}'],
  ];
  for (const [text, value] of cases) assertEquals(found(text), value, text);
});

Deno.test("extractJson() knows no −0, as JSON does not", () => {
  assertEquals(extractJson("[-0, -0.0]"), { value: [0, 0] });
  assertEquals(extractJson("-0"), { value: 0 });
});

Deno.test("extractJson() says what is wrong, in a sentence for the model", () => {
  const cases: [text: string, problem: string][] = [
    ["", "your answer is empty"],
    [" \n\ufeff", "your answer is empty"],
    ["I would rather not.", "your answer holds no JSON object"],
    ["see [the docs](http://x)", "your answer holds no JSON object"],
    ["<think>Hm.</think> I would rather not.", "your answer holds no JSON object outside of its reasoning"],
    ['{"a": 1}</think>', "your answer holds no JSON object outside of its reasoning"],
    ['<think>Say {"a": 1}?', "your answer ends inside of its reasoning (it was cut off?)"],
    ['{"a": {"b": 1}, "c": "half of', "the JSON ends in the middle (the answer was cut off?)"],
    ['{"a": {"b": 1}', "the JSON ends in the middle (the answer was cut off?)"],
    ['{"a', "the JSON ends in the middle (the answer was cut off?)"],
    ['{"a": 1}\n```json\n{"a": 2,', "the JSON ends in the middle (the answer was cut off?)"],
    [
      '{"a": 1 "b": {"c": 2}}',
      `the JSON is broken at line 1, column 9: expected ',' or '}', found "\\"b\\": {\\"c\\": 2}}"`,
    ],
    ['{\n  "a": [1 2]}', `the JSON is broken at line 2, column 11: expected ',' or ']', found "2]}"`],
    [
      '{"a": "he said "no" to me"}',
      String
        .raw`the JSON is broken at line 1, column 17: expected ',' or '}', found "no\" to me\"}" (inside of a text, " is written \")`,
    ],
    ['{"a": ...}', `the JSON is broken at line 1, column 7: expected a value, found "...}"`],
    ['{"a": , }', `the JSON is broken at line 1, column 7: expected a value, found ", }"`],
    ['{"a" 1}', `your answer holds no JSON object: line 1, column 6: expected ':' after the key, found "1}"`],
    ["{a: 1}", `your answer holds no JSON object: line 1, column 2: expected a key in double quotes, found "a: 1}"`],
    ['{"a": 1, b: 2}', `the JSON is broken at line 1, column 10: expected a key in double quotes, found "b: 2}"`],
    ['{"a": NaN}', `the JSON is broken at line 1, column 7: NaN and Infinity are no JSON numbers, found "NaN}"`],
    [
      '{"a": -Infinity}',
      `the JSON is broken at line 1, column 7: NaN and Infinity are no JSON numbers, found "-Infinity}"`,
    ],
    ['{"a": 1e999}', `the JSON is broken at line 1, column 7: this number is too large, found "1e999}"`],
    [
      '{"a": {"__pro\\u0074o__": 1}}',
      `the JSON is broken at line 1, column 8: '__proto__' is not allowed as a key, found "\\"__pro\\\\u0074o__\\": 1}}"`,
    ],
    ["{'a': 'two\nlines'}", `the JSON is broken at line 1, column 7: expected a value, found "'two\\nlines'}"`],
    ["NaN", "your answer holds no JSON object"],
    ["12 apples", "your answer holds no JSON object"],
    ['"half of', "your answer holds no JSON object"],
  ];
  for (const [text, problem] of cases) assertEquals(found(text), `! ${problem}`, text);
});

Deno.test("extractJson() lets no example pass for an answer that is broken or cut off", () => {
  for (
    const text of [
      'As in {"a": 1}: {"a": 2, "b": ',
      'As in {"a": 1}: {"a": 2 "b": {"a": 3}}',
      '```json\n{"a": 1}\n```\n```json\n{"a": 2 "b": {"a": 3}}\n```',
      '{"a": "he said "{"a": 3}" to me", "b": 1}',
      '{"a": "he said "</think>{"a": 3}" to me"}',
      '{"a": "he said "</think>{"a": 3}" to me", "b": 1}',
      '{"a": "he said </think>{\\"a\\": 3}", "b": ',
    ]
  ) assertMatches(found(text), /^! the JSON /);
  // A later one makes good for it, and one in a lesser place does not count.
  assertEquals(found('{"a": 1 "b": {"a": 3}} sorry: {"a": 2}'), '{"a":2}');
  assertEquals(found('```json\n{"a": "he said "x", "b": 1}\n```\n```json\n{"a": 2}\n```'), '{"a":2}');
  assertEquals(found('```json\n{"a": 1}\n```\nThe form was {"a": ...}.'), '{"a":1}');
});

Deno.test("extractJson() reads 100 levels and no more", () => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  assertEquals(found(nested(100)), nested(100));
  assertMatches(found(nested(101)), /nested deeper than 100 levels/);
  assertMatches(found("[".repeat(101) + "]".repeat(101)), /^\[/);
  assertMatches(found(nested(100_000)), /nested deeper than 100 levels/);
});

Deno.test("extractJson() of hostile texts takes time linear in their length", () => {
  // Each is slow where something is searched again from every place: at this length a thousand times the limit.
  const shapes = [
    ..."{[\"'`~<\n a9",
    ...['{"', "{'", '["",', "['", '{"a":', '{"a":1}', "[1,", "``` ", "<think>", "</think>", '</think>"', "</think>'"],
    ...[
      '</think>{"',
      "</think>{'",
      "{/*",
      "{//\n",
      "'/*",
      '{"a":1 ',
      '{"a":x}',
      '\\"',
      "[{",
      "{ ",
      "~~~\n",
      "  ~",
      '{"a":\'',
    ],
    ...[
      "['a'",
      "['a','",
      '["\\"',
      '["</think>[",',
      '{"a":"</think>',
      "<think></think>",
      "{'a':'</think>",
      "['a'/*",
      "<",
    ],
    ...['{"a":x\n```\n', '```json\n{"a":', '["\\u00', "[nan", "{\"a\":'x' /*", "</think>```json ", "</think>\ufeff"],
  ];
  const start = performance.now();
  for (const shape of shapes) {
    const text = shape.repeat(Math.ceil(1_000_000 / shape.length));
    for (const whole of [text, `["${text}`, `{"a":${text}`, `{'a':'${text}`, `${text}</think>`]) extractJson(whole);
  }
  const seconds = (performance.now() - start) / 1000;
  assertTrue(seconds < 60, `it took ${seconds.toFixed(1)} s`);
});
