import { assertEquals } from "../../tests/support/assert.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { FakeSource } from "../../tests/support/stream_source.ts";
import { LiveRun } from "./live_run.ts";
import { STATE_INTERVAL, StateFeed } from "./state_feed.ts";

/** A socket that keeps what it is sent. */
class FakeSocket {
  readonly readyState = 1;
  bufferedAmount = 0;
  readonly sent: { readonly type: string; readonly turn: number }[] = [];
  closed: [code: number | undefined, reason: string | undefined] | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code?: number, reason?: string): void {
    this.closed = [code, reason];
  }
}

async function withFeed(
  body: (
    stage: { source: FakeSource; clock: ManualClock; feed: StateFeed; settle: () => Promise<void> },
  ) => Promise<void>,
): Promise<void> {
  const [source, clock] = [new FakeSource(), new ManualClock()];
  source.add("a");
  const { live, ready } = LiveRun.open("a", source, 1000);
  source.subscribe((notice) => live.notice(notice));
  await ready;
  const feed = new StateFeed(live, source, clock);
  // Whatever is being made is ready after a turn of the event loop.
  await body({ source, clock, feed, settle: () => new Promise((resolve) => setTimeout(resolve)) });
  feed.stop();
  assertEquals(clock.alarms, 0);
}

Deno.test("StateFeed: at once, then at most once a second, the newest only", async () => {
  await withFeed(async ({ source, clock, feed, settle }) => {
    const socket = new FakeSocket();
    feed.add(socket as never);
    await settle();
    for (let turn = 1; turn <= 5; turn++) source.play("a", 1);
    await settle();
    clock.advance(STATE_INTERVAL - 1);
    await settle();
    assertEquals(socket.sent.length, 1);
    const late = new FakeSocket();
    feed.add(late as never);
    assertEquals(late.sent.length, 1);
    clock.advance(1);
    await settle();
    assertEquals([socket.sent.length, late.sent.length], [2, 2]);
    source.become("a", "completed");
    clock.advance(STATE_INTERVAL);
    await settle();
    assertEquals([socket.sent.at(-1)?.type, socket.closed], ["complete", [1000, "completed"]]);
  });
});

Deno.test("StateFeed: a socket that takes nothing is told nothing more, and closed after a minute", async () => {
  await withFeed(async ({ source, clock, feed, settle }) => {
    const socket = new FakeSocket();
    feed.add(socket as never);
    await settle();
    socket.bufferedAmount = 300 << 10;
    for (let second = 0; second <= 61; second++) {
      source.play("a", 1);
      clock.advance(STATE_INTERVAL);
      await settle();
    }
    assertEquals([socket.sent.length, socket.closed], [1, [1008, "it takes nothing"]]);
  });
});
