/** Follows pages of the guide as a reader would: writes their files into an empty folder and runs their commands there. */

import { dirname, join } from "node:path";
import { fromFileUrl } from "../../runner/paths.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** No model is found on whichever machine this is, and no key of its owner is used. */
const NO_MODELS: Environment = {
  OPENAI_API_KEY: "",
  OPENAI_BASE_URL: "",
  DASHSCOPE_API_KEY: "",
  OPENROUTER_API_KEY: "",
  LLM_BASE_URL: "",
  LLM_API_KEY: "",
  LLM_MODEL: "",
  OLLAMA_HOST: "127.0.0.1:9",
};

/** Milliseconds that a service may take to start. */
const STARTING_TIME = 60_000;

/** Variables by name. */
type Environment = Readonly<Record<string, string>>;

type Step =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "command"; readonly command: string; readonly exit: number }
  /** A command that goes on in another terminal. */
  | { readonly kind: "service"; readonly command: string }
  | { readonly kind: "variable"; readonly name: string; readonly value: string };

/** A command that has been run. */
export interface Ran {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is otherwise here than on the reader's machine. */
export interface Surroundings {
  /** Variables that are set before the first command. */
  readonly env?: Environment;
  /** What stands in the page, such as a port, and what takes its place. */
  readonly replace?: Readonly<Record<string, string>>;
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

/** Hands `body` a folder in which the commands of the repository work, and which has an output and settings of its own. */
export async function withRepository<T>(body: (folder: string) => Promise<T>): Promise<T> {
  return await withWorld(async (folder) => {
    const config = await Deno.readTextFile(join(ROOT, "deno.json"));
    const there = config.replaceAll(" main.ts ", ` ${ROOT}/main.ts `).replaceAll(
      '"./framework/',
      `"${ROOT}/framework/`,
    );
    await Deno.writeTextFile(join(folder, "deno.json"), there);
    for (const name of ["framework", "runner", "scenarios", "tests"]) {
      await Deno.symlink(join(ROOT, name), join(folder, name));
    }
    return await body(folder);
  });
}

/** Writes all files of a page into `folder`. */
export async function writeFiles(markdown: string, folder: string): Promise<void> {
  for (const step of stepsOf(markdown)) if (step.kind === "file") await write(step.path, step.text, folder);
}

/**
 * Writes files and runs commands of a page in their order. Fails when a command exits otherwise than the page says. What
 * goes on in another terminal is ended with the page, or when it is started anew.
 */
export async function follow(
  markdown: string,
  folder: string,
  { env = {}, replace = {} }: Surroundings = {},
): Promise<Ran[]> {
  const ran: Ran[] = [];
  const services = new Map<string, Deno.ChildProcess>();
  let variables: Environment = { ...NO_MODELS, ...env };
  try {
    for (const step of stepsOf(replaced(markdown, replace))) {
      switch (step.kind) {
        case "file":
          await write(step.path, step.text, folder);
          break;
        case "command":
          ran.push(await run(step.command, folder, step.exit, variables));
          break;
        case "service":
          await stopped(services.get(step.command));
          services.set(step.command, await started(step.command, folder));
          break;
        case "variable":
          variables = { ...variables, [step.name]: step.value };
      }
    }
  } finally {
    for (const service of services.values()) await stopped(service);
  }
  return ran;
}

function replaced(markdown: string, replace: Readonly<Record<string, string>>): string {
  let text = markdown;
  for (const [there, here] of Object.entries(replace)) {
    assertTrue(text.includes(there), `the page does not have: ${there}`);
    text = text.replaceAll(there, here);
  }
  return text;
}

/** What the first command that contains `part` printed. */
export function output(ran: readonly Ran[], part: string): string {
  return ranWith(ran, part).stdout;
}

/** The first command that contains `part`. */
export function ranWith(ran: readonly Ran[], part: string): Ran {
  const found = ran.find(({ command }) => command.includes(part));
  assertTrue(found, `no command of the page contains: ${part}`);
  return found;
}

/** A port that nobody listens on. */
export function freePort(): string {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return String(port);
}

/**
 * The steps of a page: each code block that begins with a comment holding a path is a file, each line of an `sh` block a
 * command, or `export NAME=value`, or `unset NAME`; each line of a `console` block a command of another terminal. A
 * command exits with 0, or as the comment behind it says: `# exits with 2`.
 */
function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, language, text]): Step[] => {
    const lines = () => text!.trim().replaceAll("\\\n", " ").split("\n");
    if (language === "sh") return lines().map(lineOf);
    if (language === "console") return lines().map((command) => ({ kind: "service", command }));
    const [, path] = /^(?:\/\/|#) (\S+\.\w+)\n/.exec(text!) ?? [];
    if (path !== undefined) return [{ kind: "file", path, text: text! }];
    // Of a prompt, which has no comments, the file begins below the line that names it.
    const [, prompt, below] = /^<!-- (\S+\.\w+) -->\s*\n([\s\S]*)$/.exec(text!) ?? [];
    return prompt === undefined ? [] : [{ kind: "file", path: prompt, text: below! }];
  });
}

function lineOf(line: string): Step {
  const [, set, value, unset] = /^(?:export (\w+)=(\S+)|unset (\w+))(?:\s+#.*)?$/.exec(line) ?? [];
  if (set !== undefined) return { kind: "variable", name: set, value: value! };
  if (unset !== undefined) return { kind: "variable", name: unset, value: "" };
  const [, exit] = /# exits with (\d+)/.exec(line) ?? [];
  return { kind: "command", command: line, exit: Number(exit ?? 0) };
}

async function write(path: string, text: string, folder: string): Promise<void> {
  const file = join(folder, path);
  await Deno.mkdir(dirname(file), { recursive: true });
  // Where llm-sim is, is the one thing that every reader has to fill in.
  await Deno.writeTextFile(file, path === "deno.json" ? text.replaceAll("../llm-sim/", `${ROOT}/`) : text);
}

/** Types a command into a shell in `folder`. Fails when it exits with another code than `exit`. */
export async function run(command: string, folder: string, exit = 0, env: Environment = NO_MODELS): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command("sh", { ...shell(command, folder, env) }).output();
  const ran = { command, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  assertEquals(code, exit, `${command}\n${ran.stdout}${ran.stderr}`);
  return ran;
}

/** Starts a command that goes on, and waits until it has said where it serves. */
async function started(command: string, folder: string): Promise<Deno.ChildProcess> {
  const options = shell(`exec ${command} 2>&1`, folder, {});
  const child = new Deno.Command("sh", { ...options, stdout: "piped", stderr: "null" }).spawn();
  const tooLate = setTimeout(() => child.kill("SIGTERM"), STARTING_TIME);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("http://")) {
    const { done, value } = await reader.read();
    if (done) break;
    said += value;
  }
  clearTimeout(tooLate);
  if (said.includes("http://")) {
    await reader.cancel();
    return child;
  }
  await child.status;
  throw new Error(`it ended before it said where it serves: ${command}\n${said}`);
}

async function stopped(child: Deno.ChildProcess | undefined): Promise<void> {
  if (child === undefined) return;
  try {
    child.kill("SIGTERM");
  } catch {
    // It has ended by itself.
  }
  await child.status;
}

function shell(command: string, folder: string, env: Environment): Deno.CommandOptions {
  return {
    args: ["-c", command],
    cwd: folder,
    // The test itself may have been started with `deno task`.
    env: { INIT_CWD: "", NO_COLOR: "1", ...env },
    stdin: "null",
  };
}
