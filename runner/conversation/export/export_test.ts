import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import { checkXml } from "../../export/xml_test_support.ts";
import { converseReport } from "../report.ts";
import {
  anyConversation,
  exampleConversation,
  exampleTurn,
  misalignedTurn,
  passedConversation,
} from "../tests/conversations.ts";
import { CONVERSATION_FORMATS, exportConversation, readConversation, toJson, toJunit, toMarkdown } from "./mod.ts";

Deno.test("exportConversation: every format has a text, a media type and a file name", () => {
  const exported = CONVERSATION_FORMATS.map((format) => exportConversation(exampleConversation(), format));
  assertEquals(exported.map(({ file_name }) => file_name.split(".")[1]), ["txt", "md", "json", "jsonl", "xml", "yaml"]);
  for (const { text, media_type } of exported) {
    assertTrue(text.includes("Please create a task") && text.endsWith("\n"));
    assertMatches(media_type, /^[a-z]+\/[a-z-]+; charset=utf-8$/);
  }
});

Deno.test("exportConversation: another format is refused, with those there are", () => {
  const error = assertThrows(() => exportConversation(exampleConversation(), "toString"), "unknown_format");
  assertMatches(error.message, /'toString'/);
});

Deno.test("converseReport: runs by case in the order of their first, passes and costs added up", () => {
  const other = { ...exampleConversation().config, case: null };
  const cost = { usd: 0.5, calls: 2, input_tokens: 3, output_tokens: 4 };
  const runs = [
    passedConversation({ cost }),
    exampleConversation({ config: other, cost }),
    exampleConversation({ sample: 1 }),
  ];
  const report = converseReport("launch", runs);
  assertEquals(report.cases.map((each) => [each.case, each.passed, each.total]), [["launch", 1, 2], [
    "conversation",
    0,
    1,
  ]]);
  assertEquals([report.passed, report.total, report.passed_share], [1, 3, 1 / 3]);
  assertEquals(report.cost, { usd: 1, calls: 4, input_tokens: 6, output_tokens: 8 });
  assertEquals(converseReport("none", []).passed_share, null);
});

Deno.test("toJson: any conversation reads back as it was, and equal ones have equal bytes", () => {
  fc.assert(fc.property(anyConversation, (run) => {
    const text = toJson(run);
    const read = readConversation(text);
    assertEquals(read, run);
    assertEquals(toJson(Object.fromEntries(Object.entries(read).reverse()) as unknown as typeof read), text);
  }));
});

Deno.test("toJson: lone surrogates become replacement characters", () => {
  const [turn] = passedConversation().turns;
  const user = { ...turn!.simulated_user, message: "a\ud800" };
  const read = readConversation(toJson(passedConversation({ turns: [{ ...turn!, simulated_user: user }] })));
  assertEquals(read.turns[0]!.simulated_user.message, "a\ufffd");
});

Deno.test("readConversation: says where a text is no JSON, and what of a document is no conversation", () => {
  const text = toJson(exampleConversation());
  assertMatches(assertThrows(() => readConversation('{"format":1,\n}'), "not_json").message, /line 2, column 1/);
  const wrong = text.replace('"alignment":"misaligned"', '"alignment":"good"');
  assertMatches(
    assertThrows(() => readConversation(wrong), "bad_conversation").message,
    /^turns\[1\]\.judge\.alignment: /,
  );
  const later = text.replace('"format":1', '"format":2');
  assertMatches(assertThrows(() => readConversation(later), "bad_conversation").message, /^format: /);
});

Deno.test("toMarkdown: what was said is quoted, actions are code, the difference is named", () => {
  const text = toMarkdown(exampleConversation());
  assertTrue(text.startsWith("# Conversation 01KAXAMPLE0000000000000001\n\n- Result: not passed\n"), text);
  assertTrue(
    text.includes('## Turn 2: ✗ misaligned\n\n**User**\n\n> Delete task 2.\n\nWants `delete_task` `{"task_id":2}`'),
  );
  assertTrue(text.includes('- ✗ `delete_task` `{"task_id":3}`: there is no task 3'));
  assertTrue(text.includes("- Difference: task\\_id is 3, wanted was 2"));
});

Deno.test("toMarkdown: markup in what was said is shown, not rendered", () => {
  const message = "<img src=x onerror=1> # no\n# heading\n1. list\n- item\n[a](http://x) ``` **b**\n    code";
  const turn = exampleTurn(1, { simulated_user: { message, desired_action: null, seal: "", salt: "" } });
  const reply = "`".repeat(3);
  const text = toMarkdown(exampleConversation({
    turns: [{
      ...turn,
      chat_agent: { reply, actions: [{ ...turn.chat_agent.actions[0]!, parameters: { a: "x`` `y" } }] },
    }],
  }));
  assertTrue(
    text.includes(
      "> \\<img src=x onerror=1\\> \\# no  \n> \\# heading  \n> 1\\. list  \n> \\- item  \n" +
        "> \\[a\\]\\(http\\://x\\) \\`\\`\\` \\*\\*b\\*\\*  \n> code\n",
    ),
    text,
  );
  assertTrue(text.includes("> \\`\\`\\`\n"));
  assertTrue(text.includes('```{"a":"x`` `y"}```'), text);
});

Deno.test("toJunit: a suite for each case, a test for each seed and sample, failures with their witness", () => {
  const broken = exampleConversation({
    status: "error",
    ended_by: null,
    error: { code: "agent_unreachable", message: 'no answer from "http://x"' },
    seed: 8,
    config: { ...exampleConversation().config, case: "other" },
  });
  const open = passedConversation({ status: "idle", ended_by: null, sample: 1 });
  const running = { ...open, summary: { ...open.summary, passed: null } };
  const xml = toJunit(
    converseReport("launch", [passedConversation(), exampleConversation({ seed: 9 }), running, broken]),
  );
  const names = checkXml(xml);
  assertEquals(names.filter((name) => name !== "property"), [
    "testsuites",
    "testsuite",
    ...["testcase", "properties", "system-out"],
    ...["testcase", "properties", "failure", "system-out"],
    ...["testcase", "properties", "skipped", "system-out"],
    "testsuite",
    ...["testcase", "properties", "error", "system-out"],
  ]);
  for (
    const part of [
      '<testsuites name="launch" tests="4" failures="1" errors="1" skipped="1" time="10.000">',
      '<testsuite name="launch" tests="3" failures="1" errors="0" skipped="1" time="7.500" timestamp="2026-11-26T10:00:00.000Z">',
      '<testcase classname="launch" name="launch (seed 9, sample 0)" time="2.500">',
      '<property name="run_id" value="01KAXAMPLE0000000000000001"/>',
      '<failure type="misaligned" message="turn 2 misaligned: the wrong task was to be deleted">',
      "  difference: task_id is 3, wanted was 2\n  wanted: delete_task {&quot;task_id&quot;:2}\n" +
      "  done: delete_task {&quot;task_id&quot;:3} (failed)\nthe end state is not the one that was wished for</failure>",
      '<error type="agent_unreachable" message="no answer from &quot;http://x&quot;">',
      '<skipped message="the conversation is idle: it is not over"/>',
      "turn 1\n  user    │ Please create",
    ]
  ) assertTrue(xml.includes(part), part);
});

Deno.test("toJunit: a person's override is the reason, a conversation without turns still has one", () => {
  const label = { alignment: "unclear", note: "half of it", by: "Ann", at: "2026-11-26T11:00:00Z" } as const;
  const overridden = exampleConversation({ turns: [{ ...misalignedTurn(1), label }] });
  assertTrue(toJunit(converseReport("x", [overridden])).includes('message="turn 1 unclear: Ann: half of it"'));
  const cancelled = passedConversation({ status: "cancelled", ended_by: "cancelled", turns: [] });
  const xml = toJunit(converseReport("x", [{ ...cancelled, summary: { ...cancelled.summary, passed: false } }]));
  assertTrue(xml.includes('<failure type="cancelled" message="cancelled (cancelled): no turn was played">'), xml);
});

Deno.test("toJunit: any conversation is well-formed XML", () => {
  fc.assert(fc.property(fc.array(anyConversation, { maxLength: 3 }), (runs) => {
    const names = checkXml(toJunit(converseReport('<"&\u0000>', runs)));
    assertEquals(names.filter((name) => name === "testcase").length, runs.length);
  }));
});
