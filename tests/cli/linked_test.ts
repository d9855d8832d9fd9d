/** A copy of llm-sim that is reached through a link. */

import { join } from "node:path";
import { ROOT } from "../../runner/mod.ts";
import { assertEquals, assertMatches } from "../support/assert.ts";
import { withFolder } from "./support.ts";

Deno.test("llm-sim works through a link to its folder, prompts and templates of its classes included", () =>
  withFolder(async (folder) => {
    await Deno.symlink(ROOT, join(folder, "linked"));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-A", "linked/main.ts", "domains", "economic", "--output", "output"],
      cwd: folder,
      stdin: "null",
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertMatches(new TextDecoder().decode(stdout), /^economic {2}/);
  }));
