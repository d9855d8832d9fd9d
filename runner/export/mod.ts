/**
 * Exports of one run, from memory: rows as CSV, everything as JSON, charts as SVG, a report as HTML. Reads and writes no
 * files. It loads Observable Plot, so command lines import it only when they export.
 */

export { toCsv } from "./csv.ts";
export { toJson } from "./json.ts";
export { type ChartOptions, type LineChartOptions, lineChartSvg, toSvg } from "./charts.ts";
export { toHtml } from "./report.ts";
export { thinned } from "./series.ts";
export {
  type EventMark,
  type EventSummary,
  type ExportManifest,
  type ExportScenario,
  type Row,
  type RunExport,
  summarizeEvents,
} from "./run.ts";
