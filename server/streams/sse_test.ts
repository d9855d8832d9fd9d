import { assertEquals } from "../../tests/support/assert.ts";
import { eventBlock, messagesAfter, withIds } from "./sse.ts";

const LINES = '{"id":7,"a":"x"}\n{"id":8,"a":"ü"}\n{"id":9}\n';
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("eventBlock: every line becomes a message with its number", () => {
  const block = eventBlock(LINES, 6)!;
  assertEquals([block.after, block.last], [6, 9]);
  assertEquals(
    text(block.bytes),
    'id: 7\nevent: event\ndata: {"id":7,"a":"x"}\n\nid: 8\nevent: event\ndata: {"id":8,"a":"ü"}\n\n' +
      'id: 9\nevent: event\ndata: {"id":9}\n\n',
  );
  assertEquals([eventBlock("", 6), eventBlock('{"id":7', 6)], [null, null]);
});

Deno.test("messagesAfter: the rest of a block, the same memory", () => {
  const block = eventBlock(LINES, 6)!;
  assertEquals(messagesAfter(block, 6), block.bytes);
  assertEquals(messagesAfter(block, 7).buffer, block.bytes.buffer);
  assertEquals(text(messagesAfter(block, 8)), 'id: 9\nevent: event\ndata: {"id":9}\n\n');
  assertEquals(text(messagesAfter(block, 9)), "");
});

Deno.test("withIds: each message under another id", () => {
  assertEquals(
    text(withIds(eventBlock(LINES, 6)!.bytes, 7, (id) => `a:${id},b:2`)).match(/^id: .*$/gm),
    ["id: a:7,b:2", "id: a:8,b:2", "id: a:9,b:2"],
  );
});
