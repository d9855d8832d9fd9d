/** Scenarios that say where a model is: whom a key is sent to is the host's to say, not theirs. */

import { runToEnd } from "../support/app.ts";
import { assertEquals, assertRejects, assertTrue } from "../support/assert.ts";
import { assertCompleted, talk, withModels } from "./world.ts";

const EVIL = "https://evil.example";

Deno.test("a scenario that names a URL is refused before anything is written: provider, model, host, roles and agents", async () => {
  await withModels({}, async (app, server) => {
    const scenarios: [string, string][] = [
      [talk({ llm: `{ provider: "${EVIL}/v1" }` }), "url_in_scenario"],
      [talk({ llm: `{ provider: test, model: "${EVIL}/m" }` }), "url_in_scenario"],
      [talk({ llm: `{ provider: test, roles: { agent: { provider: "${EVIL}" } } }` }), "url_in_scenario"],
      [talk().replace("type: talker,", `type: talker, llm: { provider: "${EVIL}" },`), "url_in_scenario"],
      [talk({ llm: `{ host: "${EVIL}:11434" }` }), "host_not_allowed"],
      [talk({ llm: `{ host: "http://127.0.0.1.evil.example" }` }), "host_not_allowed"],
      [talk({ llm: `{ host: "${server.origin.replace("http", "file")}" }` }), "invalid_value"],
      [talk({ llm: '{ host: "http://key@127.0.0.1:1" }' }), "invalid_value"],
      [talk({ llm: '{ provider: "host:evil.example:443" }' }), "host_not_allowed"],
    ];
    for (const [text, code] of scenarios) {
      const refused = await assertRejects(() => app.start({ text })) as Error & { code: string; issues?: unknown };
      assertTrue(JSON.stringify([refused.code, refused.issues ?? ""]).includes(code), `${code}: ${refused.message}`);
    }
    assertEquals([(await app.list()).runs.length, server.received], [0, 0]);
  });
});

Deno.test("a legacy host is asked where it is this machine's, without any key, or the configuration knows it", async () => {
  await withModels({ key: undefined as never }, async (app, server) => {
    const known = await runToEnd(app, { text: talk({ turns: 1, llm: `{ host: "${server.origin}" }` }) });
    assertCompleted(known);
    // It is the configured provider, with its key.
    assertEquals(known.models, ["test test-model"]);
    assertTrue(server.requests.every(({ authorization }) => authorization));
    server.reset();
    const free = await runToEnd(app, {
      text: talk({
        turns: 1,
        llm: `{ host: "${server.origin.replace("127.0.0.1", "localhost")}", model: test-model }`,
      }),
    });
    assertCompleted(free);
    assertEquals(server.received, 3);
    assertTrue(server.requests.every(({ authorization }) => !authorization));
  });
});
