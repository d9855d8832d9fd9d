/** Texts made up within the bounds of a JSON Schema. */

import type { JsonObject, Rng } from "../../framework/mod.ts";
import { PatternText } from "./pattern_text.ts";
import { patternsOf } from "./schema_merge.ts";

/** Longest text that is made, whatever is asked for. */
const LONGEST = 10_000;

/** A text that fits `minLength`, `maxLength`, `pattern` and `format`, as nearly as can be; `text` where it may be any. */
export function stringWithin(schema: JsonObject, random: Rng, text: string): string {
  const least = typeof schema.minLength === "number" ? Math.min(schema.minLength, LONGEST) : 0;
  const most = typeof schema.maxLength === "number" ? Math.min(schema.maxLength, LONGEST) : LONGEST;
  const patterned = matching(patternsOf(schema), { least, most }, random, text);
  if (patterned !== null) return patterned;
  const sample = SAMPLES[String(schema.format)];
  return sample !== undefined && sample.length >= least && sample.length <= most ? sample : fitted(text, least, most);
}

/** `text`, repeated until it is long enough, or cut. */
function fitted(text: string, least: number, most: number): string {
  let made = text;
  while (made.length < least) made += `; ${text}`;
  // A space at the end may be trimmed away, and the text be too short then.
  return made.length > most ? made.slice(0, most).replace(/ $/, ".") : made;
}

interface Lengths {
  readonly least: number;
  readonly most: number;
}

/** A text that matches all patterns; null when there are none, or some that are too intricate. */
function matching(patterns: readonly string[], lengths: Lengths, random: Rng, text: string): string | null {
  if (patterns.length === 0) return null;
  const parsed = patterns.map((pattern) => PatternText.parse(pattern));
  // A text that begins as one, and ends as another pattern asks; patterns without an end in between.
  const inOrder = parsed.filter((one) => one !== null).sort((a, b) => place(a) - place(b));
  if (inOrder.length < patterns.length) return null;
  let made = "";
  for (let tries = 0; tries < 40; tries++) {
    const share = {
      least: Math.floor(lengths.least / inOrder.length),
      most: Math.floor(lengths.most / inOrder.length),
    };
    made = inOrder.map((one) => one.make(random, text, share, tries)).join("");
    if (made.length < lengths.least && !inOrder.at(-1)!.endsText) made += fitted(text, 0, lengths.least - made.length);
    if (made.length >= lengths.least && made.length <= lengths.most) return made;
  }
  return made;
}

function place({ beginsText, endsText }: PatternText): number {
  return beginsText ? 0 : endsText ? 2 : 1;
}

/** Texts of formats that JSON Schema names, and of those that zod gives no pattern for, or one too intricate. */
const SAMPLES: { readonly [format: string]: string } = {
  "date-time": "2026-01-01T00:00:00Z",
  date: "2026-01-01",
  time: "00:00:00",
  duration: "P1D",
  email: "offline@example.org",
  hostname: "example.org",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.org/offline",
  uuid: "00000000-0000-4000-8000-000000000000",
  emoji: "🙂",
  jwt: "eyJhbGciOiJub25lIn0.e30.",
};
