/** All commands with their options, help texts and examples. */

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { SimError, VERBOSITIES } from "../framework/mod.ts";
import { BATCH_FORMATS, CONVERSATION_FORMATS, RUN_STATUSES, STARTERS, VERSION } from "../runner/mod.ts";
import { commandLine } from "./command_line.ts";
import { EXIT } from "./exit.ts";
import { Terminal } from "./terminal.ts";

/** Options that every command has. */
export interface CommonOptions {
  readonly output?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** What stands for a run, and for a batch. */
const RUN_ARGUMENT = "id of the run, a part that only one id has, or 'last': the newest run";
const BATCH_ARGUMENT = "id of the batch, a part that only one id has, or 'last': the newest batch";

type Action<O> = (terminal: Terminal, options: O & CommonOptions, args: string[]) => Promise<number>;

/** Runs one command line and returns its exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = buildProgram((exit) => code = exit);
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    // A command that needs another word has shown its help.
    return error.code === "commander.help" ? EXIT.usage : wrongUsage(program, args, error.message);
  }
}

/** Says what is wrong with the arguments, in the shape of every other error. */
function wrongUsage(program: Command, args: readonly string[], text: string): number {
  const [message, ...suggestions] = text.replace(/^error: /, "").split("\n");
  const { words, command } = namedCommand(program, args);
  const names = command.commands.map((each) => each.name()).join(", ");
  const more = names === "" ? `${commandLine([...words, "--help"])} shows what there is` : `commands: ${names}`;
  const hint = [...suggestions.map((line) => line.replace(/^\(D(.*)\)$/, "d$1")), more].join(" ");
  const terminal = new Terminal({ json: args.includes("--json") });
  return terminal.fail(new SimError("usage", message!, { hint }));
}

/** The command that the first words of `args` name. */
function namedCommand(program: Command, args: readonly string[]): { words: string[]; command: Command } {
  const words: string[] = [];
  let command = program;
  for (const word of args) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) break;
    words.push(word);
    command = next;
  }
  return { words, command };
}

/** All commands; `exit` is told the exit code. */
export function buildProgram(exit: (code: number) => void): Command {
  const program = new Command("llm-sim")
    .description(
      "A workbench for multi-agent simulations: scenarios in YAML, runs that can be killed, resumed, forked and replayed.",
    )
    .version(VERSION)
    .helpCommand("help [command]", "show help")
    .configureOutput({ outputError: () => {/* wrongUsage() says it */} })
    .exitOverride();
  const examples = (command: Command, lines: readonly [line: string, what: string][]) => {
    const width = Math.max(...lines.map(([line]) => line.length));
    const text = lines.map(([line, what]) => `  ${commandLine([])} ${line.padEnd(width)}   ${what}`).join("\n");
    return command.addHelpText("after", `\nExamples:\n${text}`);
  };
  /** A command with the options that all have, whose errors become messages and exit codes. */
  const add = <O>(parent: Command, usage: string, description: string, load: () => Promise<Action<O>>): Command => {
    const command = parent.command(usage).description(description);
    for (const argument of command.registeredArguments) {
      if (argument.name() === "run") argument.description = RUN_ARGUMENT;
      if (argument.name() === "batch") argument.description = BATCH_ARGUMENT;
    }
    return command
      .option("--output <dir>", "folder of the runs (default: output)")
      .option("--config <file>", "server configuration (default: llm-sim.yaml)")
      .option("--json", "print exactly one JSON document on stdout")
      .action(async () => {
        const options = command.opts<O & CommonOptions>();
        const terminal = new Terminal({ json: options.json === true });
        try {
          const action = await load();
          exit(await action(terminal, options, command.args));
        } catch (error) {
          exit(terminal.fail(error));
        }
      });
  };

  const scenarioOptions = (command: Command) =>
    command
      .option("--seed <n>", "seed of the world (default: the scenario's)", integer)
      .option("--max-turns <n>", "turns to play at most", integer)
      .option("--set <path=value>", "set a scenario path, e.g. engine.interest_rate=0.1 (repeatable)", collect)
      .addOption(new Option("--verbosity <level>", "what goes into the event log").choices([...VERBOSITIES]))
      .option("--from <checkpoint>", "start from this saved state, of llm-sim too, instead of turn 0")
      .option("--lenient", "unknown keys are warnings");
  const runOptions = (command: Command) =>
    command
      .option("--sample <n>", "vary only what models answer", integer)
      .option("--label <key=value>", "label the run (repeatable)", collect)
      .option("--quiet", "print only the run's folder");

  examples(
    runOptions(
      scenarioOptions(
        add(
          program,
          "run <scenario>",
          "Play a scenario to its end.",
          async () => (await import("./commands/run.ts")).run,
        ),
      ),
    )
      .option("--step", "play one turn and park; exits 130, because the run is not complete")
      .option("--offline", "ask no model: the offline provider answers by rule in place of every model"),
    [
      ["run scenarios/economic/growth.yaml", "play it; Ctrl-C parks it"],
      ["run scenarios/economic/growth.yaml --seed 7 --set agents.Aurelia.strategy=decline", "the same world, changed"],
      ["run scenarios/economic/growth.yaml --json", "one JSON document for scripts"],
    ],
  );
  examples(
    scenarioOptions(
      add(
        program,
        "validate <scenario...>",
        "Check scenarios without running them.",
        async () => (await import("./commands/validate.ts")).validate,
      ),
    ),
    [["validate scenarios/economic/*.yaml", "every error with file, line and column"]],
  );

  examples(
    add(
      program,
      "converse [scenario]",
      "Have a simulated user talk to a chat agent and a judge compare, turn by turn: every case of a scenario.",
      async () => (await import("./commands/converse.ts")).converse,
    ).summary("Have a simulated user test a chat agent.")
      .option("--scenario <file>", "the scenario, in place of the argument")
      .option("--case <name>", "only this case (repeatable; default: all)", collect)
      .option("--goal <text>", "what the simulated user is after")
      .option("--turns <n>", "turns to play at most", integer)
      .option("--manual", "wait for Enter before every turn")
      .option("--seeds <list>", "seeds of each case, e.g. 1..5 or 1,2,7 (default: the scenario's)", seeds)
      .option("--samples <n>", "how often each seed is played; only what models answer differs", positive)
      .option("--fail-under <share>", "exit 1 when a smaller share of the conversations passed, e.g. 0.9", share)
      .option("--junit <file>", "write a JUnit report for continuous integration")
      .option(
        "--set <path=value>",
        "set a scenario path, e.g. conversation.agent.behaviour=forgetful (repeatable)",
        collect,
      )
      .option("--label <key=value>", "label the runs (repeatable)", collect)
      .option("--offline", "ask no model: the offline provider answers by rule in place of every model")
      .option("--lenient", "unknown keys are warnings")
      .option("--quiet", "print only the runs' folders"),
    [
      ["converse scenarios/conversation/plan_refine_offline.yaml", "no model needed; real verdicts of both kinds"],
      ["converse mine.yaml --seeds 1..5 --fail-under 0.9 --junit report.xml", "in continuous integration"],
      ["converse mine.yaml --manual --case vague", "turn by turn"],
    ],
  );
  const conversations = program.command("conversations")
    .description("List, show, export, label and judge anew what converse has played.").helpCommand(false);
  examples(
    add(
      conversations,
      "list",
      "List conversations, newest first.",
      async () => (await import("./commands/conversations.ts")).list,
    )
      .option("--label <key[=value]>", "only conversations with this label")
      .option("--limit <n>", "at most so many (0: all)", integer, 20),
    [["conversations list", "which passed, and how the others ended"]],
  );
  examples(
    add(
      conversations,
      "show <run>",
      "Show a conversation in full.",
      async () => (await import("./commands/conversations.ts")).show,
    ),
    [["conversations show last", "what was said, wanted, done and judged"]],
  );
  examples(
    add(
      conversations,
      "export <run>",
      "Export a conversation.",
      async () => (await import("./commands/conversations.ts")).exportOne,
    )
      .addOption(
        new Option("--format <format>", "what to make").choices([...CONVERSATION_FORMATS]).makeOptionMandatory(),
      )
      .option(
        "--out <file>",
        "where to write (default: stdout; on a terminal and with --json a file named after the run)",
      ),
    [["conversations export last --format openai > messages.jsonl", "for fine-tuning and other tools"]],
  );
  examples(
    add(
      conversations,
      "label <run> <turn> <verdict>",
      "Say of a turn whether it was aligned, misaligned or unclear: it counts more than the judge's verdict.",
      async () => (await import("./commands/conversations.ts")).label,
    )
      .option("--note <text>", "why")
      .option("--by <name>", "who says so (default: you)"),
    [["conversations label last 2 aligned --note 'the wording is the same'", "and it counts for the certificate"]],
  );
  const judgeOptions = (command: Command) =>
    command
      .addOption(new Option("--judge <kind>", "who judges").choices(["rules", "llm"]))
      .option("--provider <name>", "the judge's provider")
      .option("--model <name>", "the judge's model")
      .option("--rubric <file>", "points that the judge rates from 1 to 5");
  examples(
    judgeOptions(
      add(
        conversations,
        "rejudge <run>",
        "Judge what was said and done once more, as a run of its own; nobody speaks anew.",
        async () => (await import("./commands/conversations.ts")).rejudge,
      ),
    )
      .option("--sample <n>", "another sample of the judge's model", integer)
      .option("--label <key=value>", "label the run (repeatable)", collect),
    [["conversations rejudge last --judge llm", "a second opinion"]],
  );
  examples(
    judgeOptions(
      add(
        conversations,
        "certificate",
        "Say what the judges are worth: their agreement with people on labelled turns, beyond chance.",
        async () => (await import("./commands/conversations.ts")).certificate,
      ),
    ),
    [
      ["conversations certificate", "rules, models certified before, and the turns that you have labelled"],
      ["conversations certificate --judge llm", "have the model judge the labelled turns first"],
    ],
  );
  examples(
    add(
      conversations,
      "import <file>",
      "Make a scenario of conversations (OpenAI messages) or tasks (tau2) from elsewhere.",
      async () => (await import("./commands/conversations.ts")).importFile,
    )
      .addOption(new Option("--from <format>", "what the file holds").choices(["openai", "tau2"]).makeOptionMandatory())
      .option("--out <file>", "where to write (default: stdout)"),
    [["conversations import tasks.json --from tau2 --out tasks.yaml", "then: converse tasks.yaml"]],
  );

  examples(
    add(
      program,
      "batch <file>",
      "Play many runs by a plan, of a batch file or of one scenario, and say what can be concluded.",
      async () => (await import("./commands/batch.ts")).batch,
    ).summary("Play many runs by a plan, and compare them.")
      .option(
        "--grid <path=values>",
        "vary a scenario path: a=1,2, or a=0:1:0.25 for steps (repeatable: every combination)",
        collect,
      )
      .option("--random <n>", "draw so many combinations instead: a=0:1 between the two, a=1,2 one of them", positive)
      .option("--arm <name:path=value>", "compare settings by name; NAME alone: none (repeatable)", collect)
      .option("--seeds <list>", "seeds of every cell, e.g. 1..20 or 1,2,7 (default: the scenario's)")
      .option("--samples <n>", "how often each seed is played; only what models answer differs", positive)
      .option("--set <path=value>", "what holds in all runs (repeatable)", collect)
      .option("--metrics <names>", "what is looked at, e.g. inflation,output (default: all numbers)", words)
      .option("--parallel <n>", "runs at once (default: max_concurrent)", positive)
      .option("--max-cost-usd <dollars>", "park the batch when its models have cost so much", number)
      .option("--max-minutes <n>", "park the batch after so many minutes", number)
      .option("--name <name>", "the batch's id begins with it")
      .option("--offline", "ask no model: the offline provider answers by rule in place of every model")
      .option("--plan", "write the plan and play nothing yet")
      .option("--quote", "play a pilot, say what all of it will take, and ask")
      .option("--yes", "with --quote: play on without asking")
      .option("--quiet", "print only the batch's id"),
    [
      ["batch scenarios/economic/sweep_policy.yaml", "three central banks, eight seeds each"],
      ["batch scenarios/economic/growth.yaml --grid engine.config.demand_shock.sd=0,0.2 --seeds 1..20", "no file"],
      ["batch mine.yaml --arm base --arm tight:engine.interest_rate=0.08 --seeds 1..8", "two arms, paired by seed"],
      ["batch mine.yaml --quote", "runs, minutes, dollars and the width of intervals beforehand"],
    ],
  );
  const batches = program.command("batches")
    .description("List, show, resume, extend, cancel, delete and export batches.").helpCommand(false);
  examples(
    add(
      batches,
      "list",
      "List batches, newest first.",
      async () => (await import("./commands/batches.ts")).list,
    ).option("--limit <n>", "at most so many (0: all)", integer, 20),
    [["batches list", "what is complete, and what stands still"]],
  );
  examples(
    add(
      batches,
      "show <batch>",
      "Show one batch: its numbers cell by cell, what failed, what can be concluded.",
      async () => (await import("./commands/batches.ts")).show,
    ).option("--runs", "a line for each of its runs instead"),
    [["batches show last --runs", "which run is which"]],
  );
  examples(
    add(
      batches,
      "resume <batch>",
      "Play what is pending of a batch; what has been played is not played again.",
      async () => (await import("./commands/batches.ts")).resume,
    )
      .option("--max-cost-usd <dollars>", "from now on park it when its models have cost so much, all in all", number)
      .option("--max-minutes <n>", "from now on park it after so many minutes, all in all", number)
      .option("--quiet", "print only the batch's id"),
    [["batches resume last", "after Ctrl-C, a full disk, kill -9"]],
  );
  examples(
    add(
      batches,
      "extend <batch>",
      "Add seeds to every cell, and play them.",
      async () => (await import("./commands/batches.ts")).extend,
    )
      .option("--more <n>", "so many further seeds", positive)
      .option("--seeds <list>", "these seeds, e.g. 21..28")
      .option("--quiet", "print only the batch's id"),
    [["batches extend last --more 8", "narrower intervals"]],
  );
  examples(
    add(
      batches,
      "cancel <batch>",
      "End a batch that stands still for good; what has been played stays.",
      async () => (await import("./commands/batches.ts")).cancel,
    ),
    [["batches cancel last", "it cannot be resumed any more"]],
  );
  examples(
    add(
      batches,
      "delete <batch>",
      "Forget a batch; its runs stay.",
      async () => (await import("./commands/batches.ts")).remove,
    ),
    [["batches delete last", "runs delete removes runs"]],
  );
  examples(
    add(
      batches,
      "export <batch>",
      "Export a batch as a table of its runs, or as a report.",
      async () => (await import("./commands/batches.ts")).exportOne,
    )
      .addOption(new Option("--format <format>", "what to make").choices([...BATCH_FORMATS]).makeOptionMandatory())
      .option(
        "--out <file>",
        "where to write (default: stdout; on a terminal, with --json and for parquet a file named after the batch)",
      ),
    [
      ["batches export last --format html --out report.html", "a self-contained report"],
      ["batches export last --format csv > runs.csv", "a row per run"],
    ],
  );
  examples(
    add(
      program,
      "compare <run...>",
      "Compare runs: how their inputs differ, where they part, and what can be concluded.",
      async () => (await import("./commands/compare.ts")).compare,
    ),
    [["compare RUN RUN", "differing inputs, metrics, the first turn in which they part"]],
  );

  examples(
    add(
      program,
      "notebook <page>",
      "Compute a notebook: play what costs nothing, or no more than it may, and say what every cell comes to.",
      async () => (await import("./commands/notebook.ts")).notebook,
    ).summary("Compute a notebook and say what every cell comes to.")
      .option("--set <id=value>", "value of an input, e.g. price=149 (repeatable)", collect)
      .option("--no-run", "play nothing: cells whose results are not found stay stale")
      .option("--check", "exit 1 when anything is stale, failed or wrong, or an expectation does not hold")
      .option("--html <file>", "write the page as one file that needs no server and no script")
      .option("--max-cost-usd <dollars>", "what models may cost, all cells together (default: 0)", dollars)
      .option("--quiet", "print only what is wrong"),
    [
      ["notebook notebooks/welcome.md", "a line for every cell"],
      [
        "notebook economic/policy_comparison.md --set rate=0.05 --html out.html",
        "another input, and the page as a file",
      ],
      ["notebook notebooks/welcome.md --check", "in continuous integration"],
    ],
  );
  const notebooks = program.command("notebooks").description("List notebooks, and make new ones.").helpCommand(false);
  examples(
    add(notebooks, "list", "List notebooks.", async () => (await import("./commands/notebooks.ts")).list),
    [["notebooks list", "below notebooks/, or where notebooks_root says"]],
  );
  examples(
    add(
      notebooks,
      "new <path>",
      "Make a notebook from a scenario, a run, a batch, or one to begin with.",
      async () => (await import("./commands/notebooks.ts")).create,
    )
      .option("--from-scenario <file>", "a scenario: plays it, draws it, compares it with a change")
      .option("--from-run <run>", "id of a run, a part that only one id has, or 'last'")
      .option("--from-batch <batch>", "id of a batch, a part that only one id has, or 'last'")
      .addOption(new Option("--starter <name>", "one to begin with").choices([...STARTERS])),
    [
      ["notebooks new growth.md --from-scenario scenarios/economic/growth.yaml", "then: deno task notebook growth.md"],
      ["notebooks new mine.md --starter compare", "two scenarios side by side"],
    ],
  );

  const runs = program.command("runs").description("List, show, cancel and remove runs.")
    .helpCommand(false);
  examples(
    add(runs, "list", "List runs, newest first.", async () => (await import("./commands/runs.ts")).list)
      .addOption(new Option("--status <status>", "only runs of this status").choices([...RUN_STATUSES]))
      .option("--domain <name>", "only runs of this domain")
      .option("--label <key[=value]>", "only runs with this label")
      .option("--text <part>", "only runs whose id or scenario contains this")
      .option("--limit <n>", "at most so many (0: all)", integer, 20),
    [["runs list --status failed", "what went wrong lately"]],
  );
  examples(
    add(
      runs,
      "show <run>",
      "Show one run: status, history, last state.",
      async () => (await import("./commands/runs.ts")).show,
    ),
    [["runs show last", "the newest run; any unique part of an id will do"]],
  );
  examples(
    add(
      runs,
      "cancel <run...>",
      "End parked or interrupted runs for good. One that is being played is parked first: Ctrl-C where it plays.",
      async () => (await import("./commands/runs.ts")).cancel,
    ).summary("End parked or interrupted runs for good."),
    [["runs cancel last", "it cannot be resumed, but forked"]],
  );
  examples(
    add(
      runs,
      "delete <run...>",
      "Remove runs that are not being played.",
      async () => (await import("./commands/runs.ts")).remove,
    ),
    [["runs delete growth_4agents_20261122_120000_01", "its folder is gone for good"]],
  );
  examples(
    add(
      runs,
      "prune",
      "Remove old ended runs by the retention rules.",
      async () => (await import("./commands/runs.ts")).prune,
    )
      .option("--keep-days <n>", "keep runs younger than this", number)
      .option("--keep-last <n>", "keep the newest so many", integer)
      .option("--dry-run", "only list what would go"),
    [["runs prune --keep-last 100 --dry-run", "what would go; rules are in llm-sim.yaml"]],
  );

  examples(
    add(
      program,
      "resume <run>",
      "Continue a parked or interrupted run.",
      async () => (await import("./commands/resume.ts")).resume,
    )
      .option("--step", "play one turn and park again; exits 130, because the run is not complete")
      .option("--quiet", "print only the run's folder"),
    [["resume last", "no turn is lost or played twice"]],
  );
  examples(
    runOptions(
      add(
        program,
        "fork <run>",
        "Start a run that shares another's past up to a turn.",
        async () => (await import("./commands/fork.ts")).fork,
      )
        .requiredOption("--turn <n>", "the last turn both have in common", integer)
        .option("--seed <n>", "another seed from the next turn on", integer)
        .option("--set <path=value>", "scenario path from the next turn on (repeatable)", collect)
        .option("--state <path=value>", "state path set at the start of the next turn (repeatable)", collect),
    ),
    [
      ["fork last --turn 20 --set agents.Aurelia.strategy=decline", "what if it had turned to austerity?"],
      ["fork last --turn 20 --state agents.Aurelia.capital=2000", "what if half of its capital had gone?"],
    ],
  );
  examples(
    add(
      program,
      "intervene <run>",
      "Change a run that stands still, from its next turn on.",
      async () => (await import("./commands/outside.ts")).intervene,
    )
      .option("--turn <n>", "not before this turn", integer)
      .option("--set <path=value>", "set a state path, e.g. global.interest_rate=0.02 (repeatable)", collect)
      .option("--add <path=number>", "add to a state path (repeatable)", collect)
      .option("--multiply <path=number>", "multiply a state path (repeatable)", collect)
      .option("--message <to-and-text...>", "a message to an agent, or '*' for all")
      .option("--add-agent <json>", "an agent that joins: {name, type, config, variables, location}")
      .option("--remove <agent>", "an agent that leaves")
      .option("--pause <agent>", "an agent that stops acting")
      .option("--unpause <agent>", "a paused agent that acts again")
      .option("--note <text>", "why, for people"),
    [
      ["intervene last --set global.interest_rate=0.02 --note stimulus", "then resume the run"],
      ["intervene last --message '*' 'the dam has broken'", "in every inbox of the next turn"],
    ],
  );
  examples(
    add(
      program,
      "decide <run> <agent> [decision...]",
      "Decide for an agent whose decisions a person makes; nothing means doing nothing.",
      async () => (await import("./commands/outside.ts")).decide,
    ),
    [
      ["decide last P invest share=0.2", "its next decision; then resume the run"],
      ["decide last P say A 'shall we?'", "a message instead of an action"],
    ],
  );
  examples(
    add(
      program,
      "handover <run> <agent> <to>",
      "Hand an agent's decisions to a person ('human') or back to its rule ('rule').",
      async () => (await import("./commands/outside.ts")).handover,
    ),
    [["handover last Aurelia human", "you decide for it when the run is resumed"]],
  );
  examples(
    add(
      program,
      "replay <run>",
      "Play a run again and compare every file.",
      async () => (await import("./commands/replay.ts")).replay,
    )
      .option("--keep", "keep the replay's folder"),
    [["replay last", "its last line is 'identical' or the first divergence"]],
  );
  examples(
    add(
      program,
      "export <run>",
      "Export a run as CSV, JSON, HTML report or SVG charts.",
      async () => (await import("./commands/export.ts")).exportRun,
    )
      .addOption(
        new Option("--format <format>", "what to make").choices(["csv", "json", "html", "svg"]).makeOptionMandatory(),
      )
      .addOption(new Option("--rows <table>", "which rows, for csv").choices(["global", "agents"]).default("global"))
      .option(
        "--out <file>",
        "where to write (default: stdout; on a terminal and with --json a file named after the run)",
      ),
    [
      ["export last --format html --out report.html", "a self-contained report with charts"],
      ["export last --format csv --rows agents > agents.csv", "for R, pandas, spreadsheets"],
    ],
  );
  examples(
    add(
      program,
      "domains [name]",
      "List domains, or show one: components, settings, templates.",
      async () => (await import("./commands/domains.ts")).domains,
    )
      .option("--template <name>", "print this scenario template"),
    [
      ["domains economic", "its agents, engines, validators and their settings"],
      ["domains economic --template market > my.yaml", "a scenario to start from"],
    ],
  );
  examples(
    add(
      program,
      "providers",
      "List providers of language models: which are usable, what the others lack, which one is the default.",
      async () => (await import("./commands/providers.ts")).providers,
    ).summary("List providers of language models and what they lack."),
    [["providers", "which model answers when a scenario names none, and why"]],
  );
  examples(
    add(
      program,
      "serve",
      "Serve pages, REST, streams and MCP. Ctrl-C parks what is running and stops.",
      async () => (await import("./commands/serve.ts")).serve,
    ).summary("Serve pages, REST, streams and MCP.")
      .option("--host <address>", "where to listen (default: 127.0.0.1); elsewhere keys are needed")
      .option("--port <n>", "0: any that is free (default: 8000)", integer)
      .option("--insecure", "where there are no keys, let everybody who can reach it do everything")
      .option("--max-concurrent <n>", "runs played at once (default: 5)", integer)
      .option(
        "--notebooks <dir>",
        "folder of the notebooks, beside those that come with the program (default: notebooks)",
      )
      .addOption(new Option("--dev", "for work on the pages: deno task dev").hideHelp()),
    [
      ["serve", "then open http://127.0.0.1:8000/"],
      ["serve --host 0.0.0.0 --port 80", "for others too, who need keys"],
    ],
  );
  examples(
    add(
      program,
      "mcp",
      "Serve MCP over stdin and stdout, for programs that start it, such as Claude Desktop.",
      async () => (await import("./commands/mcp.ts")).mcp,
    ).summary("Serve MCP over stdin and stdout.")
      .option("--url <address>", "carry the messages to this running server; its key is in LLM_SIM_KEY"),
    [
      ["mcp", "simulations of its own, in the output folder"],
      ["mcp --url http://127.0.0.1:8000", "those of a running server"],
    ],
  );
  const keys = program.command("keys").description("Create, list and revoke keys for the server.").helpCommand(false);
  examples(
    add(keys, "create <name>", "Make a key and print it.", async () => (await import("./commands/keys.ts")).create)
      .option("--scopes <list>", "what it may do, of read, run, edit, admin", "read,run"),
    [["keys create ci --scopes run", "start and steer runs, and see them"]],
  );
  examples(
    add(keys, "list", "List keys.", async () => (await import("./commands/keys.ts")).list),
    [["keys list", "without the keys themselves: only hashes are kept"]],
  );
  examples(
    add(
      keys,
      "revoke <key...>",
      "Revoke keys, by name or id.",
      async () => (await import("./commands/keys.ts")).revoke,
    ),
    [["keys revoke ci", "a running server refuses it within a second"]],
  );
  examples(
    add(
      program,
      "sql [query]",
      "Ask all runs with one SELECT; '-' or nothing reads it from stdin.",
      async () => (await import("./commands/sql.ts")).sql,
    ).summary("Ask all runs with SQL.")
      .option("--schema", "print the tables and their columns")
      .option("--limit <n>", "rows at most (default: 1000)", positive)
      .option("--timeout <seconds>", "stop the query after this time (default: 30)", number)
      .option("--memory <mb>", "what the query may hold (default: 1024)", positive),
    [
      ['sql "select repo, status, count(*) from runs group by all"', "what there is"],
      ["sql \"select run_id, turn, value from metrics where metric = 'gini'\" --json", "for scripts"],
      ["sql --schema", "tables and columns"],
    ],
  );
  examples(
    add(
      program,
      "schema",
      "Print the JSON Schema of scenarios, for editors.",
      async () => (await import("./commands/schema.ts")).schema,
    )
      .option("--out <file>", "where to write (default: stdout)"),
    [["schema --out scenario.schema.json", "then: # yaml-language-server: $schema=scenario.schema.json"]],
  );
  examples(
    add(program, "compile", "Build a single executable.", async () => (await import("./commands/compile.ts")).compile)
      .option("--out <file>", "name of the executable (default: llm-sim)"),
    [["compile --out dist/llm-sim", "then: dist/llm-sim run scenario.yaml"]],
  );
  return program;
}

function integer(text: string): number {
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new InvalidArgumentError(`'${text}' is not a whole number.`);
  }
  return Number(text);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`'${text}' is not a number.`);
  return value;
}

function dollars(text: string): number {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError(`'${text}' is less than nothing.`);
  return value;
}

/** `1..5`, `1,2,7`, or both: `1..3,9`. */
function seeds(text: string): number[] {
  const list = text.split(",").flatMap((part) => {
    const [, first, last] = /^\s*(\d{1,15})(?:\.\.(\d{1,15}))?\s*$/.exec(part) ?? [];
    if (first === undefined) throw new InvalidArgumentError(`'${text}' is no list of seeds such as 1..5 or 1,2,7.`);
    const [from, to] = [Number(first), Number(last ?? first)];
    if (to < from || to - from >= 10_000) throw new InvalidArgumentError(`'${part}' is no range of seeds.`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  if (new Set(list).size < list.length) throw new InvalidArgumentError(`'${text}' names a seed twice.`);
  return list;
}

function positive(text: string): number {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError(`'${text}' is not a whole number above 0.`);
  return value;
}

/** Names with commas between them. */
function words(text: string): string[] {
  return text.split(",").map((word) => word.trim()).filter((word) => word !== "");
}

function share(text: string): number {
  const value = number(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError(`'${text}' is not a share from 0 to 1.`);
  return value;
}

function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
