/**
 * What pages are measured against: Hono with files from memory, compressed before it begins. Argument: a folder with
 * `files.json`, an object of file names by path, and the files, each with a `.br` beside it.
 */

import { Hono } from "hono";

const [folder] = Deno.args as [string];
const names: Record<string, string> = JSON.parse(await Deno.readTextFile(`${folder}/files.json`));
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

const app = new Hono();
for (const [path, name] of Object.entries(names)) {
  const plain = await Deno.readFile(`${folder}/${name}`);
  const packed = await Deno.readFile(`${folder}/${name}.br`);
  const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
  app.get(path, (c) => {
    const coding = c.req.header("accept-encoding")?.includes("br") ? "br" : null;
    return new Response(coding === null ? plain : packed, {
      headers: { "content-type": type, ...(coding !== null && { "content-encoding": coding }) },
    });
  });
}

// deno-lint-ignore no-console -- the parent reads it
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) }, app.fetch);
