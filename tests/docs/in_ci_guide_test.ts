import { parse } from "yaml";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { follow, freePort, output, page, ranWith, withRepository } from "./guide.ts";

const guide = await page("guide/in_ci.md");

/** Lines as the page shows them: in the order of their names, for conversations end in any order, and without runs. */
function outcomes(text: string): string[] {
  return text.trim().split("\n").map((line) => line.replace(/ {2}(?:regression_\S+|…)$/, "")).toSorted();
}

/** The code block of the page that has `part`. */
function shown(part: string): string {
  const blocks = [...guide.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
  return blocks.find((text) => text.includes(part))!;
}

Deno.test("what 'In CI' shows is what happens", () =>
  withRepository(async (folder) => {
    const port = freePort();
    const agent = await page("guide/examples/plan_agent.ts");
    Deno.mkdirSync(`${folder}/docs/guide/examples`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/docs/guide/examples/plan_agent.ts`, agent.replace("9000", port));
    const [, notebook] = /^````md\n([\s\S]*?)^````$/m.exec(guide)!;
    Deno.mkdirSync(`${folder}/notebooks`);
    Deno.writeTextFileSync(`${folder}/notebooks/agent.md`, notebook!);
    const ran = await follow(guide, folder, { replace: { "9000": port, "8099": freePort() } });

    assertEquals(output(ran, "notebook notebooks/agent.md"), shown("✓ agent"));
    const pages = parse(Deno.readTextFileSync(`${folder}/.github/workflows/notebooks.yaml`));
    const checks: { run?: string }[] = pages.jobs.pages.steps;
    assertTrue(
      checks.some(({ run }) => run === ranWith(ran, "notebook notebooks/agent.md").command),
      "the same command",
    );

    const regression = ranWith(ran, "--fail-under 1 --junit report.xml");
    assertEquals(outcomes(regression.stdout), outcomes(shown("does nothing 1 of 4")));
    assertMatches(ranWith(ran, "behaviour=forgetful").stderr, /passed; --fail-under asks for 0\.9$/m);
    assertMatches(ranWith(ran, "--case nobody").stderr, /unknown_case/);
    assertEquals(JSON.parse(output(ran, "passed_share")), JSON.parse(shown('"passed": 4')));

    assertTrue(output(ran, "--samples 2").includes(shown("16 of 16").trim()));
    assertMatches(ranWith(ran, "--samples 2").stderr, /^LLM: offline: answers by rule, not a language model/m);
    assertEquals(output(ran, ".pass_hat_k[]"), "[1,1]\n[2,1]\n");

    const script = ranWith(ran, "sh my/ci.sh");
    const told = outcomes(shown("2 of 4 passed"));
    assertEquals(outcomes(script.stdout).filter((line) => told.includes(line)), told);
    const report = Deno.readTextFileSync(`${folder}/report.xml`);
    assertMatches(report, /<testsuites name="regression" tests="4" failures="2" errors="0" skipped="0"/);
    assertMatches(report, /<failure type="misaligned" message="turn 2 misaligned: move_task /);
    const workflow = parse(Deno.readTextFileSync(`${folder}/.github/workflows/agent.yaml`));
    const steps: { run?: string }[] = workflow.jobs.conversations.steps;
    assertTrue(steps.some(({ run }) => run === "sh my/ci.sh"), "the workflow runs the script of the page");

    assertMatches(output(ran, "max_cost_usd=0.0015"), /^not over · idle after \d turns?/m);

    const mine = parse(Deno.readTextFileSync(`${folder}/my/regression.yaml`));
    assertEquals(mine.conversation.cases.map(({ user }: { user: { script: unknown[] } }) => user.script.length), [6]);
    assertMatches(output(ran, "converse my/regression.yaml"), /turn 3.*delete_task \{"task_id":6\} was not done/s);
    assertMatches(output(ran, "--format junit"), /^<\?xml .*<failure type="misaligned"/s);
  }));
