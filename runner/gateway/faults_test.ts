import { assertEquals, assertNear, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { type Fault, readReply, retryAfter } from "./faults.ts";
import type { ChatBody } from "./request.ts";

const BODY: ChatBody = {
  model: "m",
  messages: [],
  response_format: { type: "json_object" },
  temperature: 1,
  max_tokens: 9,
};

function read(status: number, body: unknown, asked = BODY, key = "sk-1234"): Fault {
  const outcome = readReply({ status, headers: new Headers() }, JSON.stringify(body), asked, key);
  assertTrue(outcome.kind === "fault");
  return outcome;
}

Deno.test("retry-after is read in all its forms", () => {
  const of = (headers: HeadersInit) => retryAfter(new Headers(headers));
  assertEquals(of({}), null);
  assertEquals(of({ "retry-after": "3" }), 3000);
  assertEquals(of({ "retry-after": "0.5" }), 500);
  assertEquals(of({ "retry-after": "3", "retry-after-ms": "20" }), 20);
  assertEquals(of({ "retry-after": "3", "retry-after-ms": "soon" }), 3000);
  assertNear(of({ "retry-after": new Date(Date.now() + 60_000).toUTCString() })!, 60_000, 5_000);
  assertEquals(of({ "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }), 0);
  assertEquals(of({ "retry-after": "later" }), null);
  assertEquals(of({ "retry-after": "-5" }), 0);
});

Deno.test("refusals as providers word them", () => {
  const refusals: [string, Fault["refused"]][] = [
    ["Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", "response_format"],
    [
      "Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is required",
      "response_format",
    ],
    ["JSON schema conversion failed: Unrecognized schema", "response_format"],
    ["This model does not support json mode", "response_format"],
    ["Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) is.", "temperature"],
    ["`temperature` is deprecated for this model.", "temperature"],
    ["Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.", "length"],
    ["max_tokens is too large: 100000. This model supports at most 4096 completion tokens.", null],
    ["Invalid 'temperature': decimal above maximum value. Expected a value <= 2.", null],
    ["This model's maximum context length is 4097 tokens. However, you requested 5000 tokens.", null],
    ["'messages' must not be empty", null],
  ];
  for (const [message, refused] of refusals) assertEquals(read(400, { error: { message } }).refused, refused, message);
  assertEquals(
    read(400, { error: { message: "Unsupported parameter.", param: "temperature" } }).refused,
    "temperature",
  );
  const detail = [{ loc: ["body", "response_format"], msg: "extra fields not permitted" }];
  assertEquals(read(422, { detail }).refused, "response_format");
});

Deno.test("a key that is a common word hides no meaning", () => {
  const { refused, text } = read(400, { error: { message: "unknown field max_tokens" } }, BODY, "x");
  assertEquals([refused, text], ["length", "HTTP 400: unknown field ma***_tokens"]);
});

Deno.test("of a long reply no part of the key is left where it is cut off", () => {
  const key = "sk-canary-0123456789";
  for (let n = 0; n < 60; n++) {
    const outcome = readReply({ status: 500, headers: new Headers() }, "-".repeat(n) + key.repeat(300), BODY, key);
    assertTrue(outcome.kind === "fault" && !outcome.text.includes("canary"), JSON.stringify(outcome));
  }
});

Deno.test("what was not sent cannot have been refused", () => {
  const bare = { model: "m", messages: [] };
  for (const message of ["response_format", "temperature", "max_tokens"]) {
    assertEquals(read(400, { error: { message } }, bare).refused, null);
  }
});

Deno.test("faults that come with an unusual status are known by their words", () => {
  assertEquals(
    read(400, { error: { message: "API key not valid. Please pass a valid API key." } }).fault,
    "unauthorized",
  );
  assertEquals(read(400, { error: { message: "x/y is not a valid model ID" } }).fault, "unknown_model");
  assertEquals(read(400, { error: { message: "?", code: "model_not_found" } }).fault, "unknown_model");
  assertEquals(read(402, { error: { message: "Insufficient credits" } }).fault, "quota_spent");
  assertEquals(read(408, {}).fault, "timeout");
  assertEquals(read(429, { error: { message: "?", type: "insufficient_quota" } }).fault, "quota_spent");
  assertEquals(read(200, { error: { message: "?", code: 429 } }).fault, "rate_limited");
  assertEquals(read(200, { error: { message: "?", code: "odd" } }).fault, "bad_response");
});

Deno.test("property: no reply, however odd, is answered with a throw or with the key", () => {
  const key = "sk-canary-0123456789";
  const value = fc.anything({
    values: [fc.constant(key), fc.constant(`${key}${key}`), fc.string(), fc.integer(), fc.constant(null)],
    key: fc.constantFrom("error", "message", "detail", "code", "choices", "content", "usage", "refusal", "text", "x"),
    maxDepth: 5,
  });
  const completion = fc.record({
    choices: fc.tuple(
      fc.record({ message: fc.record({ content: value, refusal: value }), finish_reason: value }, {
        requiredKeys: ["message"],
      }),
    ),
    usage: value,
  });
  const json = fc.oneof(value, completion).map((each) => JSON.stringify(each) ?? "");
  const status = fc.oneof(fc.constant(200), fc.integer({ min: 200, max: 599 }));
  fc.assert(fc.property(status, fc.oneof(json, fc.string()), (status, text) => {
    const outcome = readReply({ status, headers: new Headers({ location: key }) }, text, BODY, key);
    assertTrue(!JSON.stringify(outcome).includes(key), text);
    if (outcome.kind === "fault") assertTrue(outcome.text.length <= 600);
  }));
});
