import { assertEquals } from "../../../tests/support/assert.ts";
import { commands, registerCommands } from "./commands.ts";

const ids = () => commands.value.map(({ id, title }) => `${id} ${title}`);
const command = (id: string, title: string) => ({ id, title, run: () => {} });

Deno.test("a command that is registered again replaces the one before, whose end then changes nothing", () => {
  const forget = registerCommands([command("a", "1"), command("b", "1")]);
  const forgetAgain = registerCommands([command("a", "2")]);
  assertEquals(ids(), ["b 1", "a 2"]);
  forget();
  assertEquals(ids(), ["a 2"]);
  forgetAgain();
  assertEquals(ids(), []);
});
