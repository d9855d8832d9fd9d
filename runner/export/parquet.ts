/** Rows of a run as an Apache Parquet file. */

import { type BasicType, parquetWriteBuffer } from "hyparquet-writer";

/**
 * One column for every name in the rows: numbers are `DOUBLE`, true and false `BOOLEAN`, texts UTF-8, what else there is
 * JSON text. Rows that lack a value have null there.
 */
export function rowsParquet(rows: readonly { readonly [name: string]: unknown }[]): Uint8Array<ArrayBuffer> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columnData = names.map((name) => {
    const values = rows.map((row) => row[name] ?? null);
    const type = typeOf(values.filter((value) => value !== null));
    const data = values.map((value) => value === null || type !== "JSON" ? value : JSON.stringify(value));
    return { name, type: type === "JSON" ? "STRING" : type, nullable: true, data };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function typeOf(values: readonly unknown[]): Extract<BasicType, "DOUBLE" | "BOOLEAN" | "STRING"> | "JSON" {
  if (values.every((value) => typeof value === "number")) return "DOUBLE";
  if (values.every((value) => typeof value === "boolean")) return "BOOLEAN";
  return values.every((value) => typeof value === "string") ? "STRING" : "JSON";
}
