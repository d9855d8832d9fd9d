import { crc32 } from "node:zlib";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { filesZip } from "./files_zip.ts";
import { type ZipFile, zipped } from "./zip.ts";

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  try {
    await body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function bytesOf(stream: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob(await Array.fromAsync(stream)).arrayBuffer());
}

/** What an archive holds, found as unpackers find it: by the directory at its end. */
function unpacked(archive: Uint8Array<ArrayBuffer>): { [name: string]: string } {
  const view = new DataView(archive.buffer);
  const end = archive.length - 22;
  assertEquals(view.getUint32(end, true), 0x06054b50);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  assertEquals(at + view.getUint32(end + 12, true), end);
  const found: { [name: string]: string } = {};
  for (let i = 0; i < count; i++) {
    assertEquals(view.getUint32(at, true), 0x02014b50);
    const [checksum, size] = [view.getUint32(at + 16, true), view.getUint32(at + 24, true)];
    const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
    const start = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameLength));
    assertEquals(view.getUint32(start, true), 0x04034b50);
    const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    const content = archive.subarray(from, from + size);
    assertEquals(crc32(content), checksum, name);
    assertEquals(view.getUint32(from + size, true), 0x08074b50);
    found[name] = new TextDecoder().decode(content);
    at += 46 + nameLength + extraLength;
  }
  return found;
}

Deno.test("filesZip: everything in the folder, under its own names, and nothing that links lead to", async () => {
  await withFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/secret.txt`, "outside");
    const files = `${folder}/files`;
    Deno.mkdirSync(`${files}/deep/er`, { recursive: true });
    const contents: { [name: string]: string } = {
      "a.txt": "alpha",
      "empty.bin": "",
      "deep/er/größe.json": "{}",
      "deep/large.bin": "0123456789".repeat(30_000),
    };
    for (const [name, text] of Object.entries(contents)) Deno.writeTextFileSync(`${files}/${name}`, text);
    if (Deno.build.os !== "windows") {
      Deno.symlinkSync(`${folder}/secret.txt`, `${files}/link.txt`);
      Deno.symlinkSync(folder, `${files}/up`);
      Deno.writeTextFileSync(`${files}/..\\..\\evil.txt`, "no way out");
      contents[".._.._evil.txt"] = "no way out";
    }
    assertEquals(unpacked(await bytesOf(filesZip(files))), contents);
    assertEquals(unpacked(await bytesOf(filesZip(`${folder}/none`))), {});
  });
});

Deno.test("filesZip: a file that grows or shrinks while it is read leaves a whole archive", async () => {
  const file = (name: string, size: number, pieces: string[]): ZipFile => ({
    name,
    modified: new Date(0),
    size,
    content: async function* () {
      for (const piece of pieces) yield await Promise.resolve(new TextEncoder().encode(piece));
    },
  });
  const archive = await bytesOf(zipped([file("grown", 4, ["abc", "def", "ghi"]), file("shrunk", 9, ["abc"])]));
  assertEquals(unpacked(archive), { grown: "abcd", shrunk: "abc" });
});

Deno.test("filesZip: a reader that goes away leaves no file open", async () => {
  await withFolder(async (folder) => {
    Deno.writeFileSync(`${folder}/large.bin`, new Uint8Array(1 << 20));
    const reader = filesZip(folder).getReader();
    for (let i = 0; i < 3; i++) assertTrue(!(await reader.read()).done);
    // The resource sanitizer of the test finds what stays open.
    await reader.cancel();
  });
});

Deno.test("zipped: sizes beyond 4 GiB are told in 64 bits", async () => {
  const size = 5 * 2 ** 30;
  const huge: ZipFile = {
    name: "huge",
    modified: new Date(0),
    size,
    content: async function* () {
      yield await Promise.resolve(new TextEncoder().encode("only the beginning"));
    },
  };
  const archive = await bytesOf(zipped([huge]));
  const view = new DataView(archive.buffer);
  assertEquals([view.getUint16(4, true), view.getUint32(18, true), view.getUint16(28, true)], [45, 0xffff_ffff, 20]);
  // The descriptor behind the content has 8 bytes each.
  assertEquals(view.getBigUint64(30 + 4 + 20 + 18 + 8, true), 18n);
});
