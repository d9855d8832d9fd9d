import { assertEquals } from "../../tests/support/assert.ts";
import type { ActionCatalogue } from "./catalogue.ts";
import { catalogueText, toolsOf } from "./catalogue_text.ts";
import { PLAN_ACTIONS } from "./plan_catalogue.ts";

const catalogue: ActionCatalogue = {
  book: {
    kind: "travel",
    description: "Book a flight.",
    mutating: true,
    parameters: {
      day: { type: "date", required: true, description: "Day of travel." },
      cabin: { type: "string", enum: ["economy", "business"], default: "economy", description: "Cabin." },
      seats: { type: "list", items: "id", description: "Seats." },
      extras: { type: "list", description: "Extras." },
    },
  },
  look: { kind: "context", description: "Look around.", mutating: false, alone: true, parameters: {} },
};

Deno.test("catalogueText - actions by kind with the facts of their parameters", () => {
  assertEquals(
    catalogueText(catalogue),
    `### travel
- \`book\`: Book a flight.
  - \`day\` (date, required): Day of travel.
  - \`cabin\` (string, optional, one of economy, business, default "economy"): Cabin.
  - \`seats\` (list of id, optional): Seats.
  - \`extras\` (list, optional): Extras.

### context
- \`look\`: Look around. Must be the only action of a turn.`,
  );
  assertEquals(catalogueText(catalogue, { only: ["look"] }).split("\n").length, 2);
});

Deno.test("toolsOf - a JSON Schema for each action that allows nothing else", () => {
  const [book, look] = toolsOf(catalogue);
  assertEquals(book, {
    type: "function",
    function: {
      name: "book",
      description: "Book a flight.",
      parameters: {
        type: "object",
        properties: {
          day: { type: "string", description: "Day of travel. As in 2026-11-26 or 2026-11-26T09:30:00Z." },
          cabin: { type: "string", description: "Cabin.", enum: ["economy", "business"], default: "economy" },
          seats: { type: "array", description: "Seats.", items: { type: ["integer", "string"] } },
          extras: { type: "array", description: "Extras.", items: {} },
        },
        required: ["day"],
        additionalProperties: false,
      },
    },
  });
  assertEquals(look!.function.description, "Look around. Must be the only action of a turn.");
});

Deno.test("PLAN_ACTIONS - holds the predecessor's actions, those that it lost included", () => {
  assertEquals(
    Object.keys(PLAN_ACTIONS).join(" "),
    "create_plan list_plans execute_plan delete_plan create_task update_task update_task_instruction move_task " +
      "delete_task show_tasks query_status rerun_task decompose_task request_subgraph help web_search graph_rag " +
      "springer_nature",
  );
  const questions = Object.keys(PLAN_ACTIONS).filter((name) => !PLAN_ACTIONS[name]!.mutating);
  assertEquals(
    questions.join(" "),
    "list_plans show_tasks query_status request_subgraph help web_search graph_rag springer_nature",
  );
  assertEquals(PLAN_ACTIONS.request_subgraph!.alone, true);
});
