import { assertEquals } from "../../tests/support/assert.ts";
import { Log } from "../log.ts";
import { KeyRing } from "./key_ring.ts";
import { KeyStore } from "./key_store.ts";
import { Sessions } from "./sessions.ts";

Deno.test("one key has its share of the sessions: beyond it its own oldest ends, nobody else's", async () => {
  const folder = await Deno.makeTempDir({ prefix: "llm-sim-sessions-" });
  try {
    const store = new KeyStore(folder);
    const [busy, quiet] = [store.create("busy", ["read"]).key, store.create("quiet", ["read"]).key];
    const log = new Log({ write: () => {}, flush: () => Promise.resolve() }, "error");
    const sessions = new Sessions(KeyRing.open({ folder, log }), { secure: false, most: 40 });
    const begin = (key: string) =>
      new Request("http://localhost/", { headers: { cookie: sessions.begin(key, "::1").cookie.split(";")[0]! } });
    const other = begin(quiet);
    const own = Array.from({ length: 50 }, () => begin(busy));
    assertEquals(sessions.of(other)?.name, "quiet");
    assertEquals(own.map((request) => sessions.of(request)?.name ?? null), [
      ...Array(40).fill(null),
      ...Array(10).fill("busy"),
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
