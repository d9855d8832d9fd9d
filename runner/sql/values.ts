/** Values of DuckDB as JSON. */

import {
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
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
