/** Pages of scenarios without scripts: the list, and the form that makes a file. */

import { DOMParser } from "linkedom";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { type TestServer, withServer } from "../support/server.ts";

const OWN = `
import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
class QuietAgent extends BaseAgent { decideAction() { return []; } }
class StillEngine extends BaseEngine {
  applyActions(state) { return state; }
  applyEngineRules(state) { return state; }
}
class AnyValidator extends BaseValidator { validateAction() { return true; } }
const parts = {
  description: "Nothing happens.", agents: [QuietAgent], engines: [StillEngine], validators: [AnyValidator],
};
`;
const TEMPLATE = "# Where to begin\n# from.\ndomain: own\nsimulation: { name: still, max_turns: 2 } # few\n";
const SOURCES = {
  own: `${OWN}export default defineDomain({ name: "own", ...parts, templates: { still: ${
    JSON.stringify(TEMPLATE)
  } } });`,
  bare: `${OWN}export default defineDomain({ name: "bare", ...parts });`,
};

// deno-lint-ignore no-explicit-any -- linkedom's documents have no types that fit
async function shown(answer: Promise<Response>): Promise<any> {
  return new DOMParser().parseFromString(await (await answer).text(), "text/html");
}

function make(server: TestServer, fields: Readonly<Record<string, string>>): Promise<Response> {
  const body = new URLSearchParams({ how: "template", template: "", from: "", ...fields });
  return server.fetch("/scenarios/new", { method: "POST", body, headers: { accept: "text/html" } });
}

const written = (server: TestServer, repo: string, name: string) =>
  Deno.readTextFileSync(`${server.folder}/domains/${repo}/scenarios/${name}`);

Deno.test("a scenario is made of a template, which keeps its words and gets the name of the file", async () => {
  await withServer({ sources: SOURCES }, async (server) => {
    const page = await shown(server.fetch("/scenarios/new?repo=own"));
    assertEquals(page.querySelector(".scenario-templates .muted").textContent, "Where to begin from.");
    assertEquals(page.querySelector("[name=name]").getAttribute("value"), "still.yaml");
    const answer = await make(server, { repo: "own", template: "still", name: "mine" });
    await answer.body?.cancel();
    assertEquals([answer.status, answer.headers.get("location")], [303, "/scenarios/own/scenarios/mine.yaml"]);
    assertEquals(written(server, "own", "mine.yaml"), TEMPLATE.replace("name: still", "name: mine"));
    const list = await shown(server.fetch("/scenarios?q=own+mine"));
    assertEquals(list.querySelector(".scenario-group li a").getAttribute("href"), "/scenarios/own/scenarios/mine.yaml");
    assertEquals(list.querySelectorAll(".scenario-group").length, 1);
  });
});

Deno.test("a domain without templates has a file begin with its sections, which can be played", async () => {
  await withServer({ sources: SOURCES }, async (server) => {
    const answer = await make(server, { repo: "bare", name: "first.yaml" });
    await answer.body?.cancel();
    assertEquals(answer.status, 303);
    const text = written(server, "bare", "first.yaml");
    assertTrue(/engine:\n {2}type: still\n/.test(text), text);
    const { issues } = await server.app.lookAtDraft({ repo: "bare", config: "first.yaml", text });
    assertEquals(issues.filter(({ severity }) => severity === "error"), []);
  });
});

Deno.test("what cannot be made is said above the form, which keeps what was chosen; nothing is written", async () => {
  await withServer({ sources: SOURCES }, async (server) => {
    const refused = async (fields: Readonly<Record<string, string>>) => {
      const answer = await make(server, fields);
      const page = await shown(Promise.resolve(answer));
      return [answer.status, page.querySelector("[role=alert] strong").textContent, page] as const;
    };
    const [status, , page] = await refused({ repo: "own", template: "still", name: "../../evil" });
    assertEquals(status, 422);
    assertEquals(page.querySelector("[name=name]").getAttribute("value"), "../../evil");
    assertEquals((await refused({ repo: "own", template: "none", name: "a" })).slice(0, 2), [
      404,
      "'own' has no template 'none'",
    ]);
    assertEquals((await refused({ repo: "own", how: "copy", name: "a" }))[0], 422);
    assertEquals((await refused({ repo: "nowhere", name: "a" }))[0], 404);
    assertEquals((await refused({ repo: "own", how: "extend", from: "../../mod.ts", name: "a" }))[0], 422);
    assertEquals([...Deno.readDirSync(`${server.folder}/domains/own`)].map(({ name }) => name), ["mod.ts"]);
  });
});
