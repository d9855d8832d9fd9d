import { assertEquals, assertRejects } from "../../tests/support/assert.ts";
import { listFiles, openFile } from "./files_list.ts";

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  try {
    Deno.mkdirSync(`${folder}/files/deep/er`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/secret`, "secret");
    Deno.writeTextFileSync(`${folder}/files/a <b>.txt`, "first");
    Deno.writeTextFileSync(`${folder}/files/deep/er/b.txt`, "second");
    Deno.symlinkSync(`${folder}/secret`, `${folder}/files/link`);
    Deno.symlinkSync(folder, `${folder}/files/out`);
    await body(`${folder}/files`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("files are listed by path with their sizes; links are not", async () => {
  await withFolder(async (folder) => {
    await Promise.resolve();
    const told = (most: number) => listFiles(folder, most).map(({ path, bytes }) => [path, bytes]);
    assertEquals(told(10), [["a <b>.txt", 5], ["deep/er/b.txt", 6]]);
    assertEquals(told(1), [["a <b>.txt", 5]]);
    assertEquals(listFiles(`${folder}/nowhere`, 10), []);
  });
});

Deno.test("a file is read; nothing outside of the folder is", async () => {
  await withFolder(async (folder) => {
    const { bytes, content } = await openFile(folder, "deep/er/b.txt");
    assertEquals([bytes, await new Response(content).text()], [6, "second"]);
    const wrong = ["..", "../secret", "deep/../../secret", "link", "out/secret", "deep", "", "/", "deep/", "a\0b"];
    for (const path of [...wrong, `${folder}/a <b>.txt`, "deep//er/b.txt", "./a <b>.txt"]) {
      await assertRejects(() => openFile(folder, path), "unknown_file");
    }
  });
});
