/** Answers that may take their time: each ends when whom it is for may not have it any more. */

import type { Principal } from "../context.ts";
import { refusalMessage } from "../streams/mod.ts";

interface OpenAnswer {
  readonly principal: Pick<Principal, "refusal">;
  /** Gives it a last word, where it is a stream, and ends it. */
  end(detail: string): void;
}

/** Law: an answer counts as open until its client has it all, has left, or was refused the rest. */
export class OpenAnswers {
  readonly #open = new Set<OpenAnswer>();

  /** The response, looked after from now on. @param ended called once, when it is over */
  watch(response: Response, principal: Pick<Principal, "refusal">, ended: () => void): Response {
    const { body, status, headers } = response;
    if (body === null) {
      ended();
      return response;
    }
    const isStream = headers.get("content-type")?.startsWith("text/event-stream") === true;
    const reader = body.getReader();
    const leave = () => {
      if (this.#open.delete(answer)) ended();
    };
    let out!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
    const answer: OpenAnswer = {
      principal,
      end(detail) {
        leave();
        if (isStream) out.enqueue(refusalMessage(detail));
        out.close();
        reader.cancel(detail).catch(() => {/* it is over all the same */});
      },
    };
    this.#open.add(answer);
    const isOpen = () => this.#open.has(answer);
    const watched = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        out = controller;
      },
      async pull(controller) {
        try {
          const { value, done } = await reader.read();
          if (!isOpen()) return;
          if (!done) return controller.enqueue(value as Uint8Array<ArrayBuffer>);
          leave();
          controller.close();
        } catch (error) {
          leave();
          controller.error(error);
        }
      },
      async cancel(reason) {
        leave();
        await reader.cancel(reason);
      },
    });
    return new Response(watched, { status, headers });
  }

  /** Ends those whose principals may not go on. */
  check(): void {
    for (const answer of [...this.#open]) {
      const refusal = answer.principal.refusal();
      if (refusal !== null) answer.end(refusal);
    }
  }
}
