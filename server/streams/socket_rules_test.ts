import { assertEquals } from "../../tests/support/assert.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { TestPrincipal } from "../../tests/server/principals.ts";
import { HEARTBEAT_INTERVAL } from "./mod.ts";
import { rule } from "./socket_rules.ts";

/** A socket whose client says what the test says. */
class FakeSocket {
  onmessage: WebSocket["onmessage"] = null;
  closed: (number | undefined)[] = [];

  close(code?: number): void {
    this.closed.push(code);
  }

  hear(data: unknown): void {
    this.onmessage?.call(this as never, new MessageEvent("message", { data }));
  }
}

function ruled(): { socket: FakeSocket; clock: ManualClock; principal: TestPrincipal; stop: () => void } {
  const [socket, clock, principal] = [new FakeSocket(), new ManualClock(), new TestPrincipal()];
  return { socket, clock, principal, stop: rule(socket, principal, clock) };
}

Deno.test("a socket whose client sends more than 16 KiB at once, as text or bytes, is closed with 1009", () => {
  for (const make of [(n: number) => "x".repeat(n), (n: number) => new ArrayBuffer(n), blobOf]) {
    const { socket, stop } = ruled();
    socket.hear(make(16 << 10));
    assertEquals(socket.closed, []);
    socket.hear(make((16 << 10) + 1));
    assertEquals(socket.closed, [1009]);
    socket.hear(make((16 << 10) + 1));
    assertEquals(socket.closed, [1009]);
    stop();
  }
});

function blobOf(length: number): Blob {
  return new Blob([new Uint8Array(length)]);
}

Deno.test("a socket whose client sends more than a hundred messages a minute is closed with 1008", () => {
  const { socket, clock, stop } = ruled();
  for (let i = 0; i < 100; i++) socket.hear("x");
  clock.advance(60_000);
  for (let i = 0; i < 100; i++) socket.hear("x");
  assertEquals(socket.closed, []);
  socket.hear("x");
  assertEquals(socket.closed, [1008]);
  stop();
});

Deno.test("a socket whose principal may not listen any more is closed with 4401 at the next heartbeat", async () => {
  const { socket, clock, principal, stop } = ruled();
  clock.advance(HEARTBEAT_INTERVAL);
  await clock.whenAlarmed();
  assertEquals(socket.closed, []);
  principal.refused = "its key was revoked";
  clock.advance(HEARTBEAT_INTERVAL);
  assertEquals(socket.closed, [4401]);
  // The next look is planned when this one is over.
  await Promise.resolve();
  stop();
  assertEquals(clock.alarms, 0);
});
