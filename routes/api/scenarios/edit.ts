/** `POST /api/scenarios/edit`: one value of a text set or taken out, the rest left as it is written. */

import { z } from "zod";
import { editedScenario } from "../../../runner/mod.ts";
import { anyJson, endpoint, problem } from "../../../server/mod.ts";

export const POST = endpoint({
  operationId: "editScenarioText",
  summary: "A scenario's text with one value set or taken out, comments and layout kept",
  description: "A key that is not there is added after the others of its mapping. Nothing is written.",
  tags: ["repos"],
  scope: "read",
  body: z.strictObject({
    text: z.string(),
    path: z.array(z.union([z.string().max(500), z.number().int().min(0)])).min(1).max(50),
    value: anyJson.optional().meta({ description: "absent: the key, or the item of a list, is taken out" }),
  }).meta({ id: "EditScenarioText" }),
  bodyExamples: {
    "a longer run": {
      text: "simulation: { name: growth, max_turns: 100 }\n",
      path: ["simulation", "max_turns"],
      value: 200,
    },
  },
  bodyLimit: 3 << 20,
  responses: {
    200: {
      description: "the text",
      schema: z.object({ text: z.string() }).meta({ id: "EditedScenarioText" }),
      example: { text: "simulation: { name: growth, max_turns: 200 }\n" },
    },
    422: problem("yaml_syntax", "cannot_set"),
  },
  handle: async ({ body: { text, path, value } }, { onlyLooks }) => {
    onlyLooks();
    return { text: await editedScenario(text, path, value) };
  },
});
