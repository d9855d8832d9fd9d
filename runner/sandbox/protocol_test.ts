import { assertEquals, assertMatches, assertRejects, assertThrows } from "../../tests/support/assert.ts";
import { decodeFromChild, encodeFromChild, linesOf, MAX_LINE, PROTOCOL } from "./protocol.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function lines(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const parts = chunks.map((chunk) => typeof chunk === "string" ? bytes(chunk) : chunk);
  return Array.fromAsync(linesOf(ReadableStream.from(parts) as ReadableStream<Uint8Array>));
}

Deno.test("lines come out whole however the stream is cut", async () => {
  assertEquals(await lines("a\nb", "b\n", "\n", "c"), ["a", "bb", "", "c"]);
  const umlaut = bytes("ü\n");
  assertEquals(await lines(umlaut.slice(0, 1), umlaut.slice(1)), ["ü"]);
  assertEquals(await lines(), []);
});

Deno.test("a line that never ends is refused before it fills the memory", async () => {
  const mebibyte = new Uint8Array(1 << 20).fill(120);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += mebibyte.length;
      controller.enqueue(mebibyte);
    },
  });
  await assertRejects(() => Array.fromAsync(linesOf(endless)), "line_too_long");
  assertEquals(sent < MAX_LINE + (4 << 20), true);
});

Deno.test("a child's message is the same after its way to the host", () => {
  const message = { t: "progress", turn: 7, next_event_id: 12, row: { turn: 7, "metric.gini": 0.5 } } as const;
  const line = encodeFromChild("nonce:", message);
  assertMatches(line, /^\nnonce:\{.*\}\n$/);
  assertEquals(decodeFromChild(line.trim().slice("nonce:".length)), { ...message });
});

const BAD: Record<string, { text: string; message: RegExp }> = {
  "no JSON": { text: "{", message: /not JSON/ },
  "no object": { text: "7", message: /another protocol/ },
  "another version": {
    text: JSON.stringify({ v: PROTOCOL + 1, t: "heartbeat", rss_mb: 1, turn: 0 }),
    message: /version/,
  },
  "no version": { text: JSON.stringify({ t: "heartbeat", rss_mb: 1, turn: 0 }), message: /version/ },
  "an unknown kind": { text: JSON.stringify({ v: PROTOCOL, t: "won" }), message: /malformed/ },
  "a turn that is a path": {
    text: JSON.stringify({ v: PROTOCOL, t: "saved", turn: "../../manifest", numbered: true }),
    message: /malformed.*turn/s,
  },
  "a negative turn": { text: JSON.stringify({ v: PROTOCOL, t: "loaded", turn: -1 }), message: /malformed/ },
};
for (const [name, { text, message }] of Object.entries(BAD)) {
  Deno.test(`a child's line with ${name} is refused`, () => {
    assertMatches(assertThrows(() => decodeFromChild(text), "bad_message").message, message);
  });
}
