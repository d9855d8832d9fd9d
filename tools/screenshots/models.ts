/** Models of the pictures: they answer so many requests, and then think until the pictures are taken. */

import { LLMServer } from "../../tests/support/llm_server.ts";

/** A server of models, and when they have all answered what they are to. */
export interface Models extends AsyncDisposable {
  readonly url: string;
  /** Resolves when every model holds a request back. */
  readonly held: Promise<unknown>;
  /** Has them answer all. */
  release(): void;
}

/** Starts it. @param answers requests that each model answers before it holds back */
export async function startModels(answers: Readonly<Record<string, number>>): Promise<Models> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const counted = new Map(Object.keys(answers).map((model) => [model, 0]));
  const holding = new Map(Object.keys(answers).map((model) => [model, Promise.withResolvers<void>()]));
  const server = await LLMServer.start({
    models: Object.keys(answers),
    answer: async ({ model }) => {
      const nth = counted.get(model)!;
      counted.set(model, nth + 1);
      if (nth < answers[model]!) return undefined;
      holding.get(model)!.resolve();
      await released;
      return undefined;
    },
  });
  return {
    url: server.url,
    held: Promise.all([...holding.values()].map(({ promise }) => promise)),
    release,
    async [Symbol.asyncDispose]() {
      release();
      await server[Symbol.asyncDispose]();
    },
  };
}
