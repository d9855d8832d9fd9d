import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { assertEquals, assertTrue } from "../tests/support/assert.ts";
import { codingFor, encoded } from "./codings.ts";

Deno.test("the best coding is taken that is understood and there", () => {
  assertEquals(codingFor("gzip, deflate, br, zstd"), "br");
  assertEquals(codingFor("gzip, deflate, br", (coding) => coding !== "br"), "gzip");
  assertEquals(codingFor("br;q=0, GZIP ; q=0.5"), "gzip");
  for (const accepted of [null, "", "identity", "brotli", "br;q=0"]) {
    assertEquals(codingFor(accepted), "", `${accepted}`);
  }
});

Deno.test("what is compressed is the same again, and smaller", () => {
  const bytes = new TextEncoder().encode('<td class="number">12,345</td>'.repeat(1000));
  for (const effort of ["quick", "small"] as const) {
    const [br, gzip] = [encoded(bytes, "br", effort), encoded(bytes, "gzip", effort)];
    assertEquals(new Uint8Array(brotliDecompressSync(br)), bytes);
    assertEquals(new Uint8Array(gunzipSync(gzip)), bytes);
    assertTrue(Math.max(br.length, gzip.length) < bytes.length / 50);
  }
  assertEquals(encoded(bytes, "", "quick"), bytes);
});
