/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { signal } from "@preact/signals";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { statusOf, withServer } from "../tests/support/server.ts";
import { islandName, knowIslands, renderBody } from "./islands.tsx";
import type { PageProps, RouteManifest } from "./page.ts";
import { BUILT_FORMAT, Scripts } from "./scripts.ts";

function Leaf({ text }: { readonly text: string }) {
  return <i>{text}</i>;
}
function Tree({ text, children }: { readonly text: string; readonly children?: ComponentChildren }) {
  return (
    <div>
      <Leaf text={text} />
      {children}
    </div>
  );
}
function Labelled({ label }: { readonly label: string }) {
  const id = useId();
  return (
    <label for={id}>
      {label}
      <input id={id} />
    </label>
  );
}
const islands = { "/leaf.tsx": { default: Leaf, help: "text" }, "/deep/tree.tsx": { Tree, Labelled } };
knowIslands(islands);

Deno.test("islands are found wherever they stand in a page, each with its props, by file and export", () => {
  const { html, islands, props } = renderBody(
    <main>
      <Leaf text="a" />
      <p>
        <Tree text="b" />
      </p>
      <Leaf text="c" />
    </main>,
  );
  assertEquals([islands, props], [["leaf", "deep/tree"], [{ text: "a" }, { text: "b" }, { text: "c" }]]);
  const open = (island: string, place: number, part = "") =>
    `<fresh-island data-island="${island}"${part} data-place="${place}" style="display:contents">`;
  assertEquals(
    html,
    `<main>${open("leaf", 0)}<i>a</i></fresh-island>` +
      // What is inside an island is that island's.
      `<p>${open("deep/tree", 1, ' data-part="Tree"')}<div><i>b</i></div></fresh-island></p>` +
      `${open("leaf", 2)}<i>c</i></fresh-island></main>`,
  );
  assertEquals(renderBody(<main>{islandName("/deep/tree.tsx")}</main>), {
    html: "<main>deep/tree</main>",
    islands: [],
    props: [],
  });
});

Deno.test("an island cannot be given elements, and the page that tries says where", () => {
  const error = assertThrows(() =>
    renderBody(
      <Tree text="a">
        <b>no</b>
      </Tree>,
    ), "island_props");
  assertMatches(error.message, /'children' of the island deep\/tree is an element/);
});

Deno.test("ids of islands differ from each other", () => {
  const { html } = renderBody(
    <main>
      <Labelled label="a" />
      <Labelled label="b" />
    </main>,
  );
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assertEquals(ids.length, 2);
  assertTrue(ids[0] !== ids[1], ids.join());
});

const HOSTILE = `</script><script>alert("1")</script><!-- <script> 'x' & \u2028`;

const manifest: RouteManifest = {
  routes: {
    "/_layout.tsx": {
      default: ({ children }: { children: ComponentChildren }) => children,
      styles: ["a.css", "b.css"],
    },
    "/plain.tsx": { default: () => <p>plain</p> },
    "/some.tsx": {
      default: () => (
        <main>
          <Leaf text={HOSTILE} />
        </main>
      ),
      styles: ["c.css", "a.css"],
    },
    "/kept.tsx": {
      handler: { GET: () => ({ data: null, status: 200, headers: {}, same: "same" }) },
      default: () => <Leaf text={`${++times}`} />,
    },
    "/nonce.tsx": { default: ({ context }: PageProps) => <p>{context.nonce}</p> },
    "/wrong.tsx": {
      default: () => (
        <Tree text="">
          <b />
        </Tree>
      ),
    },
  },
  islands,
  statics: Object.fromEntries(["a", "b", "c"].map((name) => [`/${name}.css`, new TextEncoder().encode(`${name} {}`)])),
};
let times = 0;

const scripts = new Scripts({
  format: BUILT_FORMAT,
  sources: { stamp: "", hash: "" },
  from: [],
  version: "v1",
  files: { "boot.js": { "": [0, 4], br: [4, 10], gzip: [10, 16] }, "leaf.js": { "": [16, 20] } },
  starts: [{ islands: ["leaf", "deep/tree"], file: "boot.js", needs: ["chunk-A.js", "chunk-B.js"] }],
}, new TextEncoder().encode("bootbrotlizippedleaf"));

Deno.test("a page with islands loads the boot script with its nonce, and from the start all that it needs", async () => {
  await withServer({ routes: manifest, listen: { scripts } }, async ({ fetch }) => {
    const page = await fetch("/some");
    const [, nonce] = /script-src 'nonce-([^']+)';/.exec(page.headers.get("content-security-policy")!)!;
    const html = await page.text();
    assertTrue(html.includes(`<script type="module" src="/islands/v1/boot.js" nonce="${nonce}">`), html);
    const preloaded = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)" nonce="([^"]+)"\/>/g)];
    assertEquals(preloaded.map(([, href]) => href), [
      "/islands/v1/chunk-A.js",
      "/islands/v1/chunk-B.js",
    ]);
    assertTrue(preloaded.every(([, , of]) => of === nonce));
    const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, href]) => href);
    assertMatches(styles.join(" "), /^\/static\/sheets\/[\w-]+\.css\?v=[\w-]+$/);
    const sheet = await fetch(styles[0]!);
    assertEquals([await sheet.text(), sheet.headers.get("cache-control")], [
      "a {}\nb {}\nc {}",
      "public, max-age=31536000, immutable",
    ]);
  });
});

Deno.test("props end neither their element nor the page, whatever is in them", async () => {
  await withServer({ routes: manifest, listen: { scripts } }, async ({ fetch }) => {
    const html = await (await fetch("/some")).text();
    assertEquals(html.match(/<script/g)?.length, 2, html);
    const [, json] = /<script type="application\/json" id="page-islands">(.*?)<\/script><\/body>/s.exec(html)!;
    assertEquals(JSON.parse(json!), { props: [{ text: HOSTILE }] });
    assertTrue(!json!.includes("<"));
  });
});

Deno.test("pages without islands have no script, nor have any where none are built", async () => {
  for (const [path, of] of [["/plain", scripts], ["/some", null]] as const) {
    await withServer({ routes: manifest, listen: { scripts: of } }, async ({ fetch }) => {
      const page = await fetch(path);
      assertEquals([page.status, /<script|modulepreload/.test(await page.text())], [200, false], path);
    });
  }
});

Deno.test("a page that is shown again has the nonce of this time", async () => {
  await withServer({ routes: manifest, listen: { scripts } }, async ({ fetch }) => {
    const seen = new Set<string>();
    const before = times;
    for (let i = 0; i < 3; i++) {
      const page = await fetch("/kept");
      const [, nonce] = /'nonce-([^']+)'/.exec(page.headers.get("content-security-policy")!)!;
      assertTrue((await page.text()).includes(`boot.js" nonce="${nonce}"`));
      seen.add(nonce!);
    }
    assertEquals(seen.size, 3);
    assertTrue(times < before + 3, "it was shown again");
  });
});

Deno.test("a page that gives an island what cannot be sent fails in the log, not in the browser", async () => {
  await withServer({ routes: manifest, listen: { scripts } }, async ({ fetch, logLines }) => {
    assertEquals(await statusOf(fetch("/wrong")), 500);
    assertTrue(logLines().some(({ level, code }) => level === "error" && code === "island_props"));
  });
});

Deno.test("scripts are sent for good, compressed as it is understood, and nothing beside them", async () => {
  await withServer({ routes: manifest, listen: { scripts } }, async ({ fetch, url }) => {
    const codings: [accepted: string, coding: string | null, text: string][] = [
      ["gzip, deflate, br, zstd", "br", "brotli"],
      ["br;q=0, gzip;q=0.5", "gzip", "zipped"],
      ["identity", null, "boot"],
    ];
    const { hostname, port } = new URL(url);
    for (const [accepted, coding, text] of codings) {
      const { head, body } = await raw(hostname, Number(port), "/islands/v1/boot.js", accepted);
      assertEquals([head.get("content-encoding") ?? null, body], [coding, text], accepted);
      assertEquals(head.get("content-type"), "text/javascript; charset=utf-8");
      assertEquals(head.get("cache-control"), "public, max-age=31536000, immutable");
      assertEquals(head.get("vary"), "accept-encoding");
    }
    assertEquals(await (await fetch("/islands/v1/leaf.js")).text(), "leaf");
    for (
      const path of ["/islands/v0/boot.js", "/islands/v1/none.js", "/islands/v1/", "/islands/v1/..%2f..%2fdeno.json"]
    ) {
      const answer = await fetch(path);
      await answer.body?.cancel();
      assertEquals(answer.status, 404, path);
    }
  });
});

/** Asks without a client that unpacks what is compressed. */
async function raw(hostname: string, port: number, path: string, accepted: string) {
  using connection = await Deno.connect({ hostname, port });
  const request =
    `GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept-encoding: ${accepted}\r\nconnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const text = await new Response(connection.readable).text();
  const [head, body] = text.split("\r\n\r\n") as [string, string];
  return {
    head: new Map(head.split("\r\n").slice(1).map((line) => line.split(": ", 2) as [string, string])),
    body,
  };
}

Deno.test("signals of a page are told by their value", () => {
  const count = signal("now");
  const { props } = renderBody(
    <main>
      <Leaf text={count as unknown as string} />
    </main>,
  );
  assertEquals(props, [{ text: { $: "signal", id: 0, value: "now" } }]);
});
