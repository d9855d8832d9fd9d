import { conversationSchema, environmentSchema } from "../../framework/scenario/conversation_schema.ts";
import { z } from "zod";
import { assertEquals, assertMatches } from "../support/assert.ts";
import { follow, output, page, ranWith, withRepository } from "./guide.ts";

const guide = await page("guide/conversations.md");

/** Names of all keys in a JSON Schema. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {} } = schema as { readonly properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(keysOf)];
}

Deno.test("'Conversations' explains every key of the section, and every word that a key may have", () => {
  const schemas = [conversationSchema, environmentSchema].map((each) =>
    z.toJSONSchema(each, { unrepresentable: "any" })
  );
  // Left out: words of JSON Schema, and the parts of a fault.
  const keys = new Set(schemas.flatMap(keysOf).filter((key) => !["properties", "code", "anyOf", "type"].includes(key)));
  const told = new Set(Array.from(guide.matchAll(/[a-z_]+/g), ([word]) => word));
  assertEquals([...keys].filter((key) => !told.has(key)), []);
  const values = Array.from(
    JSON.stringify(schemas).matchAll(/"enum":\[([^\]]*)\]/g),
    ([, list]) => JSON.parse(`[${list}]`),
  );
  assertEquals(values.flat().filter((value: string) => !guide.includes(`\`${value}\``)), []);
});

Deno.test("what 'Conversations' shows is what happens", () =>
  withRepository(async (folder) => {
    const ran = await follow(guide, folder);
    const trips = ranWith(ran, "--fail-under 1").stdout;
    assertMatches(trips, /^passed .* 2 aligned, 0 misaligned, 0 unclear$/m);
    assertMatches(trips, /end state unknown/);
    assertMatches(ranWith(ran, "do_nothing").stdout, /^not passed .* 0 aligned, 1 misaligned, 0 unclear$/m);
    assertMatches(ranWith(ran, "max_turns=2").stderr, /too_many_turns.*this host allows 1/);
    assertMatches(ranWith(ran, "max_turns=12").stdout, /^passed/m);
    assertEquals(output(ran, "sha256sum").split(" ")[0], output(ran, "simulated_user.seal").trim());
  }));
