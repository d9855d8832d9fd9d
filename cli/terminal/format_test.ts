import { assertEquals } from "../../tests/support/assert.ts";
import { formatAge, formatBytes, formatDuration, formatNumber } from "./format.ts";

function table<T>(format: (value: T) => string, cases: readonly (readonly [T, string])[]): void {
  for (const [value, expected] of cases) assertEquals(format(value), expected, `${String(value)}`);
}

Deno.test("formatNumber: four significant digits, suffixes from 10,000 on", () => {
  table(formatNumber, [
    [0, "0"],
    [-0, "0"],
    [0.05123, "0.05123"],
    [0.051234567, "0.05123"],
    [1157.6, "1,158"],
    [9999.96, "10k"],
    [12_345, "12.35k"],
    [999_960, "1M"],
    [3_400_000, "3.4M"],
    [2.5e9, "2.5B"],
    [7e12, "7T"],
    [1e15, "1.0e15"],
    [1.23e-7, "1.2e-7"],
    [-42.5, "-42.5"],
  ]);
});

Deno.test("formatNumber: what is no finite number has a sign of its own", () => {
  table(formatNumber, [[NaN, "–"], [Infinity, "∞"], [-Infinity, "-∞"]]);
});

Deno.test("formatDuration: never shows sixty of a unit", () => {
  table(formatDuration, [
    [0, "0 ms"],
    [0.85, "850 ms"],
    [0.9996, "1.0 s"],
    [12.34, "12.3 s"],
    [59.94, "59.9 s"],
    [59.96, "1m 00s"],
    [245, "4m 05s"],
    [3599.6, "1h 00m"],
    [7380, "2h 03m"],
    [86_399, "23h 59m"],
    [273_600, "3d 04h"],
    [-1, "–"],
    [Infinity, "–"],
    [NaN, "–"],
  ]);
});

Deno.test("formatBytes: powers of 1024, one decimal, never 1024 of a unit", () => {
  table(formatBytes, [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [1024 * 1024 - 1, "1 MiB"],
    [16 * 1024 ** 2, "16 MiB"],
    [3.25 * 1024 ** 3, "3.3 GiB"],
    [-1, "–"],
    [NaN, "–"],
  ]);
});

Deno.test("formatAge: minutes, hours, days, then the date; the future is now", () => {
  const now = new Date("2026-11-22T12:00:00Z");
  table((then: string) => formatAge(then, now), [
    ["2026-11-22T11:59:30Z", "just now"],
    ["2026-11-22T12:00:09Z", "just now"],
    ["2026-11-22T11:55:00Z", "5m ago"],
    ["2026-11-22T09:00:00Z", "3h ago"],
    ["2026-11-20T11:00:00Z", "2d ago"],
    ["2026-01-02T03:04:05Z", "2026-01-02"],
    ["yesterday", "–"],
  ]);
  assertEquals(formatAge(new Date("2026-11-22T11:00:00Z"), now), "1h ago");
});
