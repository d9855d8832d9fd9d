// deno-lint-ignore-file no-console
/** `deno task build`: builds the scripts of the pages, and lists them. A server does so itself when they are out of date. */

import { join } from "node:path";
import { ROOT } from "../runner/mod.ts";
import { currentScripts } from "../server/mod.ts";

const began = performance.now();
const scripts = await currentScripts({ always: true });
if (scripts === null) throw new Error("nothing was built");
const { built, folder } = scripts;
let total = 0;
for (const file of built.files) {
  const path = join(folder, built.version, file);
  const [{ size }, { size: gzip }] = await Promise.all([Deno.stat(path), Deno.stat(`${path}.gz`)]);
  total += gzip;
  console.log(`${kilobytes(size)} ${kilobytes(gzip)} gzip  ${file}`);
}
const needs = Object.values(built.islands).flatMap((entry) => [entry.file, ...entry.needs]);
const first = new Set([built.boot.file, ...built.boot.needs, ...needs]);
let atFirst = 0;
for (const file of first) atFirst += (await Deno.stat(join(folder, built.version, `${file}.gz`))).size;
console.log(
  `${built.files.length} scripts, ${kilobytes(total).trim()} gzip, ${kilobytes(atFirst).trim()} of it at first`,
);
console.log(`in ${folder.slice(ROOT.length + 1)}, ${Math.round(performance.now() - began)} ms`);

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
