import { assertEquals, assertMatches } from "../support/assert.ts";
import { cli, documentOf, ended, spawnCli, withFolder } from "./support.ts";

const SCENARIO = `domain: economic
simulation: { name: cabinet, max_turns: 3 }
engine: { type: market }
validator: { type: economic_rules }
agents:
  - { name: Northland, type: nation, strategy: grow, initial_economic_strength: 1000 }
  - { name: Southport, type: human, initial_economic_strength: 600, config: { rule: { type: nation } } }
state_variables:
`;

async function written(folder: string): Promise<string> {
  const { stdout } = await cli(["domains", "economic", "--template", "market"]);
  const variables = stdout.slice(stdout.indexOf("state_variables:\n") + "state_variables:\n".length);
  const file = `${folder}/cabinet.yaml`;
  await Deno.writeTextFile(file, SCENARIO + variables);
  return file;
}

/** Runs a command line with `lines` on stdin. */
async function typed(args: readonly string[], lines: string) {
  const process = spawnCli(args, { stdin: "piped" });
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(lines));
  await writer.close();
  return await ended(process);
}

Deno.test("run asks the person on stdin, tells what was wrong, and plays on", async () => {
  await withFolder(async (folder) => {
    const file = await written(folder);
    const lines = 'set_policy policy_rate=99\n{"action":\nset_policy policy_rate=7\n\n';
    const result = await typed(["run", file, "--output", `${folder}/out`], lines);
    assertEquals(result.code, 0, result.stderr);
    assertMatches(result.stderr, /turn 1: Southport decides/);
    assertMatches(
      result.stderr,
      /heard {3}the world: \{"rejected":"set_policy","reason":"policy_rate 99 is not from 0/,
    );
    assertMatches(result.stderr, /that is not JSON/);
    const { stdout } = await cli([
      "export",
      "last",
      "--format",
      "csv",
      "--rows",
      "agents",
      "--output",
      `${folder}/out`,
    ]);
    const [head, ...rows] = stdout.trim().split("\n").map((line) => line.split(","));
    const rate = head!.indexOf("policy_rate");
    assertEquals(rows.filter((row) => row.includes("Southport")).map((row) => Number(row[rate])), [3, 3, 7, 7]);
    assertMatches((await cli(["replay", "last", "--output", `${folder}/out`])).stdout, /identical\s*$/);
  });
});

Deno.test("where nobody is there the run is parked; it is decided, changed, handed over, and resumed", async () => {
  await withFolder(async (folder) => {
    const file = await written(folder);
    const output = ["--output", `${folder}/out`];
    const parked = await cli(["run", file, ...output]);
    assertEquals(parked.code, 130);
    assertMatches(parked.stderr, /deno task decide cabinet_\S+ Southport ACTION name=value --output/);
    assertMatches(parked.stdout, /paused in turn 0: waits for a decision of 'Southport' in turn 1/);
    const decided = documentOf(
      await cli(["decide", "last", "Southport", "set_policy", "policy_rate=4", "--json", ...output]),
    );
    assertEquals([decided.input.seq, decided.input.kind, decided.input.turn], [1, "decision", 1]);
    const change = ["--multiply", "agents.Northland.capital=0.5", "--note", "a fire", "--turn", "2"];
    assertMatches((await cli(["intervene", "last", ...change, ...output])).stdout, /^input 2: intervention in turn 2/);
    const handed = await cli(["handover", "last", "Southport", "rule", ...output]);
    assertMatches(handed.stdout, /^input 3: handover in turn 1/);
    const resumed = await cli(["resume", "last", ...output]);
    assertEquals(resumed.code, 0, resumed.stderr);
    assertMatches((await cli(["replay", "last", ...output])).stdout, /identical\s*$/);
  });
});

const REFUSED: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [
    ["intervene", "last", "--set", "agents.Northland.captal=1"],
    /error\[unknown_path\].*captal[^]*did you mean 'capital'/,
  ],
  [["intervene", "last", "--add", "global.inflation=much"], /error\[/],
  [["intervene", "last"], /error\[/],
  [["intervene", "last", "--add-agent", "{nation}"], /error\[usage\]: --add-agent is not JSON/],
  [
    ["intervene", "last", "--add-agent", '{"name":"X","type":"natoin"}'],
    /no agent of type 'natoin'[^]*did you mean 'nation'/,
  ],
  [["decide", "last", "Southport", "set_policy", "much"], /error\[bad_decision\]: 'much' is no parameter/],
  [["decide", "last", "Southport", "sleep", "0"], /error\[bad_decision\]/],
  [["handover", "last", "Southport", "robot"], /handed to 'human' or 'rule', not to 'robot'/],
  [["handover", "last", "Southprot", "rule"], /error\[unknown_agent\][^]*did you mean 'Southport'/],
];

Deno.test("what cannot be done from outside is refused with its reason, exits 2, and leaves no input", async () => {
  await withFolder(async (folder) => {
    const file = await written(folder);
    const output = ["--output", `${folder}/out`];
    const { run_id } = documentOf(await cli(["run", file, "--json", ...output]));
    for (const [args, message] of REFUSED) {
      const result = await cli([...args, ...output]);
      assertEquals(result.code, 2, `${args.join(" ")}: ${result.stderr}`);
      assertMatches(result.stderr, message);
    }
    assertEquals([...Deno.readDirSync(`${folder}/out/${run_id}`)].some(({ name }) => name === "inputs.jsonl"), false);
  });
});
