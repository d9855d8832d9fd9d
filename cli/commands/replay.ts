/** `replay`: plays a run again and compares every file. */

import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { findRun, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { plainText } from "../terminal/mod.ts";

/** Replays a run; the last line is `identical` or the first divergence. */
export async function replay(
  terminal: Terminal,
  options: CommonOptions & { keep?: boolean },
  [text]: string[],
): Promise<number> {
  return await withApp(options, async (app) => {
    const id = await findRun(app, text!);
    const report = await app.replay(id, options.keep ? { keep: true } : {});
    terminal.document(report);
    if (report.code_changed) {
      terminal.note(`note: framework, Deno, domain or settings have changed since '${id}' was played`);
    }
    terminal.print(`replayed ${report.turns} turns of ${id}`);
    if (report.folder !== null) terminal.print(`kept in ${report.folder}`);
    const { divergence } = report;
    if (divergence === null) {
      terminal.print("identical");
      return EXIT.ok;
    }
    terminal.print(`  recorded  ${plainText(divergence.recorded)}`);
    terminal.print(`  replayed  ${plainText(divergence.replayed)}`);
    terminal.print(`diverges in ${divergence.file}, ${divergence.place}`);
    return EXIT.failed;
  });
}
