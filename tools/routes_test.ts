import { join } from "node:path";
import { ROOT } from "../runner/mod.ts";
import { assertEquals } from "../tests/support/assert.ts";
import { MANIFEST, manifestText } from "./routes.ts";

Deno.test("routes/manifest.ts is what `deno task routes` writes", async () => {
  assertEquals(await Deno.readTextFile(join(ROOT, MANIFEST)), manifestText(ROOT));
});

Deno.test("the manifest leaves out tests, itself, and folders that begin with '_'", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (const folder of ["routes/_parts", "routes/(group)", "static"]) {
      await Deno.mkdir(join(root, folder), { recursive: true });
    }
    const files = [
      "mod.ts",
      "manifest.ts",
      "index.tsx",
      "index_test.ts",
      "_parts/box.tsx",
      "(group)/_layout.tsx",
      "x.css",
    ];
    for (const file of files) await Deno.writeTextFile(join(root, "routes", file), "");
    const text = manifestText(root);
    assertEquals([...text.matchAll(/import \* as route\d+ from "(.*)"/g)].map(([, file]) => file), [
      "./(group)/_layout.tsx",
      "./index.tsx",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
