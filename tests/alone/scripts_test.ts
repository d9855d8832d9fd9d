/** The scripts that are built in this repository, which all servers on it share: nothing else may run meanwhile. */

import { join } from "node:path";
import { ROOT, withFolder } from "../cli/support.ts";
import { serve } from "../server/served.ts";
import { assertEquals, assertMatches } from "../support/assert.ts";

Deno.test("serve has the scripts of its pages, and builds them where they are out of date", async () => {
  await withFolder(async (folder) => {
    await Deno.remove(join(ROOT, "islands/.built/built.json")).catch(() => {});
    const logs: unknown[][] = [];
    for (let i = 0; i < 2; i++) {
      await using server = await serve(["--output", folder]);
      const page = await (await fetch(`${server.url}/runs`)).text();
      const [, boot] = /<script type="module" src="([^"]+)" nonce=/.exec(page) ?? [];
      const script = await fetch(server.url + boot);
      assertEquals([script.status, script.headers.get("content-type")], [200, "text/javascript; charset=utf-8"]);
      assertMatches(await script.text(), /shell_tree/);
      logs.push((await server.stop()).log.map(({ message }) => message));
    }
    assertEquals(logs.map((log) => log.includes("building the scripts of the pages…")), [true, false]);
  });
});
