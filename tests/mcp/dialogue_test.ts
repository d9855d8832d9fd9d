import { assertEquals } from "../support/assert.ts";
import { ERAS, withMcp } from "./clients.ts";
import { dialogue } from "./dialogue.ts";

for (const era of ERAS) {
  Deno.test(`three economic simulations, and which has the highest value: over HTTP, ${era}`, () =>
    withMcp(era, {}, async (client) => {
      assertEquals(client.client.getProtocolEra(), era);
      await dialogue(client);
    }));
}
