/** How big a plan may grow. */
export const PLAN_LIMITS = {
  /** Tasks in all. */
  tasks: 2_000,
  /** Levels of tasks below each other. */
  levels: 100,
  /** Characters of a name. */
  name: 500,
  /** Characters of an instruction. */
  instruction: 20_000,
  /** Characters of any other text. */
  text: 100_000,
} as const;
