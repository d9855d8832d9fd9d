/** `schema`: the JSON Schema of scenarios. */

import { scenarioJsonSchema } from "../../framework/scenario/mod.ts";
import { asOutputError } from "../../runner/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import type { Terminal } from "../terminal.ts";

/** Prints the schema or writes it to a file. */
export async function schema(terminal: Terminal, options: CommonOptions & { out?: string }): Promise<number> {
  const made = scenarioJsonSchema();
  if (options.out === undefined) {
    terminal.write(JSON.stringify(made, null, 2) + "\n");
    return EXIT.ok;
  }
  try {
    await Deno.writeTextFile(options.out, JSON.stringify(made, null, 2) + "\n");
  } catch (error) {
    throw asOutputError(error, options.out);
  }
  terminal.document({ file: options.out });
  terminal.print(options.out);
  return EXIT.ok;
}
