/** `keys create|list|revoke`: who may use the server. */

import { didYouMean, SimError } from "../../framework/mod.ts";
import { KeyStore, type Scope, SCOPES } from "../../server/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { formatTable, plainText } from "../terminal/mod.ts";

/** Makes a key and prints it, this once. */
export async function create(
  terminal: Terminal,
  options: CommonOptions & { readonly scopes: string },
  [name]: string[],
): Promise<number> {
  const scopes = options.scopes.split(",").map((word) => scopeNamed(word.trim()));
  return await withKeys(options, (keys) => {
    const { key, kept } = keys.create(name!, [...new Set(scopes)]);
    terminal.document({ key, id: kept.id, name: kept.name, scopes: kept.scopes });
    terminal.print(key);
    terminal.note(`key '${plainText(kept.name)}' (${kept.id}) may ${kept.scopes.join(", ")}`);
    terminal.note("it is told only this once: what is kept is its hash");
    return EXIT.ok;
  });
}

/** Lists keys, those that were revoked too. */
export async function list(terminal: Terminal, options: CommonOptions): Promise<number> {
  return await withKeys(options, (keys) => {
    const all = keys.list().map(({ key_hash: _, ...key }) => key);
    terminal.document({ keys: all });
    if (all.length === 0) terminal.print("no keys");
    else {
      const columns = [
        { title: "id", value: (key: typeof all[number]) => key.id },
        { title: "name", value: (key: typeof all[number]) => plainText(key.name) },
        { title: "may", value: (key: typeof all[number]) => key.scopes.join(",") },
        { title: "made", value: (key: typeof all[number]) => key.created_at.slice(0, 10) },
        { title: "revoked", value: (key: typeof all[number]) => key.revoked_at?.slice(0, 10) ?? "" },
      ];
      terminal.print(formatTable(all, columns, { color: terminal.stdoutColor, maxWidth: terminal.columns }));
    }
    return EXIT.ok;
  });
}

/** Revokes keys: a running server refuses them within a second. */
export async function revoke(terminal: Terminal, options: CommonOptions, names: string[]): Promise<number> {
  return await withKeys(options, (keys) => {
    const revoked = names.map((name) => keys.revoke(name));
    terminal.document({ revoked: revoked.map(({ id, name }) => ({ id, name })) });
    for (const { id, name } of revoked) terminal.print(`revoked ${id} ${plainText(name)}`);
    return EXIT.ok;
  });
}

/** The keys beside the runs of this output folder. */
async function withKeys(options: CommonOptions, use: (keys: KeyStore) => number): Promise<number> {
  return await withApp(options, (_app, output) => Promise.resolve(use(new KeyStore(output))));
}

function scopeNamed(word: string): Scope {
  const scope = SCOPES.find((each) => each === word);
  if (scope !== undefined) return scope;
  throw new SimError("usage", `--scopes: there is no scope '${word}'`, { hint: didYouMean(word, SCOPES) });
}
