import { assertEquals, assertRejects } from "../../tests/support/assert.ts";
import { api, ApiError, readAnswer, runs } from "./api.ts";
import { readAction } from "./message_box.tsx";

const problem = (status: number, body: unknown) =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json" },
  });

async function refusal(response: Response): Promise<ApiError> {
  return await assertRejects(() => readAnswer(response)) as ApiError;
}

Deno.test("a problem is an error with its words, its code and its hint", async () => {
  const error = await refusal(
    problem(409, {
      status: 409,
      title: "Conflict",
      detail: "run 'r' is completed",
      code: "bad_transition",
      hint: "fork it",
    }),
  );
  assertEquals([error.message, error.code, error.hint, error.status], [
    "run 'r' is completed",
    "bad_transition",
    "fork it",
    409,
  ]);
});

Deno.test("an answer that is neither JSON nor a problem is an error that says the status", async () => {
  const error = await refusal(problem(502, "<html>Bad gateway</html>"));
  assertEquals([error.code, error.message], ["http_502", "the server answered with status 502"]);
  assertEquals((await refusal(problem(401, {}))).hint, "sign in again");
});

/** A real server that answers as told, while `use` runs. */
async function withServer(
  answer: (request: Request) => Response,
  use: (origin: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  try {
    await use(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("a body is sent as JSON by POST; a server that is gone is an error with something to try", async () => {
  let origin = "";
  const seen: string[] = [];
  await withServer((request) => {
    seen.push(`${request.method} ${request.headers.get("content-type")}`);
    return Response.json({ fine: true });
  }, async (found) => {
    origin = found;
    assertEquals(await api<unknown>(`${origin}/x`, { body: {} }), { fine: true });
    await api(`${origin}/x`, { method: "DELETE" });
  });
  assertEquals(seen, ["POST application/json", "DELETE null"]);
  const error = await assertRejects(() => api(`${origin}/x`), "offline") as ApiError;
  assertEquals(error.hint, "look whether it still runs, then try again");
});

Deno.test("rows that are known are not taken twice, whether or not the server leaves them out", async () => {
  const real = globalThis.fetch;
  globalThis.fetch = () => Promise.resolve(Response.json([{ turn: 0 }, { turn: 1 }, { turn: 2 }]));
  try {
    assertEquals((await runs.rows("r", 1)).map(({ turn }) => turn), [2]);
    assertEquals((await runs.rows("r", null)).length, 3);
  } finally {
    globalThis.fetch = real;
  }
});

Deno.test("what a person wants done is an action, nothing, or an error that says how to write it", async () => {
  assertEquals(readAction("  "), null);
  assertEquals(readAction('{"name":"delete_task","parameters":{}}'), { name: "delete_task", parameters: {} });
  for (const text of ["{", "[]", '"delete"', "{}", "null"]) {
    await assertRejects(() => Promise.resolve().then(() => readAction(text)), "bad_action");
  }
});
