/** Follows pages of the guide as a reader would: writes their files into an empty folder and runs their commands there. */

import { dirname, join } from "node:path";
import { fromFileUrl } from "../../runner/paths.ts";
import { assertEquals } from "../support/assert.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

interface FileStep {
  readonly path: string;
  readonly text: string;
}

interface CommandStep {
  readonly command: string;
  readonly exit: number;
}

/** A command that has been run. */
export interface Ran {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The text of a page, such as `guide/domains.md`. */
export function page(path: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, "docs", path));
}

/** Hands `body` an empty folder with another one for the world in it, which is gone afterwards. */
export async function withWorld<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-guide-" }));
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes all files of a page into `folder`. */
export async function writeFiles(markdown: string, folder: string): Promise<void> {
  for (const step of stepsOf(markdown)) if ("path" in step) await write(step, folder);
}

/** Writes files and runs commands of a page in their order. Fails when a command exits otherwise than the page says. */
export async function follow(markdown: string, folder: string): Promise<Ran[]> {
  const ran: Ran[] = [];
  for (const step of stepsOf(markdown)) {
    if ("path" in step) await write(step, folder);
    else ran.push(await run(step.command, folder, step.exit));
  }
  return ran;
}

/**
 * The steps of a page: each code block that begins with a comment holding a path is a file, each line of an `sh` block a
 * command. A command exits with 0, or as the comment behind it says: `# exits with 2`.
 */
function stepsOf(markdown: string): (FileStep | CommandStep)[] {
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(
    ([, language, text]): (FileStep | CommandStep)[] => {
      if (language === "sh") return text!.trim().replaceAll("\\\n", " ").split("\n").map(commandOf);
      const [, path] = /^(?:\/\/|#) (\S+\.\w+)\n/.exec(text!) ?? [];
      return path === undefined ? [] : [{ path, text: text! }];
    },
  );
}

function commandOf(line: string): CommandStep {
  const [, exit] = /# exits with (\d+)/.exec(line) ?? [];
  return { command: line, exit: Number(exit ?? 0) };
}

async function write({ path, text }: FileStep, folder: string): Promise<void> {
  const file = join(folder, path);
  await Deno.mkdir(dirname(file), { recursive: true });
  // Where llm-sim is, is the one thing that every reader has to fill in.
  await Deno.writeTextFile(file, path === "deno.json" ? text.replaceAll("../llm-sim/", `${ROOT}/`) : text);
}

/** Types a command into a shell in `folder`. Fails when it exits with another code than `exit`. */
export async function run(command: string, folder: string, exit = 0): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", command],
    cwd: folder,
    // The test itself may have been started with `deno task`.
    env: { INIT_CWD: "", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const ran = { command, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  assertEquals(code, exit, `${command}\n${ran.stdout}${ran.stderr}`);
  return ran;
}
