import { assertEquals } from "../tests/support/assert.ts";
import { commandLine } from "./command_line.ts";

Deno.test("a command line names the places that the user gave, and no others", () => {
  assertEquals(commandLine(["resume", "growth_01"]), "deno task resume growth_01");
  assertEquals(
    commandLine(["resume", "growth_01"], { output: "../runs", config: "my.yaml" }),
    "deno task resume growth_01 --output ../runs --config my.yaml",
  );
});

Deno.test("words that a shell would take apart are quoted", () => {
  assertEquals(commandLine([], { output: "my runs" }), "deno task --output 'my runs'");
  assertEquals(commandLine([], { output: "it's $HOME" }), `deno task --output 'it'\\''s $HOME'`);
  assertEquals(commandLine([""]), "deno task ''");
});
