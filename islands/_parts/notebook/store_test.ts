import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { viewOfText } from "../../../tests/support/notebook_pages.ts";
import { NotebookStore } from "./store.ts";

const cell = (id: string) => `\`\`\`yaml run #${id}\nscenario: crisis\n\`\`\`\n\n`;

/** A page with somebody who types in it, in an editor that takes in what the page says, and a server that answers. */
class Page {
  readonly store: NotebookStore;
  /** What the editor has. */
  body = "";
  #unfollow = () => {};

  constructor(text: string) {
    this.store = new NotebookStore(viewOfText(text));
    this.store.caretOf = () => this.body.length;
    this.store.editing.subscribe(() => this.#mount());
  }

  get text(): string {
    return this.store.text();
  }

  /** Key of the piece at this place of those that one sees. */
  key(at: number): string {
    return this.store.order.peek()[at]!;
  }

  type(text: string): void {
    this.body += text;
    this.store.type(this.store.editing.peek()!.key, this.body);
  }

  /** The server has seen the text. */
  answer(): void {
    this.store.show(viewOfText(this.text), true);
  }

  #mount(): void {
    this.#unfollow();
    const key = this.store.editing.peek()?.key;
    if (key === undefined) return;
    this.#unfollow = this.store.piece(key).source.subscribe(() => this.body = this.store.body(key));
  }
}

Deno.test("whatever is typed into a text stands in the file as it was typed, whenever the server answers", () => {
  const chunk = fc.constantFrom("a", " ", "\n", "# H", "---", "- ", "> ", "\t", "b c");
  const steps = fc.array(fc.tuple(chunk, fc.boolean()), { maxLength: 12 });
  const text = `Above.\n\n${cell("a")}Words.\n\n${cell("b")}`;
  fc.assert(fc.property(steps, fc.boolean(), (todo, isNew) => {
    const page = new Page(text);
    const key = isNew ? page.store.insertKind("prose", page.key(3)) : page.key(2);
    if (!isNew) page.store.edit(key);
    let typed = page.body;
    for (const [part, isAnswered] of todo) {
      page.type(part);
      typed += part;
      if (isAnswered) page.answer();
      assertEquals(page.body, typed);
    }
    const [open, close] = isNew ? ["Words.\n\n", typed.trim() === "" ? "" : "\n\n"] : ["", "\n\n"];
    assertEquals(page.text, `Above.\n\n${cell("a")}${open}${typed}${close}${cell("b")}`);
  }));
});

Deno.test("a fence is text until it is closed, also the last of the page, then its cell is edited", () => {
  for (const below of ["", cell("b")]) {
    const page = new Page(`Words.\n\n${below}`);
    page.store.edit(page.key(0));
    for (const part of ["\n\n```yaml run", " #new", "\nscenario: crisis\n"]) {
      page.type(part);
      page.answer();
      assertEquals(page.store.order.peek().length, below === "" ? 1 : 2);
      assertTrue(page.store.hasOpenFence.peek());
    }
    page.type("```");
    page.answer();
    assertTrue(!page.store.hasOpenFence.peek());
    const editing = page.store.editing.peek()!;
    assertEquals([editing.key, editing.isProse], [page.key(1), false]);
    assertEquals(page.body, "scenario: crisis");
    assertEquals(page.text, `Words.\n\n\`\`\`yaml run #new\nscenario: crisis\n\`\`\`\n\n${below}`);
  }
});

Deno.test("a text that becomes a cell under its own key is edited as a cell from then on", () => {
  const page = new Page(cell("a"));
  page.store.insertKind("prose", null);
  page.type("```yaml run #b\nscenario: x\n");
  page.answer();
  assertTrue(page.store.editing.peek()!.isProse);
  page.type("```");
  page.answer();
  const { key, isProse } = page.store.editing.peek()!;
  assertEquals([key, isProse, page.body], [page.key(1), false, "scenario: x"]);
  page.type("\nseed: 1");
  assertEquals(page.text, `${cell("a")}\`\`\`yaml run #b\nscenario: x\nseed: 1\n\`\`\`\n`);
});

Deno.test("a fence that is left open takes what is below it when it is left", () => {
  const page = new Page(`Words.\n\n${cell("b")}`);
  let asked = 0;
  page.store.onChange = () => asked++;
  page.store.edit(page.key(0));
  page.type("\n\n```yaml run #new");
  page.answer();
  asked = 0;
  page.store.leave();
  assertEquals(asked, 1);
  page.answer();
  assertEquals(page.store.order.peek().length, 2);
  assertTrue(page.text.endsWith(cell("b")));
});

Deno.test("a text typed beside another is one with it when it is left, and is undone alone", () => {
  const page = new Page(`One.\n\n${cell("a")}`);
  page.store.insertKind("prose", page.key(1));
  page.type("Two.");
  page.answer();
  assertEquals([page.store.order.peek().length, page.store.hasOpenFence.peek()], [3, false]);
  page.store.leave();
  page.answer();
  assertEquals([page.text, page.store.order.peek().length], [`One.\n\nTwo.\n\n${cell("a")}`, 2]);
  page.store.undo();
  assertEquals(page.text, `One.\n\n${cell("a")}`);
  page.answer();
  page.store.redo();
  assertEquals(page.text, `One.\n\nTwo.\n\n${cell("a")}`);
});

Deno.test("a text that was moved beside another, and has grown together with it, is moved back alone", () => {
  const text = `One.\n\n${cell("a")}Two.\n`;
  const page = new Page(text);
  page.store.move(page.key(2), page.key(0));
  page.answer();
  assertEquals([page.text, page.store.order.peek().length], [`Two.\n\nOne.\n\n${cell("a")}`, 2]);
  page.store.undo();
  assertEquals(page.text, text);
  page.answer();
  page.store.redo();
  assertEquals(page.text, `Two.\n\nOne.\n\n${cell("a")}`);
});

Deno.test("an option that is undone leaves what was typed since", () => {
  const page = new Page(cell("a"));
  page.store.change(page.key(0), cell("a").replace("#a", "#a fold"));
  page.store.edit(page.key(0));
  page.type("\nseed: 1");
  page.store.undo();
  assertEquals(page.text, cell("a").replace("crisis", "crisis\nseed: 1"));
});

Deno.test("a new text in which no word was typed is none; a page that changes on disk meanwhile keeps it", () => {
  const page = new Page(cell("a") + cell("b"));
  const key = page.store.insertKind("prose", page.key(1));
  assertEquals(page.key(1), key);
  page.type(" \n");
  page.answer();
  assertEquals([page.body, page.key(1)], [" \n", key]);
  page.store.show(viewOfText(`${cell("a")}${cell("b")}${cell("c")}`), false);
  assertEquals([page.key(1), page.store.order.peek().length], [key, 4]);
  page.type("x");
  page.answer();
  assertTrue(page.text.includes(`x\n\n${cell("b")}`));
  page.store.leave();
  page.store.insertKind("prose", null);
  page.type("  ");
  page.store.leave();
  assertTrue(page.text.endsWith(cell("c")));
});

Deno.test("a change on disk comes into the text that is edited, and typing goes on in it", () => {
  const page = new Page(`Words.\n\n${cell("a")}`);
  page.store.edit(page.key(0));
  page.type(" ");
  page.store.show(viewOfText(`First.\n\nWords. \n\n${cell("a")}`), false);
  assertEquals(page.body, "First.\n\nWords. ");
  page.type("More.");
  assertEquals(page.text, `First.\n\nWords. More.\n\n${cell("a")}`);
});
