/** `export`: one run as CSV, JSON, HTML or SVG. */

import { asOutputError } from "../../runner/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { findRun, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { formatBytes } from "../terminal/mod.ts";

interface ExportOptions extends CommonOptions {
  readonly format: "csv" | "json" | "html" | "svg";
  readonly rows: "global" | "agents";
  readonly out?: string;
}

/** Writes the export to a file or to stdout. */
export async function exportRun(terminal: Terminal, options: ExportOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const id = await findRun(app, text!);
    const run = await app.exportRun(id);
    const exporters = await import("../../runner/export/mod.ts");
    const made = {
      csv: () => exporters.toCsv(run[options.rows]),
      json: () => exporters.toJson(run),
      html: () => exporters.toHtml(run),
      svg: () => exporters.toSvg(run),
    }[options.format]();
    const out = options.out ?? (terminal.stdoutIsTerminal || terminal.json ? `${id}.${options.format}` : undefined);
    if (out === undefined) {
      terminal.write(made);
      return EXIT.ok;
    }
    try {
      await Deno.writeTextFile(out, made);
    } catch (error) {
      throw asOutputError(error, out);
    }
    const bytes = new TextEncoder().encode(made).length;
    terminal.document({ run_id: id, format: options.format, file: out, bytes });
    terminal.print(`${out}  ${formatBytes(bytes)}`);
    return EXIT.ok;
  });
}
