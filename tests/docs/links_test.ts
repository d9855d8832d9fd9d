import { dirname, join } from "node:path";
import { fromFileUrl } from "../../runner/paths.ts";
import { assertEquals } from "../support/assert.ts";

const DOCS = fromFileUrl(new URL("../../docs/", import.meta.url));

Deno.test("links between the pages of docs/guide and docs/reference lead to a page and a heading that are there", async () => {
  const broken: string[] = [];
  for (const folder of ["guide", "reference"]) {
    for await (const { name } of Deno.readDir(join(DOCS, folder))) {
      if (!name.endsWith(".md")) continue;
      const page = join(DOCS, folder, name);
      const text = await Deno.readTextFile(page);
      for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (!/^\w+:/.test(link!) && !await leadsSomewhere(link!, page)) broken.push(`${folder}/${name}: ${link}`);
      }
    }
  }
  assertEquals(broken, []);
});

async function leadsSomewhere(link: string, from: string): Promise<boolean> {
  const [path, heading] = link.split("#") as [string, string?];
  const target = path === "" ? from : join(dirname(from), path);
  const text = await Deno.readTextFile(target).catch(() => null);
  return text !== null && (heading === undefined || headingsOf(text).includes(heading));
}

/** The anchors that headings have on GitHub. */
function headingsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-")
  );
}
