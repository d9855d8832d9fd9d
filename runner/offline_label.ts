/** How the offline provider is called wherever it has answered. */

/** What it is. */
export const OFFLINE_MEANING = "answers by rule, not a language model";

/** Whether `model`, as manifests name it, is the offline provider's. */
export function isOfflineModel(model: string): boolean {
  return model === "offline" || model.startsWith("offline ");
}

/** `openai gpt-5-mini` as it is; what is not a model says so. */
export function modelLabel(model: string): string {
  return isOfflineModel(model) ? `offline (${OFFLINE_MEANING})` : model;
}
