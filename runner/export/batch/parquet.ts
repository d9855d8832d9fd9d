/** A batch as an Apache Parquet file. */

import { type BasicType, parquetWriteBuffer } from "hyparquet-writer";
import type { Json } from "../../../framework/mod.ts";
import type { BatchRow } from "../../batch/mod.ts";
import { batchColumns, type ColumnKind } from "./table.ts";

/**
 * A row a run: numbers are `DOUBLE`, counts `INT32`, seeds `INT64`, the rest `BOOLEAN` or UTF-8 text; values of a parameter
 * that are of several kinds are JSON text. The batch's id is in the file's metadata as `batch_id`.
 */
export function batchParquet(rows: readonly BatchRow[], id: string): Uint8Array<ArrayBuffer> {
  const columnData = batchColumns(rows).map(({ name, kind, required, values }) => ({
    name,
    type: TYPES[kind],
    nullable: !required,
    data: values.map((value) => value === null ? null : asStored(value, kind)),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata: [{ key: "batch_id", value: id }] }));
}

const TYPES: { readonly [kind in ColumnKind]: BasicType } = {
  int: "INT32",
  long: "INT64",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  text: "STRING",
  json: "STRING",
};

function asStored(value: Json, kind: ColumnKind): unknown {
  if (kind === "long") return BigInt(value as number);
  return kind === "json" ? JSON.stringify(value) : value;
}
