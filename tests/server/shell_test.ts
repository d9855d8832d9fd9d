/** What is around every page, and the pages that only lead on, as a browser without JavaScript uses them. */

import { DOMParser } from "linkedom";
import { KeyStore } from "../../server/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { statusOf, withServer } from "../support/server.ts";

const QUICK = await Deno.readTextFile(new URL("../../scenarios/economic/quick_test.yaml", import.meta.url));
const BROWSER = { accept: "text/html" };

// deno-lint-ignore no-explicit-any -- linkedom's documents have no types that fit
async function shown(answer: Promise<Response>): Promise<any> {
  const response = await answer;
  const text = await response.text();
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8", text.slice(0, 500));
  return new DOMParser().parseFromString(text, "text/html");
}

function form(fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: "POST", body: new URLSearchParams(fields), headers: { ...BROWSER, ...headers } };
}

Deno.test("the tree has scenarios, domains and runs, and a run that was started a moment ago", async () => {
  await withServer({}, async ({ fetch, app }) => {
    const labels = async (path: string) =>
      [...(await shown(fetch(path))).querySelectorAll("[role=treeitem]")].map((row) => row.getAttribute("data-key"));
    const before = await labels("/");
    for (const key of ["notebooks", "scenarios/economic/quick_test.yaml", "domains/economic", "runs/"]) {
      assertTrue(before.includes(key), `${key} in ${before.join(" ")}`);
    }
    const answer = await fetch("/runs", form({ text: QUICK }));
    await answer.body?.cancel();
    const path = answer.headers.get("location")!;
    const after = await shown(fetch(path));
    assertEquals(after.querySelector("[role=treeitem][aria-current=page]").getAttribute("href"), path);
    await app.wait(decodeURIComponent(path.replace("/runs/", "")));
  });
});

Deno.test("the tree is as it was left: folders, width, put away", async () => {
  await withServer({}, async ({ fetch }) => {
    const state = { open: ["scenarios", "scenarios/economic"], width: 333, hidden: true };
    const cookie = `shell=${encodeURIComponent(JSON.stringify(state))}`;
    const page = await shown(fetch("/", { headers: { ...BROWSER, cookie } }));
    const shell = page.querySelector(".shell");
    assertEquals([shell.getAttribute("data-tree"), shell.getAttribute("style")], ["hidden", "--tree:333px"]);
    const growth = page.querySelector('[data-key="scenarios/economic/growth.yaml"]');
    assertEquals([growth.hasAttribute("data-shut"), growth.getAttribute("aria-level")], [false, "3"]);
    const plain = await shown(fetch("/", { headers: { ...BROWSER, cookie: "shell=nonsense" } }));
    assertEquals(plain.querySelector(".shell").getAttribute("style"), "--tree:240px");
  });
});

Deno.test("the theme is kept by a form, and the form leads back, never elsewhere", async () => {
  await withServer({}, async ({ fetch }) => {
    const answer = await fetch("/theme", form({ theme: "dark", back: "/runs?status=paused" }));
    await answer.body?.cancel();
    assertEquals([answer.status, answer.headers.get("location")], [303, "/runs?status=paused"]);
    const cookie = answer.headers.get("set-cookie")!.split(";")[0]!;
    assertEquals(cookie, "theme=dark");
    const themed = async (headers: Record<string, string>) =>
      (await shown(fetch("/runs", { headers: { ...BROWSER, ...headers } }))).documentElement.getAttribute("data-theme");
    assertEquals([await themed({ cookie }), await themed({}), await themed({ cookie: "theme=light" })], [
      "dark",
      "auto",
      "light",
    ]);
    const away = await fetch("/theme", form({ theme: "pink", back: "//evil.com/" }));
    await away.body?.cancel();
    assertEquals([away.headers.get("location"), away.headers.get("set-cookie")!.split(";")[0]], ["/", "theme=auto"]);
  });
});

Deno.test("a page of a scenario shows its text and offers to begin with it; what is not there is not found", async () => {
  await withServer({}, async ({ fetch }) => {
    const page = await shown(fetch("/scenarios/economic/quick_test.yaml"));
    assertEquals(page.querySelector("pre").textContent, QUICK);
    const offers = [...page.querySelectorAll("main form")].map((form) => [
      form.getAttribute("action"),
      form.querySelector("[name=scenario]").getAttribute("value"),
    ]);
    assertEquals(offers, [["/runs", "economic/quick_test.yaml"], ["/", "economic/quick_test.yaml"]]);
    for (const path of ["economic/none.yaml", "nowhere/a.yaml", "economic/..%2f..%2f..%2fetc%2fpasswd", "economic"]) {
      const status = await statusOf(fetch(`/scenarios/${path}`, { headers: BROWSER }));
      assertTrue(status === 404 || status === 422, `${path} ${status}`);
    }
  });
});

Deno.test("a page of a domain says what it has", async () => {
  await withServer({}, async ({ fetch, app }) => {
    // A page does not wait long for what nobody has looked at yet.
    await Promise.all([app.repo("economic"), app.scenarios("economic")]);
    const page = await shown(fetch("/domains/economic"));
    assertMatches(page.querySelector("main").textContent, /Scenarios.*growth\.yaml.*Agents.*nation.*Engines/s);
    assertEquals(await statusOf(fetch("/domains/nowhere", { headers: BROWSER })), 404);
  });
});

Deno.test("a form makes a notebook: empty, of a starter, a scenario, a run; names that are taken get a number", async () => {
  await withServer({}, async ({ fetch, app, folder }) => {
    const make = async (fields: Readonly<Record<string, string>>, path = "/") => {
      const answer = await fetch(path, form(fields));
      const problem = /role="alert"><strong>(.*?)<\/strong>/.exec(await answer.text())?.[1];
      assertEquals([answer.status, problem], [303, undefined]);
      const to = decodeURIComponent(answer.headers.get("location")!.replace("/notebooks/", ""));
      return [to, await Deno.readTextFile(`${folder}/notebooks/${to}`)] as const;
    };
    const { run_id } = await app.start({ text: QUICK });
    await app.wait(run_id);
    assertEquals((await make({}))[0], "untitled.md");
    const [second, text] = await make({}, "/notebooks");
    assertEquals([second, text.includes("# Untitled 2")], ["untitled_2.md", true]);
    assertMatches((await make({ starter: "sweep" }))[1], /```yaml batch #/);
    const [path, growth] = await make({ scenario: "economic/growth.yaml" });
    assertEquals(path, "economic/growth.md");
    assertMatches(growth, /growth\.yaml/);
    assertEquals((await make({ run: run_id }))[0], `runs/${run_id}.md`);
    assertEquals((await make({ path: "notes/a b", starter: "compare" }))[0], "notes/a b.md");
    const cards = [...(await shown(fetch("/"))).querySelectorAll("a.card-title")].map((card) =>
      card.getAttribute("href")
    );
    assertEquals(cards.toSorted(), [
      "/notebooks/economic/growth.md",
      "/notebooks/notes/a%20b.md",
      `/notebooks/runs/${run_id}.md`,
      "/notebooks/sweep_a_parameter.md",
      "/notebooks/untitled.md",
      "/notebooks/untitled_2.md",
    ]);
  });
});

Deno.test("a notebook that cannot be made is a problem on the page, and nothing is written", async () => {
  await withServer({}, async ({ fetch, app }) => {
    for (
      const [fields, status] of [
        [{ path: "../../outside.md" }, 422],
        [{ starter: "nonsense" }, 422],
        [{ run: "none" }, 404],
        [{ scenario: "economic/none.yaml" }, 422],
        [{ starter: "sweep", scenario: "economic/growth.yaml" }, 422],
      ] as [Record<string, string>, number][]
    ) {
      const answer = await fetch("/", form(fields));
      const page = await shown(Promise.resolve(answer));
      assertEquals([answer.status, page.querySelectorAll(".problem").length], [status, 1], JSON.stringify(fields));
    }
    assertEquals(await app.notebooks.list(), []);
  });
});

Deno.test("the home page offers starters and scenarios to who may write, and to nobody else", async () => {
  let [reader, writer] = ["", ""];
  await withServer({
    before: (_, folder) => {
      const store = new KeyStore(`${folder}/output`);
      ({ key: reader } = store.create("reader", ["read"]));
      ({ key: writer } = store.create("writer", ["run", "edit"]));
    },
  }, async ({ fetch }) => {
    const home = (key: string) => shown(fetch("/", { headers: { ...BROWSER, authorization: `Bearer ${key}` } }));
    const starters = async (key: string) =>
      [...(await home(key)).querySelectorAll("button[name=starter]")].map((button) => button.getAttribute("value"));
    assertEquals(await starters(writer), ["compare", "sweep", "conversation"]);
    assertEquals((await home(reader)).querySelectorAll("main form").length, 0);
    const refused = await fetch("/", form({ starter: "sweep" }, { authorization: `Bearer ${reader}` }));
    assertEquals(await statusOf(Promise.resolve(refused)), 403);
    const signIn = await shown(fetch("/sign-in", { headers: BROWSER }));
    assertEquals(signIn.querySelectorAll("[role=tree], fresh-island[data-island=palette]").length, 0);
  });
});
