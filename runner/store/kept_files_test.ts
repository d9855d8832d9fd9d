import { assertEquals, assertRejects } from "../../tests/support/assert.ts";
import { KeptFiles } from "./kept_files.ts";

Deno.test("a file is read again when it was replaced, and only then", async () => {
  const folder = await Deno.makeTempDir();
  try {
    let later = 1000;
    const files = new KeptFiles<string>(() => Date.now() + later);
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
    await replace("a", "two");
    assertEquals([await get("a"), await get("a"), reads], ["two", "two", 3]);
    await replace("large", "x".repeat(1 << 17));
    await get("large");
    await get("large");
    assertEquals(reads, 5);
    for (let i = 0; i < 60; i++) {
      await replace(`${i}`, `${i}`);
      await get(`${i}`);
    }
    assertEquals([await get("a"), await get("59"), reads], ["two", "59", 66]);
    // What is this young may have been replaced again unseen.
    later = -10_000;
    await replace("young", "1");
    await get("young");
    await get("young");
    assertEquals(reads, 68);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
