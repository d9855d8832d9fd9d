/**
 * The classic domain: the models that every framework is compared on, with populations in columns. The README has the
 * rules, their sources and what came out.
 *
 * @module
 */

import { defineDomain } from "llm-sim";
import { AnimalPopulation } from "./agents/animal.ts";
import { BoidPopulation } from "./agents/boid.ts";
import { HouseholdPopulation } from "./agents/household.ts";
import { PatchPopulation } from "./agents/patch.ts";
import { TaxCollectorAgent } from "./agents/tax_collector.ts";
import { TraderPopulation } from "./agents/trader.ts";
import { ClassicEngine } from "./engines/classic.ts";
import { FlockingEngine } from "./engines/flocking.ts";

import { WolfSheepEngine } from "./engines/wolf_sheep.ts";
import { AlwaysValidValidator } from "./validators/always_valid.ts";
import { TaxLawValidator } from "./validators/tax_law.ts";
import boids from "./templates/boids.yaml" with { type: "text" };
import boltzmann from "./templates/boltzmann.yaml" with { type: "text" };
import schelling from "./templates/schelling.yaml" with { type: "text" };
import wolfSheep from "./templates/wolf_sheep.yaml" with { type: "text" };

export default defineDomain({
  name: "classic",
  description: "Boltzmann wealth, Schelling's segregation, wolves and sheep, boids: as published, in columns.",
  agents: [
    TraderPopulation,
    TaxCollectorAgent,
    HouseholdPopulation,
    AnimalPopulation,
    PatchPopulation,
    BoidPopulation,
  ],
  engines: [ClassicEngine, WolfSheepEngine, FlockingEngine],
  validators: [AlwaysValidValidator, TaxLawValidator],
  templates: { boltzmann, schelling, wolf_sheep: wolfSheep, boids },
});
