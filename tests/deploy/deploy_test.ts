/**
 * What is there to deploy with, as far as it can be checked without Docker and without systemd as process 1: that it names
 * what exists, and that the server runs from exactly the files that an image gets.
 */

import { join } from "node:path";
import { parse } from "yaml";
import { buildProgram } from "../../cli/program.ts";
import denoJson from "../../deno.json" with { type: "json" };
import { ROOT } from "../../runner/mod.ts";
import { posted } from "../support/server.ts";
import { removeFolder } from "../support/folders.ts";
import { freePort } from "../docs/guide.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";

const text = (path: string) => Deno.readTextFileSync(join(ROOT, path));
const dockerfile = text("Dockerfile").replaceAll("\\\n", " ");
const compose = parse(text("docker-compose.yml"));
const unit = text("deploy/llm-sim.service");
/** Words of the task, which say what the server is permitted. */
const TASK = denoJson.tasks.serve.command.split(" ");

/** Words after an instruction of the Dockerfile, of each time it is there. */
function instructions(name: string): string[] {
  return [...dockerfile.matchAll(new RegExp(`^\\s*${name} (.+)$`, "gm"))].map(([, words]) => words!.trim());
}

/** What each COPY brings from the build context. */
const COPIED = instructions("COPY").filter((words) => !words.includes("--from=")).map((words) => {
  const paths = words.split(/\s+/).filter((word) => !word.startsWith("--"));
  return { sources: paths.slice(0, -1), target: paths.at(-1)! };
});

/** What `.dockerignore` leaves in: a list of names, and patterns of files below them that stay out. */
function isLeftIn(path: string): boolean {
  const lines = text(".dockerignore").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assertEquals(lines[0], "*", "everything is left out that is not named");
  const named = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  const [top] = path.split("/");
  return named.includes(top!) && !/_test\.tsx?$/.test(path);
}

Deno.test("every COPY source exists and is left in the build context", () => {
  const sources = COPIED.flatMap(({ sources }) => sources.map((source) => source.replace(/\/$/, "")));
  assertTrue(sources.length > 10);
  for (const source of sources) {
    assertTrue(Deno.statSync(join(ROOT, source)), source);
    assertTrue(isLeftIn(source), `.dockerignore leaves out ${source}`);
  }
  const named = text(".dockerignore").split("\n").filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  assertEquals(named.sort(), sources.sort());
});

Deno.test("the image has this Deno, and what is started is the task, with options that it has", () => {
  assertMatches(dockerfile, new RegExp(`npm install --global deno@${Deno.version.deno.replaceAll(".", "\\.")}\\b`));
  const image: string[] = JSON.parse(instructions("CMD").find((words) => words.includes("serve"))!);
  const service = /^ExecStart=\/usr\/local\/bin\/(.+)$/m.exec(unit)![1]!.split(" ");
  const serve = buildProgram(() => {}).commands.find((command) => command.name() === "serve")!;
  const known = serve.options.map(({ long }) => long);
  for (const words of [image, service]) {
    assertEquals(words.slice(0, TASK.length), TASK);
    for (const word of words.slice(TASK.length).filter((each) => each.startsWith("--"))) {
      assertTrue(known.includes(word), `serve has no ${word}`);
    }
  }
  assertTrue(!instructions("USER").includes("root") && instructions("USER").length === 1, "not as root");
});

Deno.test("compose publishes what the image serves, on this machine alone, and keeps its data in a volume", () => {
  const { server } = compose.services;
  const image: string[] = JSON.parse(instructions("CMD").find((words) => words.includes("serve"))!);
  const option = (name: string) => image[image.indexOf(name) + 1];
  assertEquals(option("--host"), "0.0.0.0");
  assertEquals(server.ports, [`127.0.0.1:8000:${option("--port")}`]);
  assertEquals(instructions("EXPOSE"), [option("--port")]);
  const [volume] = instructions("VOLUME");
  assertEquals(server.volumes, [`data:${volume}`]);
  assertTrue("data" in compose.volumes);
  for (const path of [server.environment.LLM_SIM_KEY_FILE, option("--output"), option("--notebooks")]) {
    assertTrue(path.startsWith(`${volume}/`));
  }
  assertEquals([server.stop_signal, ...instructions("STOPSIGNAL")], ["SIGINT", "SIGINT"]);
});

Deno.test("systemd tells the server alone to stop, and gives runs the time to complete a turn", async () => {
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1];
  assertEquals([setting("KillSignal"), setting("KillMode"), setting("Restart")], ["SIGINT", "mixed", "always"]);
  assertTrue(Number(setting("TimeoutStopSec")) >= 60);
  // Code that is compiled while it runs is written and executed.
  assertEquals(setting("MemoryDenyWriteExecute"), undefined);
  const folder = `/var/lib/${setting("StateDirectory")}/`;
  assertTrue(
    unit.includes(`LLM_SIM_KEY_FILE=${folder}key`) &&
      unit.includes(`--output ${folder}output --notebooks ${folder}notebooks`),
  );
  const verified = await verify();
  if (verified === null) return;
  // That there is no such program at that place on this machine is no fault of the unit.
  assertEquals(verified.filter((line) => !/deno is not executable|man\b/.test(line)), []);
});

/** What systemd itself has against the unit; null where there is no systemd. */
async function verify(): Promise<string[] | null> {
  try {
    const { stderr } = await new Deno.Command("systemd-analyze", {
      args: ["verify", join(ROOT, "deploy/llm-sim.service")],
    }).output();
    return new TextDecoder().decode(stderr).split("\n").filter((line) => line.includes("llm-sim"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

Deno.test("the server starts and plays from the files of the image alone; its health check finds it ready", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-image-" }));
  const [app, data] = [join(folder, "app"), join(folder, "data")];
  try {
    Deno.mkdirSync(app);
    Deno.mkdirSync(data);
    for (const { sources, target } of COPIED) for (const source of sources) await copy(source, join(app, target));
    const port = freePort();
    const here = (words: string) => words.replaceAll("/data", data).replaceAll("8000", port);
    const [program, ...args]: string[] = JSON.parse(
      here(instructions("CMD").find((words) => words.includes("serve"))!),
    );
    const checkHealth = async () => {
      const [program, ...args]: string[] = JSON.parse(here(instructions("HEALTHCHECK")[0]!.replace(/^.*?CMD /, "")));
      return (await new Deno.Command(program!, { args, stderr: "null" }).output()).code;
    };
    const env = { LLM_SIM_KEY_FILE: join(data, "key"), INIT_CWD: "", NO_COLOR: "1" };
    const cached = args.toSpliced(1, 0, "--cached-only");
    const server = new Deno.Command(program!, { args: cached, cwd: app, env, stdout: "piped", stderr: "null" }).spawn();
    try {
      const reader = server.stdout.getReader();
      assertMatches(new TextDecoder().decode((await reader.read()).value), /http:\/\//);
      await reader.cancel();
      assertEquals(await checkHealth(), 0);
      const key = Deno.readTextFileSync(join(data, "key")).trim();
      assertEquals(Deno.statSync(join(data, "key")).mode! & 0o777, 0o600);
      const ask = async (path: string, init: RequestInit = {}) => {
        const headers = { ...init.headers, authorization: `Bearer ${key}` };
        return await (await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers })).json();
      };
      const { run_id } = await ask(
        "/api/simulations",
        posted({ repo: "economic", config: "scenarios/quick_test.yaml" }),
      );
      const deadline = performance.now() + 60_000;
      let status = "queued";
      while (status === "queued" || status === "running") {
        assertTrue(performance.now() < deadline, `still ${status}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        ({ status } = await ask(`/api/simulations/${run_id}`));
      }
      assertEquals(status, "completed");
      // The notebooks of the image are there; what is written lies with the data.
      const { text, hash, readonly } = await ask("/api/notebooks/welcome.md", {
        headers: { accept: "application/json" },
      });
      assertEquals(readonly, true);
      await ask("/api/notebooks/welcome.md", {
        ...posted({ text: `${text}Mine.\n` }, { "if-match": `"${hash}"` }),
        method: "PUT",
      });
      assertEquals(Deno.readTextFileSync(join(data, "notebooks/welcome.md")), `${text}Mine.\n`);
      assertEquals(Deno.readTextFileSync(join(app, "notebooks/welcome.md")), text);
    } finally {
      server.kill("SIGINT");
      assertEquals((await server.status).code, 0);
    }
    assertEquals(await checkHealth(), 1);
  } finally {
    await removeFolder(folder);
  }
});

/** Copies as COPY does: of a folder its contents, without what `.dockerignore` leaves out. */
async function copy(source: string, target: string): Promise<void> {
  const path = source.replace(/\/$/, "");
  if (!isLeftIn(path)) return;
  const { isDirectory } = await Deno.stat(join(ROOT, path));
  if (!isDirectory) return await Deno.copyFile(join(ROOT, path), join(target, path.split("/").at(-1)!));
  await Deno.mkdir(target, { recursive: true });
  for await (const entry of Deno.readDir(join(ROOT, path))) {
    if (entry.isDirectory) await copy(`${path}/${entry.name}`, join(target, entry.name));
    else if (isLeftIn(`${path}/${entry.name}`)) await copy(`${path}/${entry.name}`, target);
  }
}
