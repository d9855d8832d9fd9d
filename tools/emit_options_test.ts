import { ROOT } from "../runner/mod.ts";
import { assertEquals } from "../tests/support/assert.ts";

/** Compiler options that change what Deno makes of a module; the others only change what is checked. */
const EMIT_OPTIONS = [
  "emitDecoratorMetadata",
  "experimentalDecorators",
  "inlineSourceMap",
  "inlineSources",
  "jsx",
  "jsxFactory",
  "jsxFragmentFactory",
  "jsxImportSource",
  "jsxPrecompileSkipElements",
  "sourceMap",
];

// Deno keeps one translation of each module. If host and sandbox had other options, each would throw away the other's and
// translate the whole framework again at every start, 0.1 s each time: .tsx files say by pragma what JSX is.
Deno.test("host and sandbox have modules translated alike", async () => {
  const options = async (file: string) => {
    const { compilerOptions = {} } = JSON.parse(await Deno.readTextFile(`${ROOT}/${file}`));
    return EMIT_OPTIONS.map((name) => [name, compilerOptions[name]]);
  };
  assertEquals(await options("deno.json"), await options("runner/sandbox/sandbox.json"));
});
