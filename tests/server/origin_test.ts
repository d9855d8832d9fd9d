/** What pages of other sites, and names that were rebound to this machine, can make a browser send. */

import { assertEquals } from "../support/assert.ts";
import { type RawAnswer, rawRequest } from "../support/raw_http.ts";
import { type TestServer, withServer } from "../support/server.ts";

const SCENARIO = { scenario: "domain: economic" };

type Headers = readonly (readonly [name: string, value: string])[];

/** What a request that would start a run is answered: `422` means that it came through to the scenario. */
async function start({ url }: TestServer, headers: Headers, path = "/api/simulations"): Promise<string> {
  const answer = await rawRequest(url, {
    method: "POST",
    target: path,
    headers: [...headers, [
      "Content-Type",
      path === "/runs" ? "application/x-www-form-urlencoded" : "application/json",
    ]],
    body: path === "/runs" ? "text=domain: economic" : JSON.stringify(SCENARIO),
  });
  return outcome(answer);
}

function outcome({ status, body }: RawAnswer): string {
  return status === 403 ? `403 ${JSON.parse(body).code}` : String(status);
}

Deno.test("a name that was rebound to this machine is refused on every path and method", async () => {
  await withServer({}, async (server) => {
    const { port } = new URL(server.url);
    for (
      const host of ["evil.com", `evil.com:${port}`, `127.0.0.1.evil.com:${port}`, "127.0.0.1:1", `0.0.0.0:${port}`]
    ) {
      for (const target of ["/", "/api/simulations", "/static/tokens.css", "/nothing", "/sign-in"]) {
        for (const method of ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]) {
          const { status } = await rawRequest(server.url, { method, target, headers: [["Host", host]] });
          assertEquals(status, 403, `${method} ${target} at ${host}`);
        }
      }
      // Its page has the same name in Origin: to the browser it is one site.
      assertEquals(await start(server, [["Host", host], ["Origin", `http://${host}`]]), "403 foreign_host");
    }
    assertEquals((await server.app.list()).runs, []);
  });
});

Deno.test("a request without a name, or with two, reaches nothing of another's", async () => {
  await withServer({}, async ({ url }) => {
    const { host } = new URL(url);
    const twice = await rawRequest(url, { target: "/api/features", headers: [["Host", host], ["Host", "evil.com"]] });
    assertEquals(twice.status, 400);
    const absolute = await rawRequest(url, { target: `http://${host}/api/features`, headers: [["Host", "evil.com"]] });
    assertEquals(absolute.status, 403);
  });
});

Deno.test("whatever a page of another site sends is refused", async () => {
  await withServer({}, async (server) => {
    const { host, port } = new URL(server.url);
    const origins = [
      "http://evil.com",
      "https://evil.com",
      "null",
      "file://",
      `http://localhost:${Number(port) + 1}`,
      `https://${host}`,
      `http://${host}.evil.com`,
      `http://evil.com:${port}`,
    ];
    for (const origin of origins) {
      for (const path of ["/api/simulations", "/runs"]) {
        assertEquals(await start(server, [["Host", host], ["Origin", origin]], path), "403 foreign_origin", origin);
      }
      for (const method of ["GET", "DELETE", "PUT", "OPTIONS"]) {
        const answer = await rawRequest(server.url, {
          method,
          target: "/api/simulations",
          headers: [["Host", host], ["Origin", origin], ["Access-Control-Request-Method", "POST"]],
        });
        assertEquals(outcome(answer), "403 foreign_origin", `${method} from ${origin}`);
        assertEquals(answer.headers.has("access-control-allow-origin"), false);
      }
    }
    assertEquals((await server.app.list()).runs, []);
  });
});

Deno.test("a web socket cannot be opened by a page of another site", async () => {
  await withServer({}, async ({ url }) => {
    const { host } = new URL(url);
    const answer = await rawRequest(url, {
      target: "/api/simulations",
      headers: [
        ["Host", host],
        ["Origin", "http://evil.com"],
        ["Upgrade", "websocket"],
        ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
        ["Sec-WebSocket-Version", "13"],
      ],
    });
    assertEquals(outcome(answer), "403 foreign_origin");
  });
});

Deno.test("a page of another site cannot even load from here; whoever follows a link may come", async () => {
  await withServer({}, async ({ url }) => {
    const { host } = new URL(url);
    const ask = async (site: string, mode: string, method = "GET") =>
      outcome(
        await rawRequest(url, {
          method,
          target: "/api/features",
          headers: [["Host", host], ["Sec-Fetch-Site", site], ["Sec-Fetch-Mode", mode]],
        }),
      );
    assertEquals(await ask("cross-site", "no-cors"), "403 foreign_origin");
    assertEquals(await ask("same-site", "no-cors"), "403 foreign_origin");
    assertEquals(await ask("cross-site", "navigate"), "200");
    assertEquals(await ask("cross-site", "navigate", "POST"), "403 foreign_origin");
    assertEquals(await ask("same-origin", "cors"), "200");
    assertEquals(await ask("none", "navigate"), "200");
  });
});

Deno.test("our own pages, and programs that say no origin, may do everything on loopback without keys", async () => {
  await withServer({}, async (server) => {
    const { host, port } = new URL(server.url);
    assertEquals(await start(server, [["Host", host]]), "422");
    assertEquals(await start(server, [["Host", host], ["Origin", `http://${host}`]]), "422");
    assertEquals(await start(server, [["Host", host], ["Origin", `http://${host}`]], "/runs"), "422");
    const name = `localhost:${port}`;
    assertEquals(await start(server, [["Host", name], ["Origin", `http://${name}`]]), "422");
    // But one of our names is not the other.
    assertEquals(await start(server, [["Host", host], ["Origin", `http://${name}`]]), "403 foreign_origin");
  });
});

Deno.test("behind a proxy the configured address is ours, and cookies go over https only", async () => {
  const config = { server: { base_url: "https://sim.example.org", allowed_hosts: ["inner"] } };
  await withServer({ config, listen: { insecure: true } }, async (server) => {
    const ask = (host: string, origin: string) => start(server, [["Host", host], ["Origin", origin]]);
    assertEquals(await ask("sim.example.org", "https://sim.example.org"), "422");
    assertEquals(await ask(new URL(server.url).host, "https://sim.example.org"), "422");
    assertEquals(await ask("inner:81", "http://inner:81"), "422");
    assertEquals(await ask("sim.example.org", "http://sim.example.org"), "403 foreign_origin");
    assertEquals(await ask("sim.example.org", "https://evil.com"), "403 foreign_origin");
    const { headers } = await rawRequest(server.url, { target: "/", headers: [["Host", "sim.example.org"]] });
    assertEquals(headers.get("strict-transport-security"), "max-age=31536000");
  });
});

Deno.test("answers tell browsers what not to do with them", async () => {
  await withServer({}, async ({ fetch }) => {
    for (const path of ["/", "/api/features", "/static/tokens.css", "/nothing"]) {
      const { headers, body } = await fetch(path);
      await body?.cancel();
      assertEquals(headers.get("x-content-type-options"), "nosniff", path);
      assertEquals(headers.get("x-frame-options"), "DENY");
      assertEquals(headers.get("referrer-policy"), "same-origin");
      assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
      assertEquals(headers.get("access-control-allow-origin"), null);
      const policy = headers.get("content-security-policy")!;
      assertEquals(/frame-ancestors 'none'/.test(policy), true);
      assertEquals(/unsafe/.test(policy.replace("style-src-attr 'unsafe-inline'", "")), false);
    }
    const nonces = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const answer = await fetch("/");
      await answer.body?.cancel();
      nonces.add(/'nonce-([^']+)'/.exec(answer.headers.get("content-security-policy")!)![1]!);
    }
    assertEquals(nonces.size, 3);
  });
});
