/** Commands as the user types them. */

import { basename } from "node:path";

/** Options that a command needs again to find what another one made. */
export interface Places {
  readonly output?: string;
  readonly config?: string;
}

/** The command line of `words`, ready to be pasted into a shell. */
export function commandLine(words: readonly string[], { output, config }: Places = {}): string {
  const program = Deno.build.standalone ? [basename(Deno.execPath())] : ["deno", "task"];
  const places = [
    ...(output === undefined ? [] : ["--output", output]),
    ...(config === undefined ? [] : ["--config", config]),
  ];
  return [...program, ...words, ...places].map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w./:=@%+,~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
