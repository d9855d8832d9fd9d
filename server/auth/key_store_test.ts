import { assertEquals, assertMatches, assertThrows } from "../../tests/support/assert.ts";
import { fromFileUrl } from "../../runner/paths.ts";
import { hashOf, KEY_FORM } from "./api_keys.ts";
import { KeyStore } from "./key_store.ts";

async function withFolder(body: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "llm-sim-keys-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a key is told once; what is kept is its hash, in a file for its owner alone", async () => {
  await withFolder((folder) => {
    const store = new KeyStore(`${folder}/output`);
    assertEquals(store.list(), []);
    const { key, kept } = store.create("ci", ["run"]);
    assertMatches(key, KEY_FORM);
    assertEquals(key.split("_")[1], kept.id);
    const text = Deno.readTextFileSync(store.path);
    assertEquals(text.includes(key.split("_")[2]!), false);
    const [listed] = store.list();
    assertEquals([listed?.name, listed?.scopes, listed?.key_hash], ["ci", ["run"], hashOf(key)]);
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(store.path).mode! & 0o777, 0o600);
  });
});

Deno.test("no key is like another", async () => {
  await withFolder((folder) => {
    const store = new KeyStore(folder);
    const keys = Array.from({ length: 20 }, (_, i) => store.create(`k${i}`, ["read"]).key);
    assertEquals(new Set(keys).size, 20);
  });
});

Deno.test("a revoked key stays listed as revoked, and its name is free again", async () => {
  await withFolder((folder) => {
    const store = new KeyStore(folder);
    const { kept } = store.create("ci", ["read"]);
    assertThrows(() => store.create("ci", ["read"]), "key_exists");
    assertEquals(store.revoke("ci").id, kept.id);
    assertThrows(() => store.revoke("ci"), "unknown_key");
    assertThrows(() => store.revoke(kept.id), "unknown_key");
    const second = store.create("ci", ["run"]).kept;
    assertEquals(store.revoke(second.id).name, "ci");
    assertEquals(store.list().map(({ revoked_at }) => revoked_at !== undefined), [true, true]);
  });
});

Deno.test("names that would break a list are refused", async () => {
  await withFolder((folder) => {
    const store = new KeyStore(folder);
    for (const name of ["", " a", "a\nb", "a\u001b[31m", "x".repeat(101)]) {
      assertThrows(() => store.create(name, ["read"]), "bad_key_name");
    }
    assertEquals(store.list(), []);
  });
});

Deno.test("a damaged file is an error that names it, and is left as it is", async () => {
  await withFolder((folder) => {
    const store = new KeyStore(folder);
    for (const text of ["", "{", "[]", '{"format":1,"keys":[{"id":"a"}]}']) {
      Deno.writeTextFileSync(store.path, text);
      assertMatches(assertThrows(() => store.list(), "bad_keys_file").message, /\.keys\.json/);
      assertThrows(() => store.create("a", ["read"]), "bad_keys_file");
      assertEquals(Deno.readTextFileSync(store.path), text);
    }
  });
});

Deno.test("processes that make keys at the same time lose none", async () => {
  await withFolder(async (folder) => {
    const script = `
      import { KeyStore } from ${JSON.stringify(new URL("./key_store.ts", import.meta.url).href)};
      const store = new KeyStore(Deno.args[0]);
      for (let i = 0; i < 10; i++) store.create(Deno.args[1] + i, ["read"]);
    `;
    const file = `${folder}/script.ts`;
    await Deno.writeTextFile(file, script);
    const config = fromFileUrl(new URL("../../deno.json", import.meta.url));
    const processes = ["a", "b", "c"].map((name) =>
      new Deno.Command("deno", {
        args: ["run", "-A", "--no-check", `--config=${config}`, file, `${folder}/output`, name],
        stdin: "null",
      }).output()
    );
    for (const { success, stderr } of await Promise.all(processes)) {
      assertEquals(success, true, new TextDecoder().decode(stderr));
    }
    assertEquals(new Set(new KeyStore(`${folder}/output`).list().map(({ name }) => name)).size, 30);
  });
});
