import { assertEquals, assertRejects } from "../../tests/support/assert.ts";
import { KeptFiles } from "./kept_files.ts";

Deno.test("a file is read again when it was replaced, and only then", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const files = new KeptFiles<string>();
    let reads = 0;
    const get = (name: string) =>
      files.get(`${folder}/${name}`, () => {
        reads++;
        return Deno.readTextFile(`${folder}/${name}`);
      });
    const replace = async (name: string, text: string) => {
      await Deno.writeTextFile(`${folder}/new`, text);
      await Deno.rename(`${folder}/new`, `${folder}/${name}`);
    };
    await assertRejects(() => get("a"));
    await replace("a", "1");
    assertEquals([await get("a"), await get("a"), reads], ["1", "1", 2]);
    await replace("a", "2");
    assertEquals([await get("a"), await get("a"), reads], ["2", "2", 3]);
    await replace("large", "x".repeat(1 << 17));
    await get("large");
    await get("large");
    assertEquals(reads, 5);
    for (let i = 0; i < 60; i++) {
      await replace(`${i}`, `${i}`);
      await get(`${i}`);
    }
    assertEquals([await get("a"), await get("59"), reads], ["2", "59", 66]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
