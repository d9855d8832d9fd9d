import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { viewOfText } from "../../../tests/support/notebook_pages.ts";
import { mix } from "../../_impl/merge.ts";
import {
  type Draft,
  type Mixed,
  PAUSE,
  Refused,
  type Region,
  type Saved,
  Sync,
  type SyncOptions,
  type SyncServer,
} from "./sync.ts";
import type { NotebookView } from "./types.ts";

/** A disk and the server before it: it merges as the real one does, and its answers wait where a test says so. */
class FakeServer implements SyncServer {
  disk: string | null;
  isAway = false;
  refusal: string | null = null;
  readonly asked: string[] = [];
  /** Of views that wait: resolves each. */
  held: (() => void)[] | null = null;
  /** Ticks that each answer takes. */
  delay = () => 0;

  constructor(disk: string | null) {
    this.disk = disk;
  }

  async view(text: string | null, signal: AbortSignal): Promise<NotebookView> {
    this.#reach("view");
    await this.#tick();
    if (this.held !== null) await new Promise<void>((resolve) => this.held!.push(resolve));
    signal.throwIfAborted();
    return { ...viewOfText(text ?? this.disk ?? ""), title: text ?? "" };
  }

  async read(): Promise<Saved | null> {
    this.#reach("read");
    await this.#tick();
    const { disk } = this;
    await this.#tick();
    return disk === null ? null : { text: disk, hash: hashOf(disk) };
  }

  async write(text: string, base: Saved) {
    this.#reach(`write ${text.trim()}`);
    await this.#tick();
    await Promise.resolve();
    if (this.refusal !== null) throw new Refused({ type: "refused", message: this.refusal });
    if (this.disk === null && base.hash !== null) throw new Refused({ type: "gone" });
    if (this.disk === null || base.hash === hashOf(this.disk)) {
      this.disk = text;
      return { text, hash: hashOf(text), merged: false };
    }
    const parts = mix(base.text, text, this.disk);
    if (parts.some((part) => typeof part !== "string")) {
      throw new Refused({ type: "conflict", disk: { text: this.disk, hash: hashOf(this.disk) } });
    }
    this.disk = parts.join("");
    return { text: this.disk, hash: hashOf(this.disk), merged: true };
  }

  mix(base: string, mine: string, disk: string): Promise<Mixed> {
    return Promise.resolve(mix(base, mine, disk));
  }

  async #tick(): Promise<void> {
    for (let i = this.delay(); i > 0; i--) await Promise.resolve();
  }

  #reach(what: string): void {
    this.asked.push(what);
    if (this.isAway) throw new Refused({ type: "away" });
  }
}

const hashOf = (text: string) => `#${text}`;

/** A page with a clock that a test turns. */
class World {
  readonly server: FakeServer;
  readonly sync: Sync;
  text: string;
  draft: Draft | null = null;
  readonly shown: [why: string, text: string][] = [];
  readonly states: string[] = [];
  #now = 0;
  #alarms = new Set<{ readonly at: number; readonly act: () => void }>();

  constructor(text: string, disk: string | null = text, options: SyncOptions = {}) {
    this.text = text;
    this.server = new FakeServer(disk);
    this.sync = new Sync(
      { text, hash: disk === null ? null : hashOf(disk) },
      this.server,
      {
        text: () => this.text,
        show: (view, why) => {
          this.shown.push([why, view.title]);
          this.text = view.pieces.map(({ source }) => source).join("");
        },
        state: ({ type }) => this.states.at(-1) === type || this.states.push(type),
      },
      { keep: (draft) => this.draft = draft, drop: () => this.draft = null },
      {
        after: (ms, act) => {
          const alarm = { at: this.#now + ms, act };
          this.#alarms.add(alarm);
          return () => this.#alarms.delete(alarm);
        },
        now: () => new Date(this.#now),
      },
      options,
    );
  }

  type(text: string): void {
    this.text = text;
    this.sync.changed();
  }

  /** Lets time go by, and everything that has been begun come to its end. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (;;) {
      const next = [...this.#alarms].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.act();
      await settled();
    }
    this.#now = until;
  }
}

/** All promises that wait for nothing but each other are done. */
async function settled(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

Deno.test("typing is looked at after one pause and saved after another, once", async () => {
  const world = new World("a\n");
  world.type("a1\n");
  await world.pass(PAUSE.view - 1);
  world.type("a12\n");
  await world.pass(PAUSE.view - 1);
  assertEquals(world.server.asked, []);
  assertEquals(world.draft?.text, "a12\n");
  await world.pass(1);
  assertEquals(world.server.asked, ["view"]);
  await world.pass(PAUSE.save);
  assertEquals(world.server.asked, ["view", "write a12"]);
  assertEquals([world.server.disk, world.draft, world.sync.state.type], ["a12\n", null, "saved"]);
  assertEquals(world.states, ["changed", "saving", "saved"]);
});

Deno.test("an answer about a text that is not the page's any more changes nothing; the latest wins", async () => {
  const world = new World("a\n");
  world.server.held = [];
  world.type("b\n");
  await world.pass(PAUSE.view);
  world.type("c\n");
  await world.pass(PAUSE.view);
  const [first, second] = world.server.held;
  world.server.held = null;
  second!();
  first!();
  await settled();
  assertEquals(world.shown, [["view", "c\n"]]);
});

Deno.test("an answer to a text that is typed on from is dropped even where it is the last", async () => {
  const world = new World("a\n");
  world.server.held = [];
  world.type("b\n");
  await world.pass(PAUSE.view);
  world.type("bc\n");
  world.server.held[0]!();
  await settled();
  assertEquals([world.shown, world.text], [[], "bc\n"]);
});

Deno.test("what somebody else has written elsewhere in the file is merged, and shown", async () => {
  const world = new World("a\nb\nc\n");
  world.server.disk = "a\nb\nC\n";
  world.type("A\nb\nc\n");
  await world.pass(1000);
  assertEquals([world.server.disk, world.text, world.sync.state.type], ["A\nb\nC\n", "A\nb\nC\n", "saved"]);
  assertEquals(world.shown.at(-1), ["merged", "A\nb\nC\n"]);
});

Deno.test("what is typed while a merge comes back is merged with it in turn", async () => {
  const world = new World("a\nb\nc\nd\ne\n");
  world.server.disk = "a\nb\nc\nd\nE\n";
  world.text = "A\nb\nc\nd\ne\n";
  world.sync.changed();
  await world.pass(PAUSE.save - 1);
  world.server.held = [];
  await world.pass(1);
  assertEquals(world.server.disk, "A\nb\nc\nd\nE\n");
  // The merged text waits for its view; meanwhile somebody types.
  world.type("A\nb\nC\nd\ne\n");
  world.server.held.splice(0).forEach((resolve) => resolve());
  world.server.held = null;
  await world.pass(2000);
  assertEquals([world.server.disk, world.text], ["A\nb\nC\nd\nE\n", "A\nb\nC\nd\nE\n"]);
  assertEquals([world.sync.state.type, world.draft], ["saved", null]);
});

Deno.test("a change on disk appears where nothing was typed, and nothing is written", async () => {
  const world = new World("a\n");
  world.server.disk = "b\n";
  await world.sync.heard(hashOf("b\n"));
  assertEquals([world.text, world.shown], ["b\n", [["disk", "b\n"]]]);
  await world.sync.heard(hashOf("b\n"));
  await world.pass(5000);
  assertEquals(world.server.asked, ["read", "view"]);
});

Deno.test("a change on disk is merged at once where something was typed", async () => {
  const world = new World("a\nb\nc\n");
  world.type("A\nb\nc\n");
  world.server.disk = "a\nb\nC\n";
  await world.sync.heard(hashOf(world.server.disk));
  assertEquals([world.server.disk, world.text], ["A\nb\nC\n", "A\nb\nC\n"]);
});

Deno.test("the page's own writing is no news", async () => {
  const world = new World("a\n");
  world.type("b\n");
  await world.pass(PAUSE.view + 50);
  const saving = world.sync.save();
  const told = world.sync.heard(hashOf("b\n"));
  await saving;
  await told;
  assertEquals(world.server.asked, ["view", "write b"]);
});

function conflictOf(world: World) {
  const { state } = world.sync;
  assertTrue(state.type === "conflict");
  return state.conflict;
}

Deno.test("the same lines changed on both sides are a conflict: saving waits, the draft is kept, the answer is written", async () => {
  const world = new World("a\nb\nc\nd\ne\n");
  world.server.disk = "a\nDISK\nc\nd\nE\n";
  world.type("a\nMINE\nc\nd\ne\n");
  await world.pass(1000);
  const conflict = conflictOf(world);
  const regions = conflict.mixed.filter((part): part is Region => typeof part !== "string");
  assertEquals(regions, [{ base: "b\n", mine: "MINE\n", disk: "DISK\n" }]);
  assertEquals([world.server.disk, world.draft?.text], ["a\nDISK\nc\nd\nE\n", "a\nMINE\nc\nd\ne\n"]);
  await world.sync.resolve("a\nMINE\nDISK\nc\nd\nE\n", conflict);
  assertEquals([world.server.disk, world.text], ["a\nMINE\nDISK\nc\nd\nE\n", "a\nMINE\nDISK\nc\nd\nE\n"]);
  assertEquals([world.sync.state.type, world.draft], ["saved", null]);
});

Deno.test("what is typed elsewhere during a conflict is in the text that its answer leads to", async () => {
  const world = new World("a\nb\nc\nd\ne\n");
  world.server.disk = "a\nDISK\nc\nd\ne\n";
  world.type("a\nMINE\nc\nd\ne\n");
  await world.pass(1000);
  const conflict = conflictOf(world);
  world.text = "a\nMINE\nc\nd\nEND\n";
  await world.sync.resolve("a\nDISK\nc\nd\ne\n", conflict);
  assertEquals([world.server.disk, world.text], ["a\nDISK\nc\nd\nEND\n", "a\nDISK\nc\nd\nEND\n"]);
});

Deno.test("editing on during a conflict asks anew, and editing it away ends it", async () => {
  const world = new World("a\nb\nc\n");
  world.server.disk = "a\nDISK\nc\n";
  world.type("a\nMINE\nc\n");
  await world.pass(1000);
  world.type("a\nMINE 2\nc\n");
  await world.pass(1000);
  assertEquals(conflictOf(world).mine, "a\nMINE 2\nc\n");
  assertEquals(world.server.disk, "a\nDISK\nc\n");
  world.type("a\nDISK\nc\n");
  await world.pass(1000);
  assertEquals([world.sync.state.type, world.server.disk], ["saved", "a\nDISK\nc\n"]);
});

Deno.test("a server that is away is tried again, later and later; the draft is kept, and saved when it is back", async () => {
  const world = new World("a\n");
  world.server.isAway = true;
  world.type("b\n");
  await world.pass(PAUSE.save);
  assertEquals([world.sync.state.type, world.draft?.text], ["offline", "b\n"]);
  world.type("bc\n");
  await world.pass(30_000);
  const tries = world.server.asked.filter((what) => what.startsWith("write")).length;
  assertTrue(tries >= 4 && tries <= 9, `${tries} tries in 30 s`);
  assertEquals([world.sync.state.type, world.draft?.text, world.server.disk], ["offline", "bc\n", "a\n"]);
  world.server.isAway = false;
  await world.pass(15_000);
  assertEquals([world.sync.state.type, world.draft, world.server.disk], ["saved", null, "bc\n"]);
});

Deno.test("a server that is known to be back is not waited for", async () => {
  const world = new World("a\n");
  world.server.isAway = true;
  world.type("b\n");
  await world.pass(20_000);
  world.server.isAway = false;
  await world.sync.wake();
  assertEquals([world.sync.state.type, world.server.disk], ["saved", "b\n"]);
});

Deno.test("only looking at a server that is away leaves the page as saved as it is", async () => {
  const world = new World("a\n");
  world.server.isAway = true;
  await world.sync.refresh();
  assertEquals(world.sync.state.type, "offline");
  world.server.isAway = false;
  await world.pass(20_000);
  assertEquals([world.sync.state.type, world.shown.at(-1)], ["saved", ["view", "a\n"]]);
});

Deno.test("a file that is gone is not written again unasked, and what was typed is kept", async () => {
  const world = new World("a\n");
  world.server.disk = null;
  await world.sync.heard(null);
  world.type("b\n");
  await world.pass(5000);
  assertEquals([world.sync.state.type, world.server.disk, world.draft?.text], ["gone", null, "b\n"]);
  await world.sync.writeAnew();
  assertEquals([world.sync.state.type, world.server.disk, world.draft], ["saved", "b\n", null]);
});

Deno.test("a save that is refused says why, keeps the draft, and is tried again with the next change", async () => {
  const world = new World("a\n");
  world.server.refusal = "this key may not edit";
  world.type("b\n");
  await world.pass(5000);
  assertEquals(world.sync.state, { type: "refused", message: "this key may not edit" });
  assertEquals([world.draft?.text, world.server.asked.filter((what) => what.startsWith("write")).length], ["b\n", 1]);
  world.server.refusal = null;
  world.type("c\n");
  await world.pass(1000);
  assertEquals([world.sync.state.type, world.server.disk], ["saved", "c\n"]);
});

Deno.test("a draft is taken up with what it was made from: what the disk has got since is merged", async () => {
  const world = new World("a\nb\nC\n");
  const draft: Draft = { text: "A\nb\nc\n", base: { text: "a\nb\nc\n", hash: hashOf("a\nb\nc\n") }, at: "" };
  world.text = draft.text;
  world.sync.resume(draft);
  await world.pass(1000);
  assertEquals([world.server.disk, world.text], ["A\nb\nC\n", "A\nb\nC\n"]);
});

Deno.test("a page that closes keeps what is not saved, and does nothing afterwards", async () => {
  const world = new World("a\n");
  world.type("b\n");
  world.sync.close();
  assertEquals(world.draft?.text, "b\n");
  await world.pass(10_000);
  assertEquals(world.server.asked, []);
});

Deno.test("two pages on one file: each gets what the other has written, whoever writes first", async () => {
  const [one, two] = [new World("a\nb\nc\nd\ne\n"), new World("a\nb\nc\nd\ne\n")];
  one.type("ONE\nb\nc\nd\ne\n");
  two.type("a\nb\nc\nd\nTWO\n");
  await one.pass(1000);
  two.server.disk = one.server.disk;
  await two.pass(1000);
  one.server.disk = two.server.disk;
  await one.sync.heard(hashOf(one.server.disk!));
  assertEquals([one.text, two.text], ["ONE\nb\nc\nd\nTWO\n", "ONE\nb\nc\nd\nTWO\n"]);
});

const BY_HAND = { savesItself: false };

Deno.test("by hand: what is typed is looked at and kept as a draft, and on disk when it is told to be", async () => {
  const world = new World("a\n", "a\n", BY_HAND);
  world.type("ab\n");
  await world.pass(60_000);
  assertEquals([world.server.asked, world.draft?.text, world.states], [["view"], "ab\n", ["changed"]]);
  await world.sync.save();
  assertEquals([world.server.disk, world.draft, world.sync.state.type], ["ab\n", null, "saved"]);
  world.type("abc\n");
  await world.pass(60_000);
  assertEquals([world.server.disk, world.sync.state.type], ["ab\n", "changed"]);
});

Deno.test("by hand: what somebody else has written is taken in at once, and stays unsaved", async () => {
  const world = new World("a\nb\nc\n", "a\nb\nc\n", BY_HAND);
  world.type("A\nb\nc\n");
  world.server.disk = "a\nb\nC\n";
  await world.sync.heard(hashOf("a\nb\nC\n"));
  assertEquals([world.text, world.server.disk, world.sync.state.type], ["A\nb\nC\n", "a\nb\nC\n", "changed"]);
  assertEquals([world.draft?.text, world.draft?.base.text], ["A\nb\nC\n", "a\nb\nC\n"]);
  await world.sync.save();
  assertEquals([world.server.disk, world.sync.state.type], ["A\nb\nC\n", "saved"]);
});

Deno.test("by hand: an answered conflict is saved only where saving was what has found it", async () => {
  for (const isSaved of [true, false]) {
    const world = new World("a\n", "a\n", BY_HAND);
    world.type("mine\n");
    world.server.disk = "disk\n";
    await (isSaved ? world.sync.save() : world.sync.heard(hashOf("disk\n")));
    const { state } = world.sync;
    if (state.type !== "conflict") throw new Error(state.type);
    await world.sync.resolve("both\n", state.conflict);
    await world.pass(60_000);
    const expected = isSaved ? ["both\n", "both\n", "saved"] : ["both\n", "disk\n", "changed"];
    assertEquals([world.text, world.server.disk, world.sync.state.type], expected);
  }
});

Deno.test("by hand: a server that is away is waited for with what was to be saved, and with nothing else", async () => {
  for (const isSaved of [true, false]) {
    const world = new World("a\n", "a\n", BY_HAND);
    world.server.isAway = true;
    world.type("b\n");
    if (isSaved) await world.sync.save();
    await world.pass(5000);
    assertEquals([world.sync.state.type, world.draft?.text], ["offline", "b\n"]);
    world.server.isAway = false;
    await world.pass(60_000);
    assertEquals([world.server.disk, world.sync.state.type], isSaved ? ["b\n", "saved"] : ["a\n", "changed"]);
  }
});

Deno.test("a file that was gone and is there again is taken in like any other change; what was typed is not lost", async () => {
  const world = new World("a\nb\nc\n", "a\nb\nc\n", BY_HAND);
  world.server.disk = null;
  await world.sync.heard(null);
  world.type("A\nb\nc\n");
  world.server.disk = "a\nb\nC\n";
  await world.sync.heard(hashOf("a\nb\nC\n"));
  assertEquals([world.text, world.sync.state.type], ["A\nb\nC\n", "changed"]);
});

Deno.test("by hand: in whatever order answers come, all ends saved, with every answer to a conflict in it", async () => {
  for (let seed = 1; seed <= 400; seed++) {
    let state = seed;
    const random = (below: number) => (state = state * 48271 % 2147483647) % below;
    const world = new World("1\n2\n3\n4\n", "1\n2\n3\n4\n", BY_HAND);
    world.server.delay = () => random(12);
    for (let step = 0; step < 12; step++) {
      const line = random(4);
      const put = (text: string, words: string) => text.split("\n").with(line, words).join("\n");
      switch (random(5)) {
        case 0:
          world.type(put(world.text, `mine ${step}`));
          break;
        case 1:
          world.server.disk = put(world.server.disk!, `disk ${step}`);
          void world.sync.heard(hashOf(world.server.disk));
          break;
        case 2:
          void world.sync.save();
          break;
        case 3:
          if (world.sync.state.type === "conflict") void world.sync.resolve(mineOf(world), world.sync.state.conflict);
          break;
        default:
          for (let i = random(20); i > 0; i--) await Promise.resolve();
      }
    }
    const rest = async () => {
      for (let i = 0; i < 10; i++) await world.pass(5000);
    };
    await rest();
    for (let round = 0; round < 6 && world.sync.state.type !== "saved"; round++) {
      if (world.sync.state.type === "conflict") await world.sync.resolve(mineOf(world), world.sync.state.conflict);
      else await world.sync.save();
      await rest();
    }
    assertEquals([seed, world.sync.state.type, world.text], [seed, "saved", world.server.disk]);
  }
});

/** The text with what the page has in every place that both have changed. */
function mineOf({ sync: { state } }: World): string {
  if (state.type !== "conflict") throw new Error(state.type);
  return state.conflict.mixed.map((part) => typeof part === "string" ? part : part.mine).join("");
}
