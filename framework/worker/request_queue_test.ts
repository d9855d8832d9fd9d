import { assertEquals } from "../../tests/support/assert.ts";
import type { Asked, OutsideRequest } from "./messages.ts";
import { RequestQueue } from "./request_queue.ts";

const request = (turn: number): OutsideRequest => ({ kind: "commit", turn, offers: [] });

function queue(isAtFault: (asked: Asked) => boolean = () => false) {
  const posted: number[][] = [];
  const refused: { id: number; code: string | undefined }[] = [];
  const requests = new RequestQueue(
    (asked) => {
      if (asked.some(isAtFault)) throw new TypeError("could not be cloned");
      posted.push(asked.map(({ id }) => id));
    },
    ({ id, error }) => refused.push({ id, code: error?.code }),
  );
  return { requests, posted, refused };
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

Deno.test("requests of one moment are posted together and in order, long queues in parts", async () => {
  const { requests, posted } = queue();
  for (let id = 1; id <= 45; id++) requests.add(id, request(1));
  assertEquals(posted, [upTo(1, 20), upTo(21, 40)]);
  await null;
  assertEquals(posted, [upTo(1, 20), upTo(21, 40), upTo(41, 45)]);
  requests.add(46, request(2));
  await null;
  assertEquals(posted.at(-1), [46]);
});

Deno.test("what comes after is not posted before: a flush leaves nothing behind", () => {
  const { requests, posted } = queue();
  requests.add(1, request(1));
  requests.flush();
  requests.flush();
  assertEquals(posted, [[1]]);
});

Deno.test("a request that cannot be sent is refused, those beside it are sent", async () => {
  const { requests, posted, refused } = queue(({ id }) => id === 2);
  for (let id = 1; id <= 3; id++) requests.add(id, request(1));
  await null;
  assertEquals(posted, [[1], [3]]);
  assertEquals(refused, [{ id: 2, code: "bad_call" }]);
});
