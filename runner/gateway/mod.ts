/** The gateway: the host's one way to models and to services outside. */

export * from "./types.ts";
export {
  Envelope,
  type EnvelopeOptions,
  formatUsd,
  type Outstanding,
  type Reservation,
  type Spending,
} from "./envelope.ts";
export { Gateway, type GatewayOptions } from "./gateway.ts";
export { type ChoiceOptions, chooseModels, type FoundProvider, type ModelChoice, modelLine } from "./models.ts";
export { PRICES_AS_OF } from "./prices.ts";
export { ModelProvider } from "./provider.ts";
export { type ListedProvider, type ProviderList, Providers } from "./providers.ts";
