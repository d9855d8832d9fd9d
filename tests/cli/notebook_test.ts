/** `notebook`, `notebooks`: a page computed, checked, parked, written as a file; pages listed and made. */

import { join } from "node:path";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { cli, type CliResult, documentOf, ended, hasPlayed, ROOT, spawnCli, until, withFolder } from "./support.ts";

const GROWTH = join(ROOT, "scenarios/economic/growth.yaml");

/** @param scenario a path, or what it says */
function pageText(turns: number, more = ""): string {
  return `# Growth

\`\`\`yaml input #share
type: range
min: 0.2
max: 0.5
value: 0.4
\`\`\`

\`\`\`yaml scenario #world extends=scenarios/economic/growth.yaml
set:
  agents.Caldera.config.investment_share: \${share}
  simulation.max_turns: ${turns}
  simulation.termination: null
\`\`\`

\`\`\`yaml run #growth
scenario: world
seed: 1
watch: [output]
expect: ["turn == ${turns}"]
\`\`\`

\`\`\`sql table #last
SELECT turn FROM growth ORDER BY turn DESC LIMIT 1
\`\`\`
${more}`;
}

/** A folder with `notebooks/growth.md`, from where commands are run. */
async function withPages(
  body: (run: (...args: string[]) => Promise<CliResult>, folder: string) => Promise<void>,
  text = pageText(5),
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "notebooks"));
    await Deno.writeTextFile(join(folder, "notebooks/growth.md"), text);
    await body((...args) => cli(args, { cwd: folder }), folder);
  });
}

const lines = ({ stdout }: CliResult) =>
  stdout.trimEnd().split("\n").map((line) => line.replace(/ {2}[\d.]+ m?s$/, ""));

Deno.test("notebook: a line for every cell, the same result found again, an input moved, a page checked and written", () =>
  withPages(async (run, folder) => {
    const first = await run("notebook", "notebooks/growth.md");
    assertEquals([first.code, first.stderr], [0, ""]);
    const [share, world, growth, last] = lines(first);
    assertEquals([share, world, last], ["✓ share   0.4", "✓ world   growth, 2 changes", "✓ last    turn 5"]);
    assertMatches(growth!, /^✓ growth {2}turn 5, output [\d.,]+$/);
    // A path below the folder, with and without its end, means the same; nothing is played twice.
    const runs = [...Deno.readDirSync(join(folder, "output"))].filter(({ name }) => !name.startsWith(".")).length;
    const html = join(folder, "page.html");
    const again = await run("notebook", "growth", "--check", "--html", html);
    assertEquals([again.code, ...lines(again).slice(-2)], [0, "all is as the page says", `written  ${html}`]);
    assertMatches(await Deno.readTextFile(html), /^<!doctype html>[^]*turn 5|<svg/);
    assertEquals(
      [...Deno.readDirSync(join(folder, "output"))].filter(({ name }) => !name.startsWith(".")).length,
      runs,
    );

    const moved = await run("notebook", "growth.md", "--set", "share=0.3", "--no-run", "--check");
    assertEquals(moved.code, 1);
    assertMatches(moved.stdout, /^! growth {2}stale: share 0\.4 → 0\.3 \(1 run, about \d+ s, free\)$/m);
    assertMatches(moved.stdout, /\n3 things are not as the page says\n$/);
    assertMatches(
      moved.stderr,
      /^notebooks\/growth\.md:17:1: error\[stale_cell\]: growth is stale: share 0\.4 → 0\.3$/m,
    );
    // What was not to be run is no fault of the page.
    const looked = await run("notebook", "growth.md", "--set", "share=0.3", "--no-run", "--json");
    assertEquals([looked.code, looked.stderr], [0, ""]);
    const { path, stale, shortcomings } = documentOf(looked);
    assertEquals([path, stale], ["growth.md", ["growth"]]);
    assertEquals(shortcomings.map(({ code }: { code: string }) => code), [
      "stale_cell",
      "open_expectation",
      "blocked_cell",
    ]);
  }));

Deno.test("notebook: what is wrong with a page is told at its line, and the rest of it is computed", () =>
  withPages(
    async (run) => {
      const wrong = await run("notebook", "growth");
      assertEquals(wrong.code, 1);
      assertMatches(wrong.stdout, /^✓ growth {2}turn 5/m);
      assertMatches(wrong.stdout, /^✗ typo {4}error: there is no column 'trun'$/m);
      assertMatches(wrong.stderr, /^notebooks\/growth\.md:29:8: error\[bad_sql\]: there is no column 'trun'$/m);
      assertMatches(
        wrong.stderr,
        /^notebooks\/growth\.md:32:\d+: error\[expectation\]: one is expected to have turn == 3: turn is 1$/m,
      );
      const quiet = await run("notebook", "growth", "--quiet");
      assertEquals([quiet.code, quiet.stdout], [1, ""]);
      assertEquals(quiet.stderr, wrong.stderr);
    },
    pageText(
      5,
      "\n```sql table #typo\nSELECT trun FROM growth\n```\n\n" +
        "```yaml run #one\nscenario: world\nset: { simulation.max_turns: 1 }\nexpect: [turn == 3]\n```\n",
    ),
  ));

Deno.test("notebook: what cannot be meant is refused before anything is played, with what could be", () =>
  withPages(async (run, folder) => {
    const refused = async (...args: string[]) => {
      const { code, stdout, stderr } = await run("notebook", ...args);
      assertEquals([code, stdout], [2, ""], args.join(" "));
      return stderr;
    };
    const [unknown, text, below, key, value, cost, html, folderHtml] = await Promise.all([
      refused("grwth.md"),
      refused("/etc/hostname"),
      refused("../growth.md"),
      refused("growth", "--set", "shar=0.3"),
      refused("growth", "--set", "share=9"),
      refused("growth", "--max-cost-usd", "-1"),
      refused("growth", "--html", "nowhere/page.html"),
      refused("growth", "--html", folder),
    ]);
    assertMatches(
      unknown!,
      /^error\[unknown_notebook\]: there is no notebook 'grwth\.md'\n {2}hint: did you mean 'growth\.md'/,
    );
    assertMatches(
      text!,
      /^error\[bad_notebook_path\]: \/etc\/hostname is no notebook: its name does not end in \.md\n/,
    );
    assertMatches(
      below!,
      /^error\[unknown_notebook\]: there is no notebook '\.\.\/growth\.md'\n {2}hint: .*growth\.md/,
    );
    assertMatches(key!, /^error\[unknown_input\]: growth\.md has no input 'shar'\n {2}hint: did you mean 'share'/);
    assertMatches(
      value!,
      /^error\[bad_input_value\]: input 'share' cannot be "9"\n {2}hint: it takes a number from 0\.2 to 0\.5/,
    );
    assertMatches(cost!, /^error\[usage\]: .*'-1' is less than nothing/);
    assertMatches(
      html!,
      /^error\[output_not_writable\]: nowhere\/page\.html cannot be written: its folder is not there/,
    );
    assertMatches(folderHtml!, /cannot be written: it is a folder/);
    assertMatches(
      await refused("growth", "--set", "share"),
      /^error\[usage\]: --set share names no input\n {2}hint: write --set/,
    );
    assertMatches(await refused(), /^error\[usage\]: missing required argument 'page'/);
  }));

Deno.test({
  name: "notebook: Ctrl-C parks what plays and starts nothing more; the same command plays on",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withPages(
      async (_, folder) => {
        const output = join(folder, "output");
        const process = spawnCli(["notebook", "growth"], { cwd: folder });
        await until(() => hasPlayed(output), process);
        process.kill("SIGINT");
        const parked = await ended(process);
        assertEquals(parked.code, 130, parked.stderr);
        assertMatches(
          parked.stderr,
          /^finishing the turns that are being played, then parking them \(Ctrl-C again: at once\)$/m,
        );
        assertMatches(parked.stdout, /^‖ growth {2}paused: parked by Ctrl-C {2}turn \d+ of 4000/m);
        assertMatches(parked.stdout, /^– fork {4}blocked: run growth is still paused$/m);
        assertMatches(parked.stdout, /\nnext {5}deno task notebook growth\n$/);
        const on = await cli(["notebook", "growth", "--check"], { cwd: folder });
        assertEquals(on.code, 0, on.stdout + on.stderr);
        assertMatches(on.stdout, /^✓ growth {2}turn 4000/m);
        const runs = [...Deno.readDirSync(output)].filter(({ name }) => name.startsWith("growth_"));
        assertEquals(runs.length, 2, "the run and its fork");
      },
      pageText(4000, "\n```yaml run #fork\nfrom: { run: growth, turn: 3990 }\n```\n"),
    ),
});

Deno.test("notebook: a file elsewhere is computed as it is, and nothing is written beside it", () =>
  withPages(async (run, folder) => {
    const elsewhere = join(folder, "elsewhere");
    await Deno.mkdir(elsewhere);
    await Deno.writeTextFile(join(elsewhere, "mine.md"), "```yaml input #a\ntype: number\nvalue: 3\n```\n");
    const { code, stdout } = await run("notebook", join(elsewhere, "mine.md"), "--set", "a=4", "--check");
    assertEquals([code, stdout], [0, "✓ a  4\nall is as the page says\n"]);
    assertEquals([...Deno.readDirSync(elsewhere)].map(({ name }) => name), ["mine.md"]);
  }));

Deno.test("notebooks: pages are listed, and made from what there is", () =>
  withPages(async (run, folder) => {
    const listed = await run("notebooks", "list");
    assertMatches(listed.stdout, /^notebook +title +age\s+growth\.md +Growth /);
    assertEquals(documentOf(await run("notebooks", "list", "--json")).notebooks[0].path, "growth.md");
    assertEquals((await run("notebook", "growth")).code, 0);
    for (
      const [name, ...from] of [
        ["run", "--from-run", "last"],
        ["scenario", "--from-scenario", GROWTH],
        ["starter", "--starter", "sweep"],
      ]
    ) {
      const made = await run("notebooks", "new", `mine/${name}`, ...from);
      assertEquals(made.code, 0, made.stderr);
      assertEquals(made.stdout.trimEnd().split("\n"), [
        `written  ${join(folder, "notebooks/mine", `${name}.md`)}`,
        `next     deno task notebook mine/${name}.md`,
      ]);
      const shown = await run("notebook", `mine/${name}`, "--no-run");
      assertEquals(shown.code, 0, `${shown.stdout}${shown.stderr}`);
      assertTrue(lines(shown).length > 1, shown.stdout);
    }
    const refused = async (...args: string[]) => {
      const { code, stderr } = await run("notebooks", "new", ...args);
      assertEquals(code, 2, stderr);
      return stderr;
    };
    assertMatches(await refused("growth.md", "--starter", "sweep"), /error\[notebook_changed\]/);
    assertMatches(await refused("x.md"), /made from one thing, not from 0\n {2}hint: say --from-scenario/);
    assertMatches(await refused("x.md", "--starter", "sweep", "--from-run", "last"), /not from 2/);
    assertMatches(await refused("x.md", "--from-run", "nobody"), /error\[unknown_run\]/);
    assertMatches(await refused("x.md", "--from-scenario", "nothing.yaml"), /error\[missing_file\]/);
    assertMatches(await refused("../x.md", "--starter", "sweep"), /error\[bad_notebook_path\]/);
  }));
