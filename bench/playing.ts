/** Playing the model in this process: the loop alone, or with everything that a sandbox process adds to it. */

import { SimulationOrchestrator } from "../framework/mod.ts";
import { RunWriter } from "../runner/store/run_writer.ts";
import boltzmann from "./boltzmann/mod.ts";
import { boltzmannScenario, type Features } from "./scenario.ts";

/** A started simulation of `agents` traders. */
export function startedSimulation(agents: number, features: Features = {}): SimulationOrchestrator {
  const scenario = boltzmannScenario(agents, features);
  const simulation = new SimulationOrchestrator({ domain: boltzmann, scenario, run_id: `bench_${agents}agents` });
  simulation.start();
  return simulation;
}

/** Plays turns and forgets what they produce. `encode`: after turning it into bytes, turn by turn. */
export function playDiscarding(simulation: SimulationOrchestrator, turns: number, encode = false): void {
  const encoder = new TextEncoder();
  for (let i = 0; i < turns; i++) {
    simulation.step();
    const { events, global, agents } = simulation.take();
    if (encode) { for (const text of [events, global, agents]) encoder.encode(text); }
  }
}

/** As in `framework/worker/boot.ts`. */
const BLOCK_INTERVAL = 20;
const BLOCK_LENGTH = 1 << 20;
const SAVE_SHARE = 25;

/**
 * Plays as a sandbox process does (`framework/worker/boot.ts` and `runner/sandbox/child.ts`), but in one thread: blocks
 * are encoded and written to a real run folder, and states are saved by the same rule.
 */
export class StoredPlaying {
  readonly simulation: SimulationOrchestrator;
  /** Milliseconds spent in saves so far. */
  saving = 0;
  /** Saves so far. */
  saves = 0;
  readonly #writer: RunWriter;
  readonly #encoder = new TextEncoder();
  #sentAt = 0;
  #savedAt = -Infinity;
  #saveCost = 0;

  constructor(folder: string, agents: number, features: Features) {
    Deno.mkdirSync(`${folder}/files`, { recursive: true });
    this.#writer = RunWriter.open(folder, { run_id: "bench", schema_hash: "0".repeat(64) }).writer;
    this.simulation = startedSimulation(agents, features);
    this.#flush(true);
  }

  /** Plays turns and stores what they produce. */
  play(turns: number): void {
    for (let i = 0; i < turns; i++) {
      this.simulation.step();
      const now = Date.now();
      if (now - this.#sentAt < BLOCK_INTERVAL && this.simulation.pending < BLOCK_LENGTH) continue;
      this.#flush(now - this.#savedAt >= SAVE_SHARE * this.#saveCost);
    }
  }

  close(): void {
    this.#writer.close();
  }

  /** Writes what has gathered, and the state if so said. */
  #flush(save: boolean): void {
    const { simulation } = this;
    const block = simulation.take();
    const [events, global, agents] = [block.events, block.global, block.agents].map((text) => this.#bytes(text));
    const { turn } = simulation.state;
    const written = {
      t: "block",
      turn,
      events: events!,
      first_event_id: block.first_event_id,
      event_count: block.event_count,
      global: global!,
      agents: agents!,
      checkpoint: null,
    } as const;
    this.#writer.append(written);
    if (save) {
      const began = performance.now();
      this.#writer.save(turn, saveRequest(simulation));
      this.#saveCost = performance.now() - began;
      this.saving += this.#saveCost;
      this.saves++;
      this.#savedAt = Date.now();
    }
    this.#sentAt = Date.now();
  }

  #bytes(text: string): Uint8Array<ArrayBuffer> {
    return this.#encoder.encode(text);
  }
}

/** What a worker sends for a checkpoint of the present state. */
export function saveRequest(simulation: SimulationOrchestrator) {
  const { state, ...rest } = simulation.checkpoint();
  return { ...rest, numbered: false, state: new TextEncoder().encode(state) };
}
