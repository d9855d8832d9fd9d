import { assertEquals } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { scanLines } from "./lines.ts";
import { withFolder } from "./tape_test_support.ts";

/** What is said of a line, its bytes as text. */
async function scanned(
  path: string,
  longest?: number,
): Promise<[offset: number, length: number, text: string | null][]> {
  const found: [number, number, string | null][] = [];
  for await (const { offset, length, bytes } of scanLines(path, longest)) {
    found.push([offset, length, bytes && new TextDecoder().decode(bytes)]);
  }
  return found;
}

/** The same, of a text that is in memory. */
function expected(text: string, longest = Infinity): [number, number, string | null][] {
  let offset = 0;
  return text.split("\n").slice(0, -1).map((line) => {
    const at = offset;
    offset += line.length + 1;
    return [at, line.length, line.length > longest ? null : line];
  });
}

Deno.test("scanLines: gives every whole line with its place, and none that is too long to be held", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lines`;
    const line = fc.oneof(fc.nat(3), fc.nat(60), fc.nat(300)).map((length) => "x".repeat(length));
    const property = fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.nat(100), fc.boolean(), async (...given) => {
      const [lines, longest, isWhole] = given;
      const text = lines.join("\n") + (isWhole ? "\n" : "");
      Deno.writeTextFileSync(path, text);
      assertEquals(await scanned(path, longest), expected(text, longest));
      assertEquals(await scanned(path), expected(text));
    });
    await fc.assert(property);
  });
});

Deno.test("scanLines: lines longer than what is read at once are given whole", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lines`;
    const lengths = [3 << 20, 0, (256 << 10) - 1, 256 << 10, 5, (1 << 20) + 1, 7];
    const text = lengths.map((length, i) => String(i).repeat(length)).join("\n");
    Deno.writeTextFileSync(path, text);
    assertEquals(await scanned(path), expected(text));
    assertEquals(await scanned(path, 300 << 10), expected(text, 300 << 10));
    assertEquals(await scanned(`${folder}/nothing`), []);
  });
});
