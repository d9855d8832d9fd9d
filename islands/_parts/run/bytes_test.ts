import { assertEquals } from "../../../tests/support/assert.ts";
import { bytesText } from "./bytes.ts";

Deno.test("sizes are told by thousands", () => {
  const told = [0, 1, 999, 1000, 4240, 9950, 999_499, 999_500, 1_300_000_000, 4.2e15].map(bytesText);
  assertEquals(told, [
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1.0 kB",
    "4.2 kB",
    "10 kB",
    "999 kB",
    "1.0 MB",
    "1.3 GB",
    "4,200 TB",
  ]);
});
