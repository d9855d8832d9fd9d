import { join } from "node:path";
import { ROOT } from "../runner/mod.ts";
import { assertEquals } from "../tests/support/assert.ts";
import { MANIFEST, manifestText } from "./routes.ts";

Deno.test("routes/manifest.ts is what `deno task routes` writes", async () => {
  assertEquals(await Deno.readTextFile(join(ROOT, MANIFEST)), manifestText(ROOT));
});

Deno.test("the manifest has files loaded when they are asked for, pages with the islands in them, and leaves out tests and what begins with '_'", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (const folder of ["routes/_parts", "routes/(group)", "islands/_impl", "islands/run", "static"]) {
      await Deno.mkdir(join(root, folder), { recursive: true });
    }
    const routes = {
      "mod.ts": "",
      "manifest.ts": "",
      "health.ts": "",
      "index.tsx": `import { Box } from "./_parts/box.tsx";\nimport type { None } from "../islands/unused.tsx";`,
      "index_test.ts": "",
      "_parts/box.tsx": `export { View } from "../../islands/run/view.tsx";\nimport "./gone.tsx";`,
      "(group)/_layout.tsx": `import Counter from "../../islands/counter.tsx";`,
      "x.css": "",
    };
    const islands = {
      "counter.tsx": `import { plot } from "./_impl/plot.tsx";`,
      "counter_test.tsx": "",
      "times.ts": "",
      "unused.tsx": "",
      "_part.tsx": "",
      "_impl/plot.tsx": "",
      "run/view.tsx": "",
    };
    for (const [folder, files] of Object.entries({ routes, islands })) {
      for (const [file, text] of Object.entries(files)) await Deno.writeTextFile(join(root, folder, file), text);
    }
    const text = manifestText(root);
    const imports = [...text.matchAll(/import \* as (\w+) from "(.*)"/g)].map(([, name, file]) => [name, file]);
    assertEquals(imports, [
      ["route0", "./(group)/_layout.tsx"],
      // What a layout has in it is there from the start.
      ["island0", "../islands/counter.tsx"],
    ]);
    const [, lazy] = / {2}lazy: \{\n(.*?)\n {2}\},\n/s.exec(text)!;
    assertEquals(lazy!.split("\n").map((line) => line.trim()), [
      '"/health.ts": {',
      'load: () => import(at("./health.ts")),',
      "},",
      '"/index.tsx": {',
      'load: () => import(at("./index.tsx")),',
      "islands: {",
      '"/run/view.tsx": () => import(at("../islands/run/view.tsx")),',
      "},",
      "},",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
