/** What the page of a notebook adds to the style sheet of reports. */

import { LINE_COLORS } from "../../report/mod.ts";

/** The names by which charts know the colours of a page. */
const CHART_COLORS = `:root{--bg:var(--surface);${
  LINE_COLORS.map((_, i) => `--series-${i + 1}:var(--line-${i + 1})`).join(";")
}}`;

/** Prose at reading width, outputs wider, the source folded away. */
export const NOTEBOOK_CSS = `
${CHART_COLORS}
.prose{max-width:68ch;font-size:1.0625rem;line-height:1.65;overflow-wrap:break-word}
.prose>*{margin:1em 0 0}
.prose>:first-child{margin-top:0}
.prose+*,.cell+*{margin-top:28px}
.prose h1{font-size:2.25rem;line-height:1.15;margin-top:0}
.prose h2{font-size:1.375rem;margin-top:1.6em}
.prose h3{font-size:1.125rem;margin-top:1.4em}
.prose ul,.prose ol{padding-left:1.4em}
.prose a{color:var(--accent)}
.prose blockquote{margin-left:0;padding-left:16px;border-left:3px solid var(--border);color:var(--muted)}
.prose img{max-width:100%}
.prose table{width:auto}
header+.prose,header+.old{color:var(--muted);text-decoration:underline dotted var(--warn);text-underline-offset:.2em}
.cell{margin-top:28px}
header:not(:has(*)){display:none}
.old{color:var(--muted);text-decoration:underline dotted var(--warn);text-underline-offset:.2em}
.cell{margin-top:28px}
.cell-head{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline;margin-bottom:10px}
.cell .badge{padding:1px 9px}
.output.dimmed{padding-left:14px;border-left:3px solid var(--warn);color:var(--muted)}
.output.dimmed figure svg{opacity:.6}
.output>*+*,.output>.sentences,.notice+.output{margin-top:12px}
.output p.note{margin-top:6px}
.output table td,.output table th{overflow-wrap:break-word}
.output table code{overflow-wrap:break-word}
.number{font-variant-numeric:tabular-nums;white-space:nowrap}
.interval{display:block}
.runs{letter-spacing:.15em;font-weight:600;line-height:1.2}
.mark{background:none;font-weight:700}
.mark.plain{color:var(--muted)}
.hint{white-space:pre-wrap}
.value{font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
.expect,.provenance{margin-top:8px}
p.provenance{overflow-wrap:anywhere}
.cell details{margin-top:8px;font-size:.875rem}
.cell pre{padding:12px 16px}
.notice{margin-top:12px;padding:10px 16px}
.sentences{margin-bottom:0;padding-left:20px;max-width:76ch;overflow-wrap:anywhere}
.turns{list-style:none;margin:0;padding:0}
.turns>li{padding:14px 0;border-top:1px solid var(--border)}
.said{white-space:pre-wrap;overflow-wrap:anywhere;max-width:76ch;margin-top:6px}
.said b{display:block;font-size:.8125rem;font-weight:600;color:var(--muted)}
.did{white-space:normal;margin-top:2px}
.did code{overflow-wrap:anywhere}
.plot{font:12px system-ui,sans-serif;color:var(--text)}
.plot text{white-space:pre}
.plot.narrow{display:none}
@media screen and (max-width:640px){
.plot.wide{display:none}
.plot.narrow{display:block}
figure{padding:14px 12px 10px}
.charts.full figure{overflow:visible}
.charts.full svg{min-width:0}
}
@media print{.cell{break-inside:avoid-page}.cell details.source:not([open]){display:none}}
`;
