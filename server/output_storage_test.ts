import { assertEquals, assertTrue } from "../tests/support/assert.ts";
import { OutputStorage } from "./output_storage.ts";

Deno.test("files are counted at every depth, once a minute; a folder that is not there is empty", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-storage-" }));
  try {
    await Deno.mkdir(`${folder}/a/b`, { recursive: true });
    await Deno.writeTextFile(`${folder}/one`, "12345");
    await Deno.writeTextFile(`${folder}/a/b/two`, "123");
    await Deno.symlink("/", `${folder}/a/elsewhere`);
    const storage = new OutputStorage(folder);
    const use = await storage.use();
    assertEquals([use.folder, use.files, use.bytes], [folder, 2, 8]);
    assertTrue(use.disk === null || (use.disk.free > 0 && use.disk.total >= use.disk.free));
    await Deno.writeTextFile(`${folder}/three`, "1");
    assertEquals((await storage.use()).files, 2);
    const missing = await new OutputStorage(`${folder}/nowhere`).use();
    assertEquals([missing.files, missing.bytes, missing.disk], [0, 0, null]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
