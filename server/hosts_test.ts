import { assertEquals } from "../tests/support/assert.ts";
import { HostRules, isLoopback } from "./hosts.ts";

Deno.test("isLoopback() knows the addresses that only this machine reaches", () => {
  for (const name of ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST", "a.localhost"]) {
    assertEquals(isLoopback(name), true, name);
  }
  for (
    const name of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.evil.com", "127.evil.com", "localhost.evil.com", "128.0.0.1"]
  ) {
    assertEquals(isLoopback(name), false, name);
  }
});

Deno.test("a server on loopback is asked by its own names and its own port only", () => {
  const rules = new HostRules({ hostname: "127.0.0.1", port: 8000 });
  for (const host of ["127.0.0.1:8000", "localhost:8000", "LocalHost:8000", "[::1]:8000"]) {
    assertEquals(rules.allows(host), true, host);
  }
  const others = [
    "",
    "evil.com",
    "evil.com:8000",
    "127.0.0.1",
    "127.0.0.1:8001",
    "localhost",
    "localhost:80000",
    "127.0.0.1:8000.evil.com",
    "localhost:8000@evil.com",
    "evil.com@localhost:8000",
    "localhost.:8000",
    "10.0.0.1:8000",
    "127.0.0.1:8000, evil.com",
  ];
  for (const host of others) assertEquals(rules.allows(host), false, host);
});

Deno.test("a server on port 80 is asked with and without it", () => {
  const rules = new HostRules({ hostname: "127.0.0.1", port: 80 });
  assertEquals([rules.allows("localhost"), rules.allows("localhost:80"), rules.allows("localhost:81")], [
    true,
    true,
    false,
  ]);
  assertEquals(rules.allowsOrigin("http://localhost", "localhost"), true);
});

Deno.test("a server for others is asked by numbers, which cannot be rebound, and by the names that were configured", () => {
  const rules = new HostRules({ hostname: "0.0.0.0", port: 8000 }, {
    base_url: "https://sim.example.org",
    allowed_hosts: ["server", "sim.lan:9000"],
  });
  const own = [
    "10.1.2.3:8000",
    "10.1.2.3:9999",
    "[fe80::1]:8000",
    "localhost:9000",
    "server:8000",
    "server",
    "sim.lan:9000",
  ];
  for (const host of [...own, "sim.example.org"]) assertEquals(rules.allows(host), true, host);
  for (const host of ["evil.com", "sim.lan:8000", "sim.example.org:8000", "x.sim.example.org", "10.1.2.3.evil.com"]) {
    assertEquals(rules.allows(host), false, host);
  }
});

Deno.test("an Origin is ours when it is exactly the address that Host names, or the configured one", () => {
  const rules = new HostRules({ hostname: "127.0.0.1", port: 8000 }, { base_url: "https://sim.example.org" });
  assertEquals(rules.allowsOrigin("http://localhost:8000", "localhost:8000"), true);
  assertEquals(rules.allowsOrigin("https://sim.example.org", "sim.example.org"), true);
  // A proxy may say its own name to us.
  assertEquals(rules.allowsOrigin("https://sim.example.org", "127.0.0.1:8000"), true);
  const foreign: [origin: string, host: string][] = [
    ["null", "localhost:8000"],
    ["", "localhost:8000"],
    ["http://127.0.0.1:8000", "localhost:8000"],
    ["http://localhost:9000", "localhost:8000"],
    ["https://localhost:8000", "localhost:8000"],
    ["http://localhost:8000.evil.com", "localhost:8000"],
    ["http://sim.example.org", "localhost:8000"],
    ["https://sim.example.org.evil.com", "sim.example.org"],
  ];
  for (const [origin, host] of foreign) assertEquals(rules.allowsOrigin(origin, host), false, `${origin} at ${host}`);
});
