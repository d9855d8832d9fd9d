// deno-lint-ignore-file no-console
/** `deno task build`: builds the scripts of the pages, and lists them. A server does so itself when they are out of date. */

import { BUILT_SCRIPTS, currentScripts } from "../server/mod.ts";

const began = performance.now();
const scripts = await currentScripts({ always: true });
if (scripts === null) throw new Error("nothing was built");
const { files, starts } = scripts.built;
for (const [file, extents] of Object.entries(files)) {
  console.log(`${kilobytes(sizeOf(extents[""]))} ${kilobytes(sizeOf(extents.gzip))} gzip  ${file}`);
}
const total = gzipped(Object.keys(files));
console.log(
  `${Object.keys(files).length} scripts, ${total.trim()} gzip; without what is loaded later ${
    starts.map(({ file, needs }) => `${gzipped([file, ...needs]).trim()} (${file})`).join(", ")
  }`,
);
console.log(`in ${BUILT_SCRIPTS}, ${Math.round(performance.now() - began)} ms`);

function gzipped(names: readonly string[]): string {
  return kilobytes([...new Set(names)].reduce((sum, name) => sum + sizeOf(files[name]?.gzip), 0));
}

function sizeOf([start, end]: readonly [number, number] = [0, 0]): number {
  return end - start;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
