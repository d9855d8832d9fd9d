import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { type EventStream, type LiveData, type LiveEnv, type LiveKind, LiveStream, NO_EVENTS } from "./live.ts";

/** A connection that a test speaks through. */
class FakeConnection implements EventStream {
  readonly url: string;
  isClosed = false;
  readonly #listeners = new Map<string, ((event: Event) => void)[]>();

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    this.#listeners.set(type, [...this.#listeners.get(type) ?? [], listener]);
  }

  close(): void {
    this.isClosed = true;
  }

  get query(): { [name: string]: string } {
    return Object.fromEntries(new URL(this.url, "http://page").searchParams);
  }

  say(type: string, data?: unknown, lastEventId = ""): void {
    const init = { data: typeof data === "string" ? data : JSON.stringify(data), lastEventId };
    const event = data === undefined ? new Event(type) : new MessageEvent(type, init);
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}

/** A page: its connections, its clock, whether it is hidden, what the server does not have. */
class FakePage implements LiveEnv {
  readonly clock = new ManualClock();
  readonly connections: FakeConnection[] = [];
  readonly missing = new Set<string>();
  hidden = false;
  welcome = true;
  #onVisibility: () => void = () => {};
  readonly stream = new LiveStream(this);

  open(url: string): EventStream {
    const connection = new FakeConnection(url);
    this.connections.push(connection);
    return connection;
  }

  isHidden(): boolean {
    return this.hidden;
  }

  onVisibility(listener: () => void): void {
    this.#onVisibility = listener;
  }

  after(ms: number, ring: () => void): () => void {
    return this.clock.after(ms, ring);
  }

  random(): number {
    return 1;
  }

  exists(kind: LiveKind, id: string): Promise<boolean> {
    return Promise.resolve(!this.missing.has(`${kind} ${id}`));
  }

  isWelcome(): Promise<boolean> {
    return Promise.resolve(this.welcome);
  }

  /** Hides or shows the page. */
  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.#onVisibility();
  }

  /** Follows, and gives what is heard. */
  heard(kind: LiveKind, id: string, after?: number): { readonly said: [string, LiveData][]; stop(): void } {
    const said: [string, LiveData][] = [];
    const stop = this.stream.follow(kind, id, (event, data) => said.push([event, data]), after);
    return { said, stop };
  }

  get last(): FakeConnection {
    return this.connections.at(-1)!;
  }

  get open_count(): number {
    return this.connections.filter(({ isClosed }) => !isClosed).length;
  }

  /** Lets gathering and waiting come to an end, and what follows from it. */
  async pass(ms = 50): Promise<void> {
    this.clock.advance(ms);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

Deno.test("all that a page shows comes over one connection, asked for together", async () => {
  const page = new FakePage();
  const [a, b] = [page.heard("run", "a"), page.heard("run", "b", 7)];
  page.heard("batch", "s");
  page.heard("notebook", "economic/policy page.md");
  assertEquals(page.connections.length, 0);
  await page.pass();
  assertEquals(page.connections.length, 1);
  assertEquals(page.last.query, { runs: `a:${NO_EVENTS},b:7`, batches: "s", notebook: "economic/policy page.md" });
  page.last.say("status", { run_id: "a", status: "running", turn: 1 });
  page.last.say("event", { simulation_id: "b", id: 8 }, "a:0,b:8");
  assertEquals(a.said.map(([event]) => event), ["status"]);
  assertEquals(b.said.map(([event]) => event), ["event"]);
});

Deno.test("who comes later hears the newest at once; the connection is opened anew only for what is new", async () => {
  const page = new FakePage();
  page.heard("run", "a");
  await page.pass();
  page.last.say("status", { run_id: "a", turn: 1 });
  page.last.say("progress", { run_id: "a", turn: 2 });
  const second = page.heard("run", "a");
  assertEquals(second.said.map(([event, { turn }]) => [event, turn]), [["status", 1], ["progress", 2]]);
  await page.pass();
  assertEquals(page.connections.length, 1);
  page.heard("run", "b");
  await page.pass();
  assertEquals([page.connections.length, page.open_count], [2, 1]);
});

Deno.test("who lists runs hears of all of them over the one connection, and others again afterwards", async () => {
  const page = new FakePage();
  page.heard("run", "a");
  const said: [string, LiveData][] = [];
  const stop = page.stream.followAll((event, data) => said.push([event, data]));
  await page.pass();
  assertEquals([page.last.url, page.open_count], ["/api/events/stream?snapshot=false", 1]);
  page.last.say("run", { run_id: "b", current_turn: 3 }, "epoch-4");
  page.last.say("removed", { run_id: "c" }, "epoch-5");
  assertEquals(said, [["run", { run_id: "b", current_turn: 3 }], ["removed", { run_id: "c" }]]);
  page.last.say("error");
  await page.pass(2000);
  assertEquals([page.last.url, page.open_count], ["/api/events/stream?snapshot=false", 1]);
  stop();
  await page.pass();
  assertEquals([page.last.query, page.open_count], [{ runs: `a:${NO_EVENTS}` }, 1]);
});

Deno.test("a lost connection is tried again by and by, after the last event that was heard", async () => {
  const page = new FakePage();
  page.heard("run", "a", 0);
  await page.pass();
  page.last.say("open");
  assertEquals(page.stream.state.value, "open");
  page.last.say("event", { simulation_id: "a", id: 12 }, "a:12");
  page.last.say("error");
  assertEquals([page.stream.state.value, page.open_count], ["lost", 0]);
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    waits.push(page.clock.nextAlarm);
    await page.pass(page.clock.nextAlarm);
    assertEquals(page.stream.state.value, "lost");
    assertEquals(page.last.query.runs, "a:12");
    page.last.say("error");
  }
  assertEquals(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  page.stream.retry();
  page.last.say("status", { run_id: "a" });
  assertEquals(page.stream.state.value, "open");
  page.last.say("error");
  assertEquals(page.clock.nextAlarm, 1000);
});

Deno.test("a server that answers something else is tried at once, and once only", async () => {
  const page = new FakePage();
  page.heard("run", "a");
  await page.pass();
  page.stream.wake();
  page.connections[0]!.say("open");
  page.stream.wake();
  assertEquals(page.connections.length, 1);
  page.connections[0]!.say("error");
  page.stream.wake();
  assertEquals(page.connections.length, 2);
  page.connections[1]!.say("error");
  page.stream.wake();
  assertEquals([page.connections.length, page.stream.state.value], [2, "lost"]);
  await page.pass(page.clock.nextAlarm);
  page.connections[2]!.say("open");
  page.connections[2]!.say("error");
  page.stream.wake();
  assertEquals(page.connections.length, 4);
});

Deno.test("a hidden page has no connection; shown again it goes on where it was", async () => {
  const page = new FakePage();
  page.heard("run", "a", 3);
  await page.pass();
  page.last.say("event", { simulation_id: "a", id: 5 }, "a:5");
  page.hide(true);
  assertEquals([page.open_count, page.stream.state.value], [0, "idle"]);
  page.heard("run", "b");
  await page.pass();
  assertEquals(page.connections.length, 1);
  page.hide(false);
  assertEquals([page.open_count, page.last.query.runs], [1, `a:5,b:${NO_EVENTS}`]);
});

Deno.test("where all runs have ended there is nothing to listen to, and that is no loss", async () => {
  const page = new FakePage();
  const { said } = page.heard("run", "a");
  await page.pass();
  page.last.say("end", { run_id: "a", status: "completed" });
  page.last.say("error");
  assertEquals([page.stream.state.value, page.open_count], ["idle", 0]);
  assertEquals(said.length, 1);
  await page.pass(60_000);
  assertEquals(page.connections.length, 1);
  // One that is continued is listened to anew.
  page.heard("run", "a");
  await page.pass();
  assertEquals(page.open_count, 1);
});

Deno.test("a run that is gone keeps nobody else from being heard", async () => {
  const page = new FakePage();
  const [gone, other] = [page.heard("run", "gone"), page.heard("run", "other")];
  page.missing.add("run gone");
  await page.pass();
  page.last.say("error");
  await page.pass(1000);
  page.last.say("error");
  await page.pass(2000);
  assertEquals(gone.said, [["end", { run_id: "gone", status: "removed" }]]);
  assertEquals([other.said.length, page.last.query.runs], [0, `other:${NO_EVENTS}`]);
});

Deno.test("nobody listens, nothing is open; what the server refuses is not asked for again", async () => {
  const page = new FakePage();
  const { stop } = page.heard("run", "a");
  await page.pass();
  stop();
  await page.pass();
  assertEquals(page.open_count, 0);
  page.heard("run", "b");
  await page.pass();
  page.last.say("error", { code: "access_ended" });
  assertEquals(page.stream.state.value, "refused");
  await page.pass(120_000);
  assertEquals(page.connections.length, 2);
});

Deno.test("a page that may see nothing any more says so, and does not try for ever", async () => {
  const page = new FakePage();
  page.heard("run", "a");
  await page.pass();
  page.welcome = false;
  page.last.say("error");
  await page.pass(1000);
  page.last.say("error");
  await page.pass(2000);
  assertEquals(page.stream.state.value, "refused");
  await page.pass(120_000);
  assertEquals(page.connections.length, 2);
});

Deno.test("what is no JSON, or of nobody that is followed, is passed over", async () => {
  const page = new FakePage();
  const { said } = page.heard("run", "a");
  await page.pass();
  page.last.say("status", "{");
  page.last.say("status", "null");
  page.last.say("status", { run_id: "other" });
  assertEquals(said, []);
  assertTrue(page.stream.state.value === "open");
});
