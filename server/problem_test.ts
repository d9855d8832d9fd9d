import { issuesError, SimError } from "../framework/mod.ts";
import { assertEquals } from "../tests/support/assert.ts";
import { problemOf, statusOf } from "./problem.ts";

Deno.test("what a URL names and is not there is 404; what a document names and nobody knows is 422", () => {
  assertEquals(statusOf(new SimError("unknown_run", "there is no run 'x'")), 404);
  assertEquals(statusOf(new SimError("unknown_agent", "run 'x' has no agent 'y'")), 404);
  const inScenario = {
    severity: "error",
    code: "unknown_agent",
    message: "no agent 'y'",
    path: ["agents", 0],
  } as const;
  assertEquals(statusOf(issuesError([inScenario])), 422);
});

Deno.test("a run in another state is 409, a full disk 507, a server that stops 503, everything else 422", () => {
  const statuses = {
    bad_transition: 409,
    run_is_live: 409,
    not_asked: 409,
    disk_full: 507,
    closing: 503,
    bad_turn: 422,
  };
  for (const [code, status] of Object.entries(statuses)) assertEquals(statusOf(new SimError(code, "")), status, code);
  // No name that every object has is a code.
  assertEquals(statusOf(new SimError("constructor", "")), 422);
});

Deno.test("a problem tells the findings of a scenario with their places, warnings left out", () => {
  const problem = problemOf(
    issuesError([
      { severity: "warning", code: "w", message: "a warning" },
      {
        severity: "error",
        code: "unknown_key",
        message: "unknown key 'sed'",
        hint: "did you mean 'seed'?",
        path: ["simulation", "sed"],
        file: "scenario",
        line: 3,
        column: 5,
      },
      { severity: "error", code: "missing_key", message: "is missing", path: ["agents", 0, "name"] },
    ]),
    "/api/simulations",
    "r1",
  );
  assertEquals(problem, {
    type: "about:blank",
    title: "Unprocessable Content",
    status: 422,
    detail: "unknown key 'sed'",
    code: "unknown_key",
    errors: [
      {
        path: "simulation.sed",
        code: "unknown_key",
        message: "unknown key 'sed'",
        hint: "did you mean 'seed'?",
        line: 3,
        column: 5,
      },
      { path: "agents[0].name", code: "missing_key", message: "is missing" },
    ],
    hint: "did you mean 'seed'?",
    instance: "/api/simulations",
    request_id: "r1",
  });
});
