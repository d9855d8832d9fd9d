import { assertEquals, assertMatches, assertThrows } from "../../tests/support/assert.ts";
import type { Scope } from "../context.ts";
import { Log } from "../log.ts";
import { hashOf } from "./api_keys.ts";
import { KeyRing } from "./key_ring.ts";
import { KeyStore } from "./key_store.ts";

/** Longer than the ring takes to look at its file again. */
const LATER = 600;

interface World {
  readonly folder: string;
  readonly log: Log;
  readonly lines: string[];
}

async function withFolder(body: (world: World) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "llm-sim-keys-" });
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line), flush: () => Promise.resolve() };
  try {
    await body({ folder, log: new Log(sink, "debug"), lines });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const later = () => new Promise((resolve) => setTimeout(resolve, LATER));

Deno.test("without keys none is needed, and nothing is one", async () => {
  await withFolder(({ folder, log }) => {
    const ring = KeyRing.open({ folder, log });
    assertEquals([ring.isNeeded, ring.holder(""), ring.holder("llmsim_a_b")], [false, null, null]);
  });
});

Deno.test("keys of the configuration and of the file are known by their hash, with what their scopes include", async () => {
  await withFolder(({ folder, log }) => {
    const { key, kept } = new KeyStore(folder).create("ci", ["run"]);
    const configured = [{ name: "boss", key_hash: hashOf("sk_legacy"), scopes: ["admin"] }] as const;
    const ring = KeyRing.open({ folder, configured, log });
    assertEquals(ring.isNeeded, true);
    assertEquals(ring.holder(key), { id: kept.id, name: "ci", scopes: new Set<Scope>(["read", "run"]) });
    assertEquals(ring.holder("sk_legacy"), {
      id: "config:boss",
      name: "boss",
      scopes: new Set<Scope>(["read", "run", "edit", "admin"]),
    });
    for (const wrong of ["sk_Legacy", key.slice(0, -1), `${key}x`, kept.key_hash, hashOf("sk_legacy"), ""]) {
      assertEquals(ring.holder(wrong), null, wrong);
    }
  });
});

Deno.test("a running server takes up keys that are made, and drops those that are revoked", async () => {
  await withFolder(async ({ folder, log }) => {
    const ring = KeyRing.open({ folder, log });
    const store = new KeyStore(folder);
    const { key, kept } = store.create("ci", ["read"]);
    await later();
    assertEquals([ring.isNeeded, ring.holder(key)?.name, ring.byId(kept.id)?.name], [true, "ci", "ci"]);
    store.revoke("ci");
    await later();
    // And stays closed: who revokes the last key does not mean to let in everybody.
    assertEquals([ring.isNeeded, ring.holder(key), ring.byId(kept.id)], [true, null, null]);
    await Deno.remove(store.path);
    await later();
    assertEquals(ring.isNeeded, true);
  });
});

Deno.test("a file of keys that breaks while the server runs lets nobody in, and the log says so", async () => {
  await withFolder(async ({ folder, log, lines }) => {
    const store = new KeyStore(folder);
    const { key } = store.create("ci", ["read"]);
    const ring = KeyRing.open({ folder, log });
    await Deno.writeTextFile(store.path, "{");
    await later();
    assertEquals([ring.isNeeded, ring.holder(key)], [true, null]);
    assertMatches(lines.join(""), /the file of keys cannot be read/);
    assertThrows(() => KeyRing.open({ folder, log }), "bad_keys_file");
  });
});

Deno.test("LLM_SIM_KEY_FILE is made with a key for everything when there is none, and read when there is", async () => {
  await withFolder(({ folder, log, lines }) => {
    const keyFile = `${folder}/key`;
    const first = KeyRing.open({ folder, keyFile, log });
    const key = Deno.readTextFileSync(keyFile).trim();
    assertEquals(first.holder(key)?.scopes, new Set(["read", "run", "edit", "admin"]));
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(keyFile).mode! & 0o777, 0o600);
    assertMatches(lines.join(""), /"a key was made"/);
    const secret = key.split("_")[2]!;
    assertEquals(lines.join("").includes(secret), false);
    const second = KeyRing.open({ folder, keyFile, log });
    assertEquals(second.holder(key)?.id, "key-file");
    Deno.writeTextFileSync(keyFile, `${key}\n${key}\n`);
    const error = assertThrows(() => KeyRing.open({ folder, keyFile, log }), "bad_key_file");
    assertEquals(error.message.includes(secret), false);
    assertThrows(() => KeyRing.open({ folder, keyFile: `${folder}/none/key`, log }), "bad_key_file");
  });
});
