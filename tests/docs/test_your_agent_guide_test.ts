import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { follow, freePort, output, page, type Ran, ranWith, withRepository } from "./guide.ts";

const guide = await page("guide/test_your_agent.md");

Deno.test("the agent of 'Test your agent' is that of the example's file", async () => {
  const [, shown] = /^```ts\n\/\/ my\/agent\.ts\n([\s\S]*?)^```$/m.exec(guide)!;
  assertEquals(shown, await page("guide/examples/plan_agent.ts"));
  assertTrue(shown!.trim().split("\n").length <= 20, "it has twenty lines at most");
});

Deno.test("what 'Test your agent' shows is what happens", () =>
  withRepository(async (folder) => {
    const ran = await follow(guide, folder, { replace: { "9000": freePort(), "8099": freePort() } });
    const converse = (part: string, nth = 0): Ran => ran.filter(({ command }) => command.includes(part))[nth]!;

    // The transcript of the page is what the first command prints, but for the run's name.
    const [, shown] = /^```\n(conversation first_[\s\S]*?)^```$/m.exec(guide)!;
    const transcript = (text: string) => text.slice(text.indexOf("\n")).replace(/\noutput .*\n/, "\n");
    assertEquals(transcript(output(ran, "converse my/first.yaml")), transcript(shown!));
    assertEquals(
      JSON.parse(output(ran, ".judge.witness")),
      JSON.parse(/^```json\n(.*)\n```$/m.exec(guide)![1]!),
    );
    assertMatches(output(ran, "--fail-under 1"), /^passed .* 4 aligned, 0 misaligned, 0 unclear$/m);

    const users = converse("converse my/users.yaml");
    assertMatches(users.stderr, /^LLM: offline: answers by rule, not a language model/m);
    const [, told] = /^```\nLLM: offline.*\n([\s\S]*?)^```$/m.exec(guide)!;
    const lines = (text: string) => text.trim().replaceAll(/ {2}users_\S+/g, "").split("\n").toSorted();
    assertEquals(lines(users.stdout), lines(told!));
    assertMatches(output(ran, "--seeds 1..2 --samples 2"), /^\d of 4 passed · pass\^1 \d+ % · pass\^4 \d+ %$/m);

    const tools = output(ran, "converse my/tools.yaml");
    assertMatches(tools, /^✗ lab .* 1 aligned, 3 misaligned, 0 unclear/m);
    assertMatches(tools, /^✓ ours .* 4 aligned, 0 misaligned, 0 unclear/m);

    assertMatches(output(ran, "--manual"), /^not over · idle after 2 turns: 2 aligned/m);
    assertMatches(output(ran, "resume last"), /^completed in turn 4/);
    assertMatches(output(ran, "kind: human"), /^passed · finished \(user_done\) after 1 turn: 1 aligned/m);
    assertMatches(output(ran, "replay last"), /^identical$/m);

    const [perfect, forgetful, labelled] = ran.filter(({ command }) => command.includes("show last")) as [
      Ran,
      Ran,
      Ran,
    ];
    assertMatches(perfect.stdout, /agent rule[^]*^passed .* 4 aligned/m);
    assertMatches(forgetful.stdout, /^ {2}judge {3}✗ misaligned: delete_task \{"task_id":6\} was not done\.$/m);
    assertMatches(labelled.stdout, /^ {2}Mira {4}✓ aligned: we agreed that task 6 stays$/m);
    assertMatches(output(ran, "rejudge last"), /user recorded · agent recorded · judge llm/);
    assertMatches(output(ran, "conversations certificate"), /^rules: Judge on 132 labelled turns/m);

    assertTrue(Deno.readTextFileSync(`${folder}/my/first.md`).startsWith("# Conversation first"));
    assertMatches(output(ran, "converse my/imported.yaml"), /0 aligned, 0 misaligned, 4 unclear/);
    assertMatches(ranWith(ran, "import my/first.jsonl").stderr, /what the user wanted is not recorded/);
    assertMatches(output(ran, "conversations list"), /^CONVERSATION +STATUS/m);
  }));
