/** Numbers, times and sizes in few characters, for terminals. */

/**
 * A number in at most eight characters or so: `0`, `0.0512`, `1,158`, `12.35k`, `3.4M`, `1.2e-7`; four significant digits.
 * NaN is `–`, infinities `∞` and `-∞`.
 */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  // Rounded first, so that 999,960 is 1M and not 1,000k.
  const rounded = Number(value.toPrecision(4));
  const size = Math.abs(rounded);
  if (size === 0) return "0";
  if (size < 1e-3 || size >= 1e15) return rounded.toExponential(1).replace("e+", "e");
  const [divisor, suffix] = size < 1e4
    ? [1, ""]
    : size < 1e6
    ? [1e3, "k"]
    : size < 1e9
    ? [1e6, "M"]
    : size < 1e12
    ? [1e9, "B"]
    : [1e12, "T"];
  return (rounded / divisor).toLocaleString("en-US", { maximumSignificantDigits: 4 }) + suffix;
}

/** Seconds as `0 ms`, `850 ms`, `12.3 s`, `4m 05s`, `2h 03m`, `3d 04h`. Negative or not finite: `–`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`;
}

/** Bytes as `512 B`, `1.5 KiB`, `16 MiB`: powers of 1024. Negative or not finite: `–`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let [value, unit] = [bytes, 0];
  // 1023.95 would be shown as 1024.0.
  while (value >= 1023.95 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}

/** How long ago `then` was: `just now`, `5m ago`, `3h ago`, `2d ago`, after 30 days its date; not a time: `–`. */
export function formatAge(then: Date | string, now: Date = new Date()): string {
  const time = typeof then === "string" ? Date.parse(then) : then.getTime();
  if (Number.isNaN(time)) return "–";
  const minutes = Math.floor((now.getTime() - time) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes}m ago`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ago`;
  if (minutes < 43_200) return `${Math.floor(minutes / 1440)}d ago`;
  return new Date(time).toISOString().slice(0, 10);
}
