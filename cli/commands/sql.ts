/** `sql`: one SELECT over all runs. */

import { type Json, SimError } from "../../framework/mod.ts";
import type { QueryResult, QuerySchema } from "../../runner/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { formatTable, type TableColumn } from "../terminal/mod.ts";

interface SqlOptions extends CommonOptions {
  readonly schema?: boolean;
  readonly limit?: number;
  readonly timeout?: number;
  readonly memory?: number;
}

/** Prints the rows of a query, or the tables that one may name. */
export async function sql(terminal: Terminal, options: SqlOptions, [given]: string[]): Promise<number> {
  const limits = {
    ...(options.limit !== undefined && { limit: options.limit }),
    ...(options.timeout !== undefined && { timeout_seconds: options.timeout }),
    ...(options.memory !== undefined && { memory_mb: options.memory }),
  };
  return await withApp(options, async (app) => {
    if (options.schema === true) {
      const schema = await app.querySchema(limits);
      terminal.document(schema);
      terminal.print(schemaText(schema));
      return EXIT.ok;
    }
    const result = await app.query(given === undefined || given === "-" ? await fromStdin() : given, limits);
    const { columns, rows, truncated } = result;
    terminal.document({ columns, rows, truncated });
    terminal.print(table(result, terminal));
    if (truncated) terminal.note(`only the first ${rows.length} rows: --limit takes more, up to 16 MB of them`);
    return EXIT.ok;
  });
}

async function fromStdin(): Promise<string> {
  if (Deno.stdin.isTerminal()) {
    throw new SimError("usage", "there is no query", { hint: 'deno task sql "select * from runs"' });
  }
  return await new Response(Deno.stdin.readable).text();
}

function table({ columns, rows }: QueryResult, terminal: Terminal): string {
  const shown = columns.map(({ name, type }, i): TableColumn<readonly Json[]> => ({
    title: name,
    // Whole numbers and all digits: these are answers, not an overview.
    value: (row) => cell(row[i]!),
    align: /INT|DOUBLE|FLOAT|DECIMAL/.test(type) && !type.endsWith("]") ? "right" : "left",
  }));
  // What goes into a file or another program is not cut.
  const maxWidth = terminal.stdoutIsTerminal ? { maxWidth: terminal.columns } : {};
  return formatTable(rows, shown, { color: terminal.stdoutColor, ...maxWidth });
}

function cell(value: Json): string | null {
  return value === null || typeof value === "string" ? value : JSON.stringify(value);
}

function schemaText({ tables }: QuerySchema): string {
  return tables.map(({ name, description, columns }) => {
    const width = Math.max(...columns.map((column) => column.name.length));
    const lines = columns.map((column) => `  ${column.name.padEnd(width)}  ${column.type}`);
    return [`${name}: ${description}`, ...lines].join("\n");
  }).join("\n\n");
}
