/** What holds for every domain: for its scenarios, its README and the descriptions of its components. */

import { parse } from "yaml";
import type {
  ComponentDescription,
  DomainDescription,
  ResolvedScenario,
  SimulationState,
} from "../../framework/mod.ts";
import { assertEquals, assertTrue } from "./assert.ts";
import type { Played, Stage } from "./playing.ts";

/** The stage of any domain. */
type AnyStage = Omit<Stage<SimulationState>, "readScenario">;

/** What every scenario file says itself, or leaves to the file that it extends. */
interface Opening {
  readonly extends?: string;
  readonly domain?: string;
  readonly simulation: { readonly name: string; readonly description: string };
}

/**
 * A test for each of `scenarios`: it has a header, a description, its own name, this domain and two to four reporters,
 * and what `more` asserts of it. And one for the README: its table says, in this order, in which turn each ends, and why.
 */
export function testScenarioFiles(
  stage: AnyStage,
  scenarios: readonly string[],
  more: (scenario: ResolvedScenario) => void = () => {},
): void {
  for (const name of scenarios) {
    Deno.test(`${name}: has a header, a description, this domain and two to four reporters`, async () => {
      const text = stage.readText(name);
      assertOpening(text, name);
      const scenario = await stage.load(text);
      assertEquals(scenario.domain, stage.domain.name);
      const reporters = Object.keys(scenario.metrics.reporters);
      assertTrue(reporters.length >= 2 && reporters.length <= 4);
      assertEquals(Object.keys((await stage.play(name, { turns: 0 })).metrics[0]!), reporters);
      more(scenario);
    });
  }
  Deno.test("the README's table says in which turn each scenario ends, and why", async () => {
    const told = readmeTable(stage.domain.name);
    assertEquals(told.map(([name]) => name), scenarios);
    for (const [name, turn, reason] of told) {
      const { last, ended } = await stage.play(name);
      assertEquals([name, last.turn, ended], [name, turn, reason]);
    }
  });
}

/** How {@linkcode assertSeeds} tries seeds. */
export interface SeedOptions {
  /** Turns that are compared. */
  readonly turns: number;
  /** Seeds tried beside the scenario's own. Default: 2. */
  readonly others?: readonly number[];
  /** Whether anything is drawn, so that other seeds give other turns. Default: true. */
  readonly drawn?: boolean;
}

/** That the same seed gives the same turns, that the scenario's own is 1, and that others give others where `drawn`. */
export async function assertSeeds(
  stage: AnyStage,
  name: string,
  { turns, others = [2], drawn = true }: SeedOptions,
): Promise<void> {
  const played = async (seed?: number) => asText(await stage.play(name, { turns, seed }));
  const first = await played(1);
  assertEquals(await played(1), first, name);
  assertEquals(await played(), first, `${name}: its own seed is 1`);
  for (const seed of others) {
    assertEquals((await played(seed)).states !== first.states, drawn, `${name}: seed ${seed}`);
  }
}

/** The types of a domain's agents, engines and validators. */
export function typesOf({ agents, engines, validators }: DomainDescription): string[][] {
  return [agents, engines, validators].map((components) => components.map(({ type }) => type));
}

/** Config keys without a description, as `type.key`. */
export function undescribed(components: readonly ComponentDescription[]): string[] {
  return components.flatMap(({ type, config }) =>
    Object.entries(config.properties as { readonly [key: string]: { readonly description?: string } })
      .filter(([, { description }]) => description === undefined).map(([key]) => `${type}.${key}`)
  );
}

function assertOpening(text: string, name: string): void {
  const { simulation, domain, extends: base } = parse(text) as Opening;
  assertTrue(text.startsWith("# ") && simulation.description.length > 10);
  assertEquals(simulation.name, name);
  assertTrue(domain !== undefined || base !== undefined, "the domain is not left to the default");
}

/** What a simulation went through, and what it told of it. */
function asText({ states, metrics, actions, last }: Played<SimulationState>): { states: string; told: string } {
  const columns = [...last.populations].flatMap((members) =>
    members.columns.map(({ name }) => Array.from(members.column(name)))
  );
  return {
    states: JSON.stringify([states.map(({ populations: _, ...state }) => state), columns]),
    told: JSON.stringify([metrics, actions]),
  };
}

/** Name, turn and reason of each row; some tables say the engine before the turn, or the year after it. */
function readmeTable(domain: string): (readonly [name: string, turn: number, reason: string])[] {
  const readme = Deno.readTextFileSync(new URL(`../../domains/${domain}/README.md`, import.meta.url));
  const rows = readme.matchAll(/^\| `(\w+)` +\|(?: `\w+` +\|)? +(\d+) \|(?: +\d+ \|)? `([^`]+)`/gm);
  return [...rows].map(([, name, turn, reason]) => [name!, Number(turn), reason!]);
}
