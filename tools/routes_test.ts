import { join } from "node:path";
import { ROOT } from "../runner/mod.ts";
import { assertEquals } from "../tests/support/assert.ts";
import { MANIFEST, manifestText } from "./routes.ts";

Deno.test("routes/manifest.ts is what `deno task routes` writes", async () => {
  assertEquals(await Deno.readTextFile(join(ROOT, MANIFEST)), manifestText(ROOT));
});

Deno.test("the manifest leaves out tests, itself, and of routes folders, of islands also files, that begin with '_'", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (const folder of ["routes/_parts", "routes/(group)", "islands/_impl", "islands/run", "static"]) {
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
    for (const file of ["counter.tsx", "counter_test.tsx", "times.ts", "_part.tsx", "_impl/plot.tsx", "run/view.tsx"]) {
      await Deno.writeTextFile(join(root, "islands", file), "");
    }
    const text = manifestText(root);
    assertEquals([...text.matchAll(/import \* as route\d+ from "(.*)"/g)].map(([, file]) => file), [
      "./(group)/_layout.tsx",
      "./index.tsx",
    ]);
    assertEquals([...text.matchAll(/import \* as island\d+ from "(.*)"/g)].map(([, file]) => file), [
      "../islands/counter.tsx",
      "../islands/run/view.tsx",
    ]);
    assertEquals(text.includes('"/run/view.tsx": island1,'), true);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
