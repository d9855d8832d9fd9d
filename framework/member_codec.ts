/**
 * Populations as bytes: member ids where they are not 0 … rows − 1, then the columns, one after the other without gaps,
 * every number little endian.
 *
 * Law: `decodeMembers(layout, encodeMembers(members))` has the same ids and entries, bit for bit, and the same next id.
 */

import { SimError } from "./issue.ts";
import {
  BYTES_OF,
  type Column,
  type ColumnShape,
  type ColumnType,
  type MemberLayout,
  valueOf,
} from "./member_columns.ts";
import { badEntry, type Members, membersOf } from "./members.ts";
import { SCENARIO_LIMITS } from "./scenario/limits.ts";

/** What the bytes of a population mean. */
export interface PopulationHeader {
  /** Number of members. */
  readonly rows: number;
  /** Id of the next member to be made. */
  readonly next_id: number;
  /** Columns in the order in which they follow each other. */
  readonly columns: readonly ColumnShape[];
}

/** A population, encoded. */
export interface EncodedPopulation extends PopulationHeader {
  /** Its entry under `agents:`. */
  readonly name: string;
  /** Ids and columns. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type NumberArray = Column | Uint32Array<ArrayBuffer>;

const BYTES_OF_ID = 4;
const MACHINE_IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The members as bytes; what is handed out is a copy. */
export function encodeMembers(members: Members): EncodedPopulation {
  const { name, size: rows, next_id, columns } = members;
  const ids = members.ids as Uint32Array<ArrayBuffer>;
  const arrays: NumberArray[] = [
    ...(isCounting(ids) ? [] : [ids]),
    ...columns.map((shape) => members.column(shape.name) as Column),
  ];
  const bytes = new Uint8Array(arrays.reduce((sum, array) => sum + array.byteLength, 0));
  let at = 0;
  for (const array of arrays) {
    const part = bytes.subarray(at, at + array.byteLength);
    part.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    if (!MACHINE_IS_LITTLE) swapBytes(part, array.BYTES_PER_ELEMENT);
    at += array.byteLength;
  }
  return { name, rows, next_id, columns: columns.map(shapeOf), bytes };
}

/**
 * The population of these bytes.
 * @throws {SimError} `bad_checkpoint` when they are not its own: other columns, too short or long, impossible entries
 */
export function decodeMembers(layout: MemberLayout, encoded: EncodedPopulation): Members {
  const { name, rows, next_id, bytes } = encoded;
  const difference = columnDifference(encoded.columns, layout.columns);
  if (difference !== null) throw bad(name, difference);
  const withoutIds = bytesOfColumns(encoded);
  if (bytes.length !== withoutIds && bytes.length !== withoutIds + rows * BYTES_OF_ID) {
    throw bad(name, `${bytes.length} bytes are not those of ${rows} members`);
  }
  let at = 0;
  const take = <T extends NumberArray>(array: T): T => {
    const part = bytes.slice(at, at + array.byteLength);
    if (!MACHINE_IS_LITTLE) swapBytes(part, array.BYTES_PER_ELEMENT);
    new Uint8Array(array.buffer).set(part);
    at += array.byteLength;
    return array;
  };
  const ids = bytes.length === withoutIds ? null : take(new Uint32Array(rows));
  const columns = layout.columns.map((_, i) => take(layout.create(i, rows)));
  checkIds(name, ids, rows, next_id);
  for (const [index, column] of columns.entries()) {
    const wrong = layout.firstBad(index, column);
    if (wrong < 0) continue;
    throw bad(name, badEntry(layout, index, ids?.[wrong] ?? wrong, column[wrong]!));
  }
  return membersOf(name, layout, { columns, ids, size: rows, next_id });
}

/** Which entry of a population the byte at `at` belongs to; its `column` is `id` among the ids. */
export function entryAtByte(
  header: PopulationHeader,
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
): { readonly id: number; readonly column: string; readonly value: number | boolean | string } {
  const { rows, columns } = header;
  const withIds = bytes.length !== bytesOfColumns(header);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const idOf = (row: number) => withIds ? view.getUint32(row * BYTES_OF_ID, true) : row;
  let start = withIds ? rows * BYTES_OF_ID : 0;
  if (at < start) {
    const id = idOf(Math.floor(at / BYTES_OF_ID));
    return { id, column: "id", value: id };
  }
  for (const shape of columns) {
    const width = BYTES_OF[shape.type];
    const row = Math.floor((at - start) / width);
    if (row < rows) {
      return {
        id: idOf(row),
        column: shape.name,
        value: valueOf(shape, readEntry(view, shape.type, start + row * width)),
      };
    }
    start += rows * width;
  }
  throw new RangeError(`byte ${at} is not among the ${bytes.length} of ${rows} members`);
}

function readEntry(view: DataView, type: ColumnType, at: number): number {
  if (type === "float") return view.getFloat64(at, true);
  return type === "int" ? view.getInt32(at, true) : view.getUint8(at);
}

function bytesOfColumns({ rows, columns }: PopulationHeader): number {
  return columns.reduce((sum, { type }) => sum + rows * BYTES_OF[type], 0);
}

/** Turns the bytes of every entry around. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
}

function isCounting(ids: Uint32Array): boolean {
  // They ascend, so the last one tells.
  return ids.length === 0 || ids[ids.length - 1] === ids.length - 1;
}

function checkIds(name: string, ids: Uint32Array | null, rows: number, next_id: number): void {
  const last = ids === null ? rows - 1 : ids[rows - 1] ?? -1;
  const ascend = ids === null || ids.every((id, i) => i === 0 || id > ids[i - 1]!);
  if (rows > SCENARIO_LIMITS.count || !ascend || last >= next_id || next_id > 2 ** 32) {
    throw bad(name, `its ${rows} member ids do not ascend to below ${next_id}`);
  }
}

/** In what the columns of a population differ from those that a scenario declares, or null. */
function columnDifference(found: readonly ColumnShape[], declared: readonly ColumnShape[]): string | null {
  const shown = (columns: readonly ColumnShape[]) =>
    columns.map(({ name, type, values }) => `${name} (${values === undefined ? type : values.join(", ")})`).join(", ");
  const [own, wanted] = [shown(found), shown(declared)];
  return own === wanted ? null : `its columns are ${own || "none"}, the scenario's ${wanted || "none"}`;
}

/** Name, type and values alone: what is declared besides is not the checkpoint's. */
function shapeOf({ name, type, values }: ColumnShape): ColumnShape {
  return { name, type, ...(values !== undefined && { values }) };
}

function bad(name: string, problem: string): SimError {
  return new SimError("bad_checkpoint", `population '${name}' cannot be read: ${problem}`, {
    hint: "resume with the scenario that the run was started with",
  });
}
