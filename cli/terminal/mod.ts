/** What the command line shows on a terminal: live progress, sparklines, tables, compact numbers. */

export { formatAge, formatBytes, formatDuration, formatNumber } from "./format.ts";
export { LiveLines, type LiveLinesOptions, type Parts } from "./live_lines.ts";
export { bar, type Progress, type ProgressOptions, ProgressView } from "./progress.ts";
export { sparkline } from "./sparkline.ts";
export { statusStyle, styled, type TextStyle } from "./style.ts";
export { formatTable, type TableColumn, type TableOptions } from "./table.ts";
export { displayWidth, pad, plainText, truncate } from "./width.ts";
