/**
 * What simulation code may try at run time, one row per attempt: the code, as the body of an async function of `env` in
 * a module of its own, and what comes of it. `sandbox_test.ts` plays every row; the README's table is made of them.
 */

/** One attempt and what comes of it. */
export interface Attempt {
  readonly attempt: string;
  readonly code: string;
  /** In words, for the table. */
  readonly result: string;
  /** `Name: message` of what is thrown, or what is returned. */
  readonly outcome: { readonly threw: RegExp } | { readonly returned: RegExp };
  /** Played in a process of its own: a refused import spoils the imports after it. */
  readonly alone?: true;
}

/** Attempts of one kind. */
export interface AttemptGroup {
  readonly title: string;
  readonly attempts: readonly Attempt[];
}

type Right = "read" | "write" | "net" | "run" | "ffi" | "sys" | "import";

const denied = (right: Right, attempt: string, code: string, message?: RegExp): Attempt => ({
  attempt,
  code,
  result: `denied: no right to ${right}`,
  outcome: { threw: message ?? new RegExp(`^NotCapable: .*Requires ${right} access`, "s") },
});
const refused = (attempt: string, code: string, message: RegExp, result = "refused with a reason"): Attempt => ({
  attempt,
  code,
  result,
  outcome: { threw: message },
});
const gone = (name: string): Attempt => ({
  attempt: `\`${name}\``,
  code: `return typeof ${name}`,
  result: "not there",
  outcome: { returned: /^undefined$/ },
});
const harmless = (attempt: string, code: string, returned: RegExp, why: string): Attempt => ({
  attempt,
  code,
  result: why,
  outcome: { returned },
});
const alone = (attempt: Attempt): Attempt => ({ ...attempt, alone: true });

const UNAVAILABLE = /is not available in a simulation/;
const USE_RNG = /^Error: .*would differ from run to run; use the context's rng$/;
const NOT_LOCKED = /^TypeError: (The lockfile is out of date|.*--cached-only is specified)/s;

const random = (code: string) => refused(`\`${code}\``, `return ${code}`, USE_RNG);
const randomOfNode = (call: string) =>
  refused(`\`${call}\` of \`node:crypto\``, `return (await import("node:crypto")).${call}`, USE_RNG);
const clock = (expression: string, returned: RegExp) =>
  harmless(`\`${expression}\``, `return ${expression}`, returned, "the turn's time");
const SECOND = /946684801000/;

/** All attempts at run time. */
export const ATTEMPTS: readonly AttemptGroup[] = [
  {
    title: "Reading",
    attempts: [
      denied("read", "`/etc/passwd`", `return await Deno.readTextFile("/etc/passwd")`),
      denied(
        "read",
        "`/etc/passwd` with `node:fs`",
        `return (await import("node:fs")).readFileSync("/etc/passwd", "utf8")`,
      ),
      denied(
        "read",
        "`/etc/passwd` with `fetch`",
        `return await (await fetch("file:///etc/passwd")).text()`,
        /^(NotCapable|TypeError): .*(Requires read access|NetworkError)/s,
      ),
      denied("read", "its own sources", `return Deno.readTextFileSync(env.domain + "/mod.ts")`),
      denied("read", "the framework's sources", `return Deno.readTextFileSync(env.root + "/framework/worker/boot.ts")`),
      denied("read", "its own manifest", `return Deno.readTextFileSync(env.files + "/../manifest.json")`),
      denied("read", "its own configuration", `return Deno.readTextFileSync(env.files + "/../config.json")`),
      denied("read", "its own events", `return Deno.readTextFileSync(env.files + "/../events.jsonl")`),
      denied("read", "a list of its run folder", `return [...Deno.readDirSync(env.files + "/..")]`),
      denied("read", "another run's result", `return Deno.readTextFileSync(env.other + "/result.json")`),
      denied("read", "another run's `files/`", `return [...Deno.readDirSync(env.other + "/files")]`),
      denied("read", "`..` out of `files/`", `return Deno.readTextFileSync(env.files + "/a/../../../../secret.txt")`),
      denied("read", "whether a file is there", `return Deno.statSync(env.folder + "/secret.txt").size`),
      denied("read", "its process under `/proc`", `return Deno.readTextFileSync("/proc/self/environ")`),
      denied("read", "the target of a link", `return Deno.readLinkSync("/proc/self/exe")`),
      denied("read", "watching a folder", `return Deno.watchFs(env.folder) && "watching"`),
      denied(
        "read",
        "a database outside",
        `return new (await import("node:sqlite")).DatabaseSync(env.folder + "/x.db") && "open"`,
      ),
      refused(
        "attaching a database outside",
        `const { DatabaseSync } = await import("node:sqlite");
         new DatabaseSync(":memory:").exec("attach '" + env.folder + "/x.db' as x"); return "attached"`,
        /too many attached databases/,
        "denied by `node:sqlite`",
      ),
      denied(
        "read",
        "`createRequire` outside",
        `return (await import("node:module")).createRequire("file://" + env.folder + "/")("./x.cjs")`,
      ),
      harmless(
        "the environment",
        `return JSON.stringify([Deno.env.toObject(), process.env, (await import("node:process")).env, Deno.env.get("HOME") ?? null])`,
        /^\[\{\},\{\},\{\},null\]$/,
        "empty",
      ),
    ],
  },
  {
    title: "Writing",
    attempts: [
      denied("write", "its manifest", `Deno.writeTextFileSync(env.files + "/../manifest.json", "{}")`),
      denied(
        "write",
        "a checkpoint",
        `Deno.writeTextFileSync(env.files + "/../checkpoints/last.json", "{}")`,
      ),
      denied("write", "a sibling of `files/` with its prefix", `Deno.writeTextFileSync(env.files + "2", "x")`),
      denied("write", "another run's folder", `Deno.writeTextFileSync(env.other + "/files/x", "x")`),
      denied("write", "`/tmp`", `Deno.writeTextFileSync("/tmp/llm-sim-escape", "x")`),
      denied("write", "with `node:fs`", `(await import("node:fs")).writeFileSync(env.folder + "/x", "x")`),
      denied("write", "its own sources", `Deno.writeTextFileSync(env.domain + "/mod.ts", "")`),
      denied("write", "moving a file out", `Deno.renameSync(env.files + "/attempts.json", env.folder + "/x")`),
      denied("write", "copying a file out", `Deno.copyFileSync(env.files + "/attempts.json", env.folder + "/x")`),
      denied("read", "copying a file in", `Deno.copyFileSync(env.folder + "/secret.txt", env.files + "/x")`),
      denied(
        "read",
        "a symbolic link to the outside",
        `Deno.symlinkSync("/etc/passwd", env.files + "/link")`,
        /^NotCapable: .*unscoped --allow-read and --allow-write/,
      ),
      denied(
        "read",
        "a symbolic link within `files/`",
        `(await import("node:fs")).symlinkSync("attempts.json", env.files + "/link")`,
        /^NotCapable: .*unscoped --allow-read and --allow-write/,
      ),
      denied("read", "a hard link to the outside", `Deno.linkSync(env.folder + "/secret.txt", env.files + "/hard")`),
      harmless(
        "a hard link within `files/`",
        `Deno.linkSync(env.files + "/attempts.json", env.files + "/again"); return "made"`,
        /^made$/,
        "allowed: its own file",
      ),
      denied(
        "write",
        "a heap snapshot",
        `return (await import("node:v8")).writeHeapSnapshot(env.folder + "/heap")`,
      ),
    ],
  },
  {
    title: "Network",
    attempts: [
      denied("net", "`fetch`", `return (await fetch("http://127.0.0.1:" + env.port)).status`),
      denied("net", "`Deno.connect`", `return await Deno.connect({ port: env.port }) && "connected"`),
      denied("net", "`Deno.listen`", `return Deno.listen({ port: 0 }) && "listening"`),
      denied("net", "`Deno.serve`", `return Deno.serve(() => new Response()) && "serving"`),
      denied("net", "`WebSocket`", `return new WebSocket("ws://127.0.0.1:" + env.port).readyState`),
      denied(
        "net",
        "`EventSource`",
        `return await new Promise((resolve, reject) => {
           const source = new EventSource("http://127.0.0.1:" + env.port);
           source.onopen = () => resolve("open");
           source.onerror = (event) => reject(event.error ?? new Error("Requires net access"));
         })`,
        /Requires net access/,
      ),
      denied("net", "`Deno.resolveDns`", `return await Deno.resolveDns("example.com", "A")`),
      denied(
        "net",
        "`node:dns`",
        `return await (await import("node:dns/promises")).lookup("localhost")`,
        /EPERM|Requires net access/,
      ),
      denied(
        "net",
        "`node:net`",
        `const net = await import("node:net");
         return await new Promise((resolve, reject) =>
           net.connect(env.port, "127.0.0.1").on("connect", () => resolve("connected")).on("error", reject))`,
      ),
      denied(
        "net",
        "`node:http`",
        `const http = await import("node:http");
         return await new Promise((resolve, reject) =>
           http.get("http://127.0.0.1:" + env.port, () => resolve("got")).on("error", reject))`,
      ),
      denied(
        "net",
        "`node:dgram`",
        `const socket = (await import("node:dgram")).createSocket("udp4");
         return await new Promise((resolve, reject) => { socket.on("error", reject); socket.bind(0, () => resolve("bound")) })`,
      ),
      denied(
        "sys",
        "an inspector",
        `(await import("node:inspector")).open(0); return "open"`,
      ),
    ],
  },
  {
    title: "Processes, threads, other machines' code",
    attempts: [
      denied("run", "`Deno.Command`", `return (await new Deno.Command("/bin/echo").output()).code`),
      refused(
        "`node:child_process` exec",
        `return (await import("node:child_process")).execSync("id").toString()`,
        /^Error: Command failed|NotCapable/,
        "denied: no right to run",
      ),
      denied(
        "run",
        "`node:child_process` fork",
        `return await new Promise((resolve, reject) =>
           import("node:child_process").then(({ fork }) => fork("x.js").on("spawn", resolve).on("error", reject)))`,
      ),
      gone("Worker"),
      gone("SharedWorker"),
      gone("ShadowRealm"),
      refused(
        "`Worker` of `node:worker_threads`",
        `const { Worker } = await import("node:worker_threads"); return new Worker("1", { eval: true }).threadId`,
        UNAVAILABLE,
      ),
      denied("ffi", "`Deno.dlopen`", `return Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {})`),
      denied("ffi", "`process.dlopen`", `return process.dlopen({ exports: {} }, "/tmp/x.node")`),
      denied(
        "ffi",
        "an extension of `node:sqlite`",
        `const { DatabaseSync } = await import("node:sqlite");
         new DatabaseSync(":memory:", { allowExtension: true }).loadExtension("/tmp/x.so"); return "loaded"`,
      ),
      refused(
        "a realm of `node:vm`",
        `return (await import("node:vm")).runInNewContext("Math.random()")`,
        UNAVAILABLE,
      ),
      refused(
        "a realm of `vm.Script`",
        `const { Script } = await import("node:vm"); return new Script("Date.now()").runInNewContext()`,
        UNAVAILABLE,
      ),
      gone("navigator.gpu"),
      refused("`node:wasi`", `return new (await import("node:wasi")).WASI({ version: "preview1" })`, UNAVAILABLE),
      refused("`Deno.exit`", `Deno.exit(0)`, UNAVAILABLE),
      refused("`process.exit`", `process.exit(0)`, UNAVAILABLE),
      refused("`exit` of `node:process`", `(await import("node:process")).exit(0)`, UNAVAILABLE),
      refused("`process.reallyExit`", `process.reallyExit(0)`, UNAVAILABLE),
      refused("`self.close`", `self.close()`, UNAVAILABLE),
      refused("`Deno.kill` of itself", `Deno.kill(Deno.pid, "SIGKILL")`, UNAVAILABLE),
      refused("`process.kill` of itself", `process.kill(process.pid, "SIGKILL")`, UNAVAILABLE),
      refused(
        "`kill` of `node:process`",
        `(await import("node:process")).kill(process.pid, "SIGKILL")`,
        UNAVAILABLE,
      ),
      refused("`process.abort`", `process.abort()`, UNAVAILABLE),
      refused(
        "`abort` of `node:process`",
        `(await import("node:process")).abort()`,
        /not supported in workers|not available/,
      ),
      refused("`Deno.chdir`", `Deno.chdir(env.files)`, UNAVAILABLE),
      refused("`Deno.addSignalListener`", `Deno.addSignalListener("SIGTERM", () => {})`, UNAVAILABLE),
      refused("`process.on`", `process.on("SIGTERM", () => {})`, UNAVAILABLE),
    ],
  },
  {
    title: "Imports",
    attempts: [
      alone(refused(
        "a package that is locked for the host only",
        `return Object.keys(await import("npm:yaml@2.9.1"))`,
        NOT_LOCKED,
        "denied by the sandbox's lock",
      )),
      alone(refused(
        "another version of a locked package",
        `return Object.keys(await import("npm:zod@3.25.0"))`,
        NOT_LOCKED,
        "denied by the sandbox's lock",
      )),
      alone(refused(
        "a package that is not installed",
        `return Object.keys(await import("npm:left-pad@1.3.0"))`,
        NOT_LOCKED,
        "denied: nothing is downloaded",
      )),
      alone(refused(
        "a bare name that is not mapped",
        `return Object.keys(await import("commander"))`,
        /^TypeError: .*not in import map/,
        "denied",
      )),
      alone(denied(
        "import",
        "a JSR package",
        `return Object.keys(await import("jsr:@std/assert"))`,
        /Requires import access/,
      )),
      alone(
        denied(
          "import",
          "an `https:` module",
          `return await import("https://esm.sh/preact@10")`,
          /Requires import access/,
        ),
      ),
      alone(denied(
        "import",
        "an `http:` module from this machine",
        `return await import("http://127.0.0.1:" + env.port + "/x.js")`,
        /Requires import access/,
      )),
      alone(denied(
        "read",
        "a file of this repository",
        `return Object.keys(await import("file://" + env.root + "/runner/config.ts"))`,
        /^TypeError: Requires read access/,
      )),
      alone(denied(
        "read",
        "a file as text",
        `return (await import("file:///etc/passwd", { with: { type: "text" } })).default`,
        /^TypeError: Requires read access/,
      )),
      alone(denied(
        "read",
        "its configuration as JSON",
        `return (await import("file://" + Deno.cwd() + "/" + env.files + "/../config.json", { with: { type: "json" } })).default`,
        /^TypeError: Requires read access/,
      )),
      alone(denied(
        "read",
        "a file, by a module in `files/`",
        `Deno.writeTextFileSync(env.files + "/x.ts", 'export { default } from "file:///etc/passwd" with { type: "text" }');
         return (await import("file://" + Deno.cwd() + "/" + env.files + "/x.ts")).default`,
        /Requires read access/,
      )),
      harmless(
        "the framework again",
        `return Object.keys(await import("llm-sim")).includes("BaseAgent")`,
        /^true$/,
        "allowed: the module that it has",
      ),
      harmless(
        "`zod`",
        `return typeof (await import("zod")).z.object`,
        /^function$/,
        "allowed: locked for the sandbox",
      ),
      refused(
        "the framework's channel to the trusted thread",
        `return (await import("file://" + env.root + "/framework/worker/prelude.ts")).takeChannel()`,
        /the sandbox's channel has been taken/,
      ),
      refused(
        "booting another domain",
        `(await import("file://" + env.root + "/framework/worker/boot.ts")).boot({})`,
        /the sandbox has been booted/,
      ),
    ],
  },
  {
    title: "The trusted thread and the host",
    attempts: [
      refused("`postMessage`", `postMessage({ t: "ended" })`, UNAVAILABLE),
      refused("`self.postMessage`", `self.postMessage({ t: "ended" })`, UNAVAILABLE),
      refused("listening to messages", `addEventListener("message", () => {}); return "on"`, /no messages of its own/),
      refused(
        "listening with `EventTarget.prototype`",
        `EventTarget.prototype.addEventListener.call(self, "message", () => {}); return "on"`,
        /no messages of its own/,
      ),
      refused(
        "pretending a message",
        `self.dispatchEvent(new MessageEvent("message", { data: { t: "park" } })); return "sent"`,
        /no messages of its own/,
      ),
      harmless("the runtime's insides", `return typeof Deno[Deno.internal]`, /^undefined$/, "not there"),
      gone("Deno.stdin"),
      refused(
        "standard input with `node:fs`",
        `return (await import("node:fs")).readSync(0, new Uint8Array(1))`,
        /EBADF/,
        "closed",
      ),
      refused(
        "standard input with `process.stdin`",
        `return await new Promise((resolve, reject) => process.stdin.on("data", resolve).on("error", reject))`,
        /Bad resource|EBADF|is not/,
        "closed",
      ),
      harmless(
        "file descriptors of the trusted thread",
        `const fs = await import("node:fs");
         return Array.from({ length: 64 }, (_, i) => i + 3).filter((fd) => { try { return fs.fstatSync(fd) } catch { return false } })`,
        /^\[\]$/,
        "not there",
      ),
      gone("BroadcastChannel"),
      refused(
        "`BroadcastChannel` of `node:worker_threads`",
        `const { BroadcastChannel } = await import("node:worker_threads"); return new BroadcastChannel("x").name`,
        UNAVAILABLE,
      ),
      gone("caches"),
      gone("localStorage"),
      gone("indexedDB"),
      gone("Deno.openKv"),
      harmless(
        "asking for a right",
        `return (await Deno.permissions.request({ name: "read", path: "/etc" })).state`,
        /^denied$/,
        "denied, nobody is asked",
      ),
      denied("sys", "the host's name", `return Deno.hostname()`),
      denied("sys", "the host's name with `node:os`", `return (await import("node:os")).hostname()`),
      denied("sys", "the host's load", `return Deno.loadavg()`),
      denied("sys", "the host's addresses", `return Deno.networkInterfaces()`),
    ],
  },
  {
    title: "Real time",
    attempts: [
      clock("Date.now()", SECOND),
      clock("+new Date()", SECOND),
      clock("Date()", /^Sat Jan 01 2000 00:00:01 GMT\+0000/),
      clock("eval('Date.now()')", SECOND),
      clock("new Function('return Date.now()')()", SECOND),
      clock("+new (Date.prototype.constructor)()", SECOND),
      clock("+new (Object.getPrototypeOf(new Date()).constructor)()", SECOND),
      harmless(
        "the class behind `Date`",
        `return Object.getPrototypeOf(Date) === Function.prototype && new Date() instanceof Date`,
        /^true$/,
        "there is none",
      ),
      clock("performance.now()", /^1000$/),
      clock("(await import('node:perf_hooks')).performance.now()", /^1000$/),
      gone("PerformanceMark"),
      refused(
        "`Performance.prototype.now`",
        `return Performance.prototype.now.call(performance)`,
        /Illegal invocation/,
        "of no use: no real `performance` is left",
      ),
      clock("process.hrtime()", /^\[ 1, 0 \]$/),
      clock("process.hrtime.bigint()", /^1000000000n$/),
      clock("(await import('node:process')).hrtime.bigint()", /^1000000000n$/),
      refused("`process.uptime`", `return process.uptime()`, UNAVAILABLE),
      refused("`process.cpuUsage`", `return process.cpuUsage()`, UNAVAILABLE),
      refused("`Temporal.Now`", `return Temporal.Now.instant().toString()`, UNAVAILABLE),
      clock(
        "new Intl.DateTimeFormat('en', { timeStyle: 'medium', dateStyle: 'short' }).format()",
        /^1\/1\/00, 12:00:01/,
      ),
      clock("new Intl.DateTimeFormat('en').formatToParts().map((part) => part.value).join('')", /^1\/1\/2000$/),
      clock("new File([], 'x').lastModified", SECOND),
      clock("new Event('x').timeStamp", /^0$/),
      clock("new Date().getTimezoneOffset()", /^0$/),
    ],
  },
  {
    title: "Real randomness",
    attempts: [
      random("Math.random()"),
      random("crypto.getRandomValues(new Uint8Array(4))"),
      random("Crypto.prototype.getRandomValues.call(crypto, new Uint8Array(4))"),
      random("crypto.randomUUID()"),
      random("crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt'])"),
      random("(await import('node:crypto')).default.randomBytes(4)"),
      random("process.getBuiltinModule('node:crypto').randomInt(9)"),
      random("(await import('node:module')).createRequire('file:///x/')('crypto').randomInt(9)"),
      random("(await import('crypto')).randomInt(9)"),
      random("(await import('node:fs/promises')).mkdtemp(env.files + '/x')"),
      randomOfNode("randomBytes(4)"),
      randomOfNode("randomUUID()"),
      randomOfNode("randomInt(100)"),
      randomOfNode("randomFillSync(new Uint8Array(4))"),
      randomOfNode("getRandomValues(new Uint8Array(4))"),
      randomOfNode("webcrypto.getRandomValues(new Uint8Array(4))"),
      randomOfNode("generateKeySync('hmac', { length: 64 })"),
      randomOfNode("generateKeyPairSync('ed25519')"),
      randomOfNode("generatePrimeSync(16)"),
      randomOfNode("createECDH('secp256k1')"),
      randomOfNode("getDiffieHellman('modp1')"),
      random("Deno.makeTempFileSync({ dir: env.files })"),
      random("(await import('node:fs')).mkdtempSync(env.files + '/x')"),
      random("URL.createObjectURL(new Blob([]))"),
    ],
  },
  {
    title: "What works",
    attempts: [
      harmless(
        "its own files",
        `Deno.mkdirSync(env.files + "/a/b", { recursive: true });
         Deno.writeTextFileSync(env.files + "/a/b/c.txt", "hello");
         Deno.renameSync(env.files + "/a/b/c.txt", env.files + "/a/d.txt");
         const text = Deno.readTextFileSync(env.files + "/a/d.txt");
         Deno.removeSync(env.files + "/a", { recursive: true });
         return text`,
        /^hello$/,
        "works",
      ),
      harmless(
        "a database in `files/`",
        `const { DatabaseSync } = await import("node:sqlite");
         const database = new DatabaseSync(env.files + "/own.db");
         database.exec("create table t (n); insert into t values (7)");
         const { n } = database.prepare("select n from t").get();
         database.close();
         return String(n)`,
        /^7$/,
        "works",
      ),
      harmless(
        "`context.rng`",
        `return env.rng.next() >= 0 && env.rng.next() < 1`,
        /^true$/,
        "works",
      ),
      harmless(
        "timers",
        `return await new Promise((resolve) => setTimeout(() => resolve("rang"), 1))`,
        /^rang$/,
        "works",
      ),
      harmless(
        "events of its own",
        `const target = new EventTarget(); let seen = 0;
         target.addEventListener("message", () => seen++); target.dispatchEvent(new Event("message")); return String(seen)`,
        /^1$/,
        "works",
      ),
      harmless(
        "hashes",
        `return (await import("node:crypto")).createHash("sha256").update("").digest("hex").slice(0, 8)`,
        /^e3b0c442$/,
        "works",
      ),
    ],
  },
];
