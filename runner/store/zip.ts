/**
 * A zip archive that is made while it is read: files as they are, not compressed, with sizes and checksums behind each
 * (APPNOTE 6.3.10). Files and archives beyond 4 GiB have the 64-bit fields. Packages for this leave files open when their
 * reader goes away.
 */

import { crc32 } from "node:zlib";

/** A file of the archive. */
export interface ZipFile {
  /** Path in the archive, with `/`. */
  readonly name: string;
  readonly modified: Date;
  /** Bytes that are expected; what comes counts, but not more than this. */
  readonly size: number;
  /** What is in it, piece by piece. */
  readonly content: () => AsyncIterable<Uint8Array>;
}

const LARGE = 0xffff_ffff;
/** Sizes follow the content; names are UTF-8. */
const FLAGS = 0x0808;

/** The archive, piece by piece. */
export async function* zipped(
  files: AsyncIterable<ZipFile> | Iterable<ZipFile>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for await (const file of files) {
    const name = new TextEncoder().encode(file.name);
    const isLarge = file.size >= LARGE;
    const start = offset;
    const head = fields(
      [4, 0x04034b50],
      [2, isLarge ? 45 : 20],
      ...common(file.modified),
      [4, 0],
      ...sizes(0, isLarge),
      [
        2,
        name.length,
      ],
      [2, isLarge ? 20 : 0],
    );
    yield joined(head, name, ...(isLarge ? [fields([2, 1], [2, 16], [8, 0], [8, 0])] : []));
    offset += head.length + name.length + (isLarge ? 20 : 0);
    let checksum = 0;
    let size = 0;
    for await (const piece of file.content()) {
      const kept = new Uint8Array(piece.subarray(0, file.size - size));
      checksum = crc32(kept, checksum);
      size += kept.length;
      if (kept.length > 0) yield kept;
      if (size >= file.size) break;
    }
    const width = isLarge ? 8 : 4;
    const tail = fields([4, 0x08074b50], [4, checksum], [width, size], [width, size]);
    yield tail;
    offset += size + tail.length;
    directory.push(directoryEntry(file.modified, name, { checksum, size, start }));
  }
  for (const entry of directory) yield entry;
  const length = directory.reduce((sum, entry) => sum + entry.length, 0);
  yield directoryEnd(directory.length, length, offset);
}

function directoryEntry(
  modified: Date,
  name: Uint8Array,
  { checksum, size, start }: { readonly checksum: number; readonly size: number; readonly start: number },
): Uint8Array<ArrayBuffer> {
  const isLarge = size >= LARGE || start >= LARGE;
  const extra = isLarge ? fields([2, 1], [2, 24], [8, size], [8, size], [8, start]) : new Uint8Array();
  const head = fields(
    [4, 0x02014b50],
    // Made on Unix: the attributes below are its permissions.
    [2, 0x0300 + 45],
    [2, isLarge ? 45 : 20],
    ...common(modified),
    [4, checksum],
    ...sizes(size, isLarge),
    [2, name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0o100644 * 0x10000],
    [4, isLarge ? LARGE : start],
  );
  return joined(head, name, extra);
}

function directoryEnd(count: number, length: number, offset: number): Uint8Array<ArrayBuffer> {
  const isLarge = count >= 0xffff || length >= LARGE || offset >= LARGE;
  const shown = isLarge ? 0xffff : count;
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], [2, shown], [2, shown], [4, isLarge ? LARGE : length], [
    4,
    isLarge ? LARGE : offset,
  ], [2, 0]);
  if (!isLarge) return end;
  const large = fields(
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, length],
    [
      8,
      offset,
    ],
  );
  return joined(large, fields([4, 0x07064b50], [4, 0], [8, offset + length], [4, 1]), end);
}

type Field = readonly [bytes: 2 | 4 | 8, value: number];

/** Flags, method (stored) and time. */
function common(modified: Date): Field[] {
  const year = Math.min(Math.max(modified.getUTCFullYear(), 1980), 2107);
  const time = modified.getUTCHours() << 11 | modified.getUTCMinutes() << 5 | modified.getUTCSeconds() >> 1;
  const date = (year - 1980) << 9 | (modified.getUTCMonth() + 1) << 5 | modified.getUTCDate();
  return [[2, FLAGS], [2, 0], [2, time], [2, date]];
}

function sizes(size: number, isLarge: boolean): Field[] {
  return [[4, isLarge ? LARGE : size], [4, isLarge ? LARGE : size]];
}

/** Little-endian numbers, one after the other. */
function fields(...list: readonly Field[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(list.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of list) {
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
