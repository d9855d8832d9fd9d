import { h } from "preact";
import { assertEquals, assertMatches, assertTrue } from "../tests/support/assert.ts";
import { statusOf, withServer } from "../tests/support/server.ts";
import { liveReload } from "./live_reload.ts";
import type { RouteManifest } from "./page.ts";

const routes: RouteManifest = { routes: { "/index.tsx": { default: () => h("p", null, "here") } }, statics: {} };

Deno.test("with live reload pages listen to which process answers, and are told of another one", async () => {
  const told: string[] = [];
  for (let i = 0; i < 2; i++) {
    await withServer({ routes, listen: { mounts: [liveReload], dev: true } }, async ({ fetch, stop }) => {
      const page = await fetch("/");
      const [, nonce] = /'nonce-([^']+)'/.exec(page.headers.get("content-security-policy")!)!;
      assertTrue((await page.text()).includes(`<script type="module" nonce="${nonce}">let first;new EventSource(`));
      const stream = await fetch("/dev/live");
      assertEquals(stream.headers.get("content-type"), "text/event-stream");
      // It ends with the server, and does not hold it.
      const [text] = await Promise.all([stream.text(), stop()]);
      told.push(text);
    });
  }
  assertMatches(told[0]!, /^retry: \d+\ndata: \S+\n\n$/);
  assertTrue(told[0] !== told[1]);
});

Deno.test("without it pages have no script, and there is nothing to listen to", async () => {
  await withServer({ routes }, async ({ fetch }) => {
    assertEquals(/<script/.test(await (await fetch("/")).text()), false);
    assertEquals(await statusOf(fetch("/dev/live")), 404);
  });
});
