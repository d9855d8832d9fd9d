/** The two-box temperature response of DICE-2016R, in steps of five years (Nordhaus 2017; equations in the README). */

/** Warming since 1900, °C. */
export interface Warmth {
  /** Atmosphere, land and upper ocean. */
  readonly surface: number;
  /** Deep ocean. */
  readonly ocean: number;
}

/** How warm the world gets. */
export interface Sensitivity {
  /** Warming at rest with twice the preindustrial CO2, °C. */
  readonly climate_sensitivity: number;
  /** Forcing of twice the preindustrial CO2, W/m². */
  readonly forcing_doubling: number;
}

/** Warming of the surface per W/m² and step, °C. */
const SPEED = 0.1005;
/** Heat that goes to the deep ocean, W/m² per °C of difference. */
const UPTAKE = 0.088;
/** Share of the difference by which the deep ocean warms in a step. */
const DEEP_SPEED = 0.025;

/** The warming five years later; `forcing` is that at the end of the step, W/m². */
export function nextWarmth({ surface, ocean }: Warmth, forcing: number, sensitivity: Sensitivity): Warmth {
  const feedback = sensitivity.forcing_doubling / sensitivity.climate_sensitivity;
  return {
    surface: surface + SPEED * (forcing - feedback * surface - UPTAKE * (surface - ocean)),
    ocean: ocean + DEEP_SPEED * (surface - ocean),
  };
}
