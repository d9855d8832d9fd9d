import { canonicalJson, sha256 } from "../../../framework/mod.ts";
import { assertEquals, assertMatches } from "../../../tests/support/assert.ts";
import { ApiError } from "../api.ts";
import type { CertificateReport, ConversationRun, SimulatedTurn } from "../types.ts";
import { BROWSER, canonical, sealsOf, type VerifyEnv, verifyFile } from "./verify.ts";

function turnOf(index: number): SimulatedTurn {
  const sealed = {
    desired_action: {
      kind: "task_operation",
      name: "delete_task",
      parameters: { task_id: index, é: [1e21, -0, null] },
    },
    message: `Delete ${index}, "please" \u2028`,
    salt: "ab",
  };
  return {
    index,
    simulated_user: { ...sealed, seal: sha256(canonicalJson(sealed)) },
    chat_agent: { reply: "Done", actions: [] },
    judge: null,
    goal: null,
    created_at: "2026-01-01T00:00:00.000Z",
  } as SimulatedTurn;
}

const RUN = { run_id: "a", turns: [turnOf(1), turnOf(2)] } as unknown as ConversationRun;
const NONE = { labelled: [], own: [], bad_labels: 0 } as CertificateReport;

const env = (more: Partial<VerifyEnv> = {}): VerifyEnv => ({
  conversation: () => Promise.resolve(RUN),
  certificates: () => Promise.resolve(NONE),
  sha256: BROWSER.sha256,
  ...more,
});

Deno.test("canonical: the text that seals are taken of", () => {
  for (const { simulated_user: { desired_action, message, salt } } of RUN.turns) {
    assertEquals(canonical({ message, salt, desired_action }), canonicalJson({ desired_action, message, salt }));
  }
});

Deno.test("sealsOf: seals hold; what was changed afterwards is named; where nothing can be computed that is said", async () => {
  assertEquals(await sealsOf(RUN.turns), { holds: true, text: "All 2 seals hold." });
  const user = { ...RUN.turns[1]!.simulated_user, message: "Delete 1" };
  const forged = [RUN.turns[0]!, { ...RUN.turns[1]!, simulated_user: user }];
  const found = await sealsOf(forged);
  assertEquals(found.holds, false);
  assertMatches(found.text, /sealed: turn 2\.$/);
  assertEquals((await sealsOf(RUN.turns, env({ sha256: () => Promise.resolve(null) }))).holds, null);
});

Deno.test("verifyFile: a conversation is held against what the server has", async () => {
  const holds = async (file: unknown, more: Partial<VerifyEnv> = {}) =>
    (await verifyFile(JSON.stringify(file), env(more))).map((finding) => finding.holds);
  assertEquals(await holds(RUN), [true, true]);
  assertEquals(await holds({ ...RUN, turns: [RUN.turns[0]] }), [true, true]);
  const reply = { ...RUN.turns[0]!, chat_agent: { reply: "Never", actions: [] } };
  assertEquals(await holds({ ...RUN, turns: [reply, RUN.turns[1]] }), [true, false]);
  const gone = () => Promise.reject(new ApiError(404, "unknown_run", "there is no such run"));
  assertEquals(await holds(RUN, { conversation: gone }), [true, null]);
  for (const text of ["", "[]", "null", "{}", '{"turns": []}']) {
    assertEquals((await verifyFile(text, env())).map((finding) => finding.holds), [null], text);
  }
  // Turns that are none are no reason to break off.
  assertEquals(await holds({ run_id: "a", turns: [{ index: 1 }] }), [false, false]);
});

Deno.test("verifyFile: a certificate's κ is that of its table, and the server's own", async () => {
  const certificate = {
    n: 10,
    confusion: [[4, 1, 0], [1, 3, 0], [0, 0, 1]],
    agreement: { estimate: 0.8 },
    kappa: { kappa: (0.8 - 0.42) / 0.58 },
  };
  const report = { labelled: [{ judge: "rules", runs: [], certificate }], own: [], bad_labels: 0 };
  const here = env({ certificates: () => Promise.resolve(report as unknown as CertificateReport) });
  assertEquals((await verifyFile(JSON.stringify(report), here)).map(({ holds }) => holds), [true, true]);
  const better = {
    ...report,
    labelled: [{ ...report.labelled[0]!, certificate: { ...certificate, kappa: { kappa: 0.9 } } }],
  };
  assertEquals((await verifyFile(JSON.stringify(better), here)).map(({ holds }) => holds), [false, null]);
});
