/** Values of DuckDB as JSON. */

import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  SQLNULL,
  VARCHAR,
} from "@duckdb/node-api";
import type { Json } from "../../framework/mod.ts";

/**
 * A value of a column of `type`. Whole numbers that JSON's readers would round are text, as are NaN and infinity; times
 * are ISO-8601 in UTC; what is JSON is that.
 */
export function toJson(value: DuckDBValue, type?: DuckDBType): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === "string") return type?.alias === "JSON" ? JSON.parse(value) as Json : value;
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    const inner = (type as { readonly valueType?: DuckDBType } | undefined)?.valueType;
    return value.items.map((item) => toJson(item, inner));
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, part]) => [name, toJson(part)]));
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map((entry) => [String(toJson(entry.key)), toJson(entry.value)]));
  }
  if (value instanceof DuckDBTimestampValue) {
    const date = new Date(Number(value.micros / 1000n));
    return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
  }
  return String(value);
}

/** A value to be bound, with its type. */
export interface BoundValue {
  readonly value: DuckDBValue;
  readonly type: DuckDBType;
}

/** A JSON value as one that can be bound: lists of plain values are lists, what is nested is JSON's text. */
export function fromJson(value: Json): BoundValue {
  if (value === null) return { value, type: SQLNULL };
  if (typeof value === "boolean") return { value, type: BOOLEAN };
  if (typeof value === "string") return { value, type: VARCHAR };
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? { value: BigInt(value), type: BIGINT } : { value, type: DOUBLE };
  }
  const isPlain = Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);
  if (!isPlain) return { value: JSON.stringify(value), type: VARCHAR };
  const items = value as readonly (number | string | boolean | null)[];
  if (items.every((item) => typeof item === "number")) return { value: new DuckDBListValue(items), type: LIST(DOUBLE) };
  const texts = items.map((item) => item === null ? null : String(item));
  return { value: new DuckDBListValue(texts), type: LIST(VARCHAR) };
}
