/** The style sheet of the HTML report. */

import { FONTS, LINE_COLORS, LINE_COLORS_DARK } from "./look.ts";

const lines = (colors: readonly string[]) => colors.map((color, i) => `--line-${i + 1}:${color}`).join(";");

const LIGHT = `--page:#f6f7f9;--surface:#ffffff;--text:#1b1f27;--muted:#5b5f6b;--border:#e2e5ea;--accent:#0072b2;
--good:#0b6b4a;--good-bg:#dff4ea;--warn:#7a4d00;--warn-bg:#fff0cf;--bad:#a31621;--bad-bg:#fde5e5;--plain-bg:#eceef2;
${lines(LINE_COLORS)}`;

const DARK = `--page:#0f1216;--surface:#171b21;--text:#e6e9ee;--muted:#a3a9b5;--border:#2b313a;--accent:#4da3e0;
--good:#6fdcb2;--good-bg:#12372a;--warn:#f5c467;--warn-bg:#3d2e0c;--bad:#ff9a9a;--bad-bg:#431a1d;--plain-bg:#272d36;
${lines(LINE_COLORS_DARK)}`;

/** Light and dark by the reader's system, light in print. */
export const REPORT_CSS = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
@media print{:root{color-scheme:light;${LIGHT};--page:#fff}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 ${FONTS}}
main{max-width:1040px;margin:0 auto;padding:48px 24px 24px}
h1{font-size:2.25rem;line-height:1.15;letter-spacing:-.015em;margin:0;font-weight:700;overflow-wrap:anywhere}
h2{font-size:1.25rem;line-height:1.3;margin:0 0 16px;font-weight:650}
p{margin:0}
code,pre{font-family:ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.875em;overflow-wrap:anywhere}
small{font-size:.65em;font-weight:400;color:var(--muted)}
section{margin-top:48px}
.eyebrow{color:var(--muted);font-size:.8125rem;letter-spacing:.06em;text-transform:uppercase;margin-bottom:8px}
.lead{font-size:1.0625rem;color:var(--muted);max-width:68ch;margin-top:12px;overflow-wrap:anywhere}
.badges{display:flex;flex-wrap:wrap;gap:8px;margin-top:20px}
.badge{padding:3px 11px;border-radius:999px;font-size:.8125rem;font-weight:600;overflow-wrap:anywhere}
.good{color:var(--good);background:var(--good-bg)}
.warn{color:var(--warn);background:var(--warn-bg)}
.bad{color:var(--bad);background:var(--bad-bg)}
.plain{color:var(--text);background:var(--plain-bg)}
.run-id{margin-top:14px;color:var(--muted);font-size:.875rem}
.notice{margin-top:24px;padding:16px 20px;border-radius:10px;border-left:5px solid currentColor;overflow-wrap:anywhere}
.notice ul{margin:8px 0 0;padding-left:20px}
.notice p+p{margin-top:6px}
.facts{display:flex;flex-wrap:wrap;margin:32px 0 0;background:var(--surface);border:1px solid var(--border);border-radius:12px;
overflow:hidden}
.facts>div{padding:16px 20px;flex:1 1 auto;min-width:110px;max-width:100%;box-shadow:1px 1px 0 var(--border)}
.facts dt{font-size:.8125rem;color:var(--muted)}
.facts dd{margin:4px 0 0;font-size:1.25rem;line-height:1.3;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.facts .wide{max-width:46ch}
.facts .wide dd{font-size:1.0625rem;line-height:1.45;padding-top:3px}
.note{color:var(--muted);font-size:.8125rem;font-weight:400}
.facts .note{display:block;line-height:1.45;margin-top:2px}
p.note{margin-top:16px}
.charts{display:grid;gap:16px}
.charts.half{grid-template-columns:repeat(auto-fit,minmax(min(400px,100%),1fr))}
figure{margin:0;padding:18px 20px 12px;background:var(--surface);border:1px solid var(--border);border-radius:12px;min-width:0}
figcaption{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline;margin-bottom:8px}
figcaption strong{font-weight:600;overflow-wrap:anywhere}
figure svg{display:block;width:100%;height:auto;overflow:visible}
.charts.half figure:only-child svg{max-width:640px}
@media screen and (max-width:640px){.charts.full figure{overflow-x:auto}.charts.full svg{min-width:620px}}
.marks{margin-top:16px;font-size:.8125rem;color:var(--muted)}
.marks ul{margin:4px 0 0;padding-left:20px}
.scroll{overflow-x:auto;border:1px solid var(--border);border-radius:12px;background:var(--surface)}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{padding:9px 16px;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--border)}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:.8125rem;font-weight:600;color:var(--muted);white-space:nowrap}
tbody th{font-weight:500;overflow-wrap:break-word;max-width:32ch}
td{overflow-wrap:anywhere}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.strong{font-weight:650}
.muted{color:var(--muted)}
.small{font-size:.8125rem}
.small th,.small td{padding:5px 12px}
.what{min-width:26ch}
.counts{max-width:640px}
.counts th,.counts td{padding:6px 16px 6px 0;border:0}
.counts tbody th{width:9em}
.counts .num{width:6em}
.bar span{display:block;height:10px;min-width:2px;border-radius:3px;background:var(--accent)}
.history{list-style:none;margin:0;padding:0}
.history li{display:flex;flex-wrap:wrap;gap:2px 20px;padding:6px 0 6px 18px;border-left:2px solid var(--border);position:relative}
.history li::before{content:"";position:absolute;left:-6px;top:14px;width:10px;height:10px;border-radius:50%;background:var(--accent)}
.history time{color:var(--muted);font-variant-numeric:tabular-nums;font-size:.875rem;min-width:11em}
details{margin-top:16px}
summary{cursor:pointer;font-weight:600;padding:4px 0}
summary:focus-visible,.scroll:focus-visible,pre:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
details>:not(summary){margin-top:8px}
pre{margin:0;padding:18px 20px;background:var(--surface);border:1px solid var(--border);border-radius:12px;overflow-x:auto;
line-height:1.55;tab-size:2;overflow-wrap:normal}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
footer{max-width:1040px;margin:32px auto 0;padding:20px 24px 48px;color:var(--muted);font-size:.8125rem}
@media (max-width:600px){main{padding-top:28px}h1{font-size:1.75rem}th,td{padding:8px 12px}}
@media print{
body{font-size:11pt}
main,footer{max-width:none;padding:0}
section{margin-top:28px}
h2{break-after:avoid}
figure,.facts,.notice,tr,.history li{break-inside:avoid}
.charts.half{grid-template-columns:1fr 1fr}
.scroll{overflow:visible}
thead{display:table-header-group}
table{font-size:9pt}
th,td{padding:5px 9px}
details::details-content{content-visibility:visible;display:block}
pre{white-space:pre-wrap}
.badge,.notice,.bar span,.history li::before{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;
