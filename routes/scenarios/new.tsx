/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/scenarios/new`: a form that makes a scenario file of a template, or of another file. */

import type { VNode } from "preact";
import { scenarioUrl } from "../../islands/_parts/shell/tree_model.ts";
import {
  page,
  type PageProps,
  type Problem,
  problemOf,
  readForm,
  type RequestContext,
  scenarioNames,
  writeScenarioFile,
} from "../../server/mod.ts";
import { fileName, freeName, type How, HOWS, type NewScenario, newText } from "../_parts/new_scenario.ts";
import { ProblemBox } from "../_parts/problem_box.tsx";

/** A template. */
interface Template {
  readonly name: string;
  /** The comment that it begins with. */
  readonly about: string;
}

interface Data {
  readonly domains: readonly string[];
  /** Of the chosen domain; empty: none is chosen, or it cannot be loaded. */
  readonly templates: readonly Template[];
  readonly files: readonly string[];
  readonly form: NewScenario;
  readonly problem: Problem | null;
}

export const title = "New scenario";
export const styles = ["scenarios.css"];
/** Who may not write files has no use for the form. */
export const scope = "edit";

export const handler = {
  async GET(context: RequestContext) {
    const query = context.url.searchParams;
    const [, ofFile, file] = /^([^/]+)\/(.+)$/.exec(query.get("from") ?? "") ?? [];
    const how = HOWS.find((each) => each === query.get("how")) ?? (file === undefined ? "template" : "copy");
    const asked = {
      repo: query.get("repo") ?? ofFile ?? "",
      how,
      template: query.get("template") ?? "",
      from: file ?? "",
      name: query.get("name") ?? "",
    };
    return page(await dataOf(context, asked, null));
  },

  async POST(context: RequestContext) {
    const fields = await readForm(context.request);
    const field = (name: string) => fields.get(name) ?? "";
    const form: NewScenario = {
      repo: field("repo"),
      how: HOWS.find((each) => each === field("how")) ?? "template",
      template: field("template"),
      from: field("from"),
      name: field("name"),
    };
    try {
      const config = fileName(form.name);
      await writeScenarioFile(context.app, [form.repo, config], await newText(context, form), "none");
      context.note({ scenario: `${form.repo}/${config}`.slice(0, 300) });
      const location = scenarioUrl(form.repo, listedName(context, form.repo, config));
      return new Response(null, { status: 303, headers: { location } });
    } catch (error) {
      const problem = problemOf(error, context.url.pathname, context.requestId);
      if (problem.status >= 500) throw error;
      return page(await dataOf(context, form, problem), { status: problem.status });
    }
  },
};

/** The file as lists name it. */
function listedName({ app }: RequestContext, repo: string, config: string): string {
  const names = scenarioNames(app).filter((each) => each.repo === repo).map((each) => each.config);
  return names.find((name) => name === config) ?? names.find((name) => name.endsWith(`/${config}`)) ?? config;
}

async function dataOf(context: RequestContext, asked: NewScenario, problem: Problem | null): Promise<Data> {
  const { app } = context;
  const domains = app.domains();
  const files = scenarioNames(app).filter(({ repo }) => repo === asked.repo).map(({ config }) => config);
  const found = domains.includes(asked.repo)
    ? await templatesOf(context, asked.repo)
    : { templates: [], problem: null };
  const { templates } = found;
  const template = templates.some(({ name }) => name === asked.template) ? asked.template : templates[0]?.name ?? "";
  const stem = (asked.from === "" ? template || asked.repo : asked.from.slice(asked.from.lastIndexOf("/") + 1))
    .replace(/\.ya?ml$/, "");
  const wanted = asked.from === "" ? stem : `${stem}_2`;
  return {
    domains,
    templates,
    files,
    form: { ...asked, template, name: asked.name || freeName(wanted.replace(/_2_2$/, "_2"), files) },
    problem: problem ?? found.problem,
  };
}

/** The templates of a domain; a domain that cannot be loaded has none, and says why. */
async function templatesOf({ app, url, requestId }: RequestContext, repo: string) {
  try {
    const { templates } = await app.describeDomain(repo);
    return {
      templates: Object.entries(templates).map(([name, text]) => ({ name, about: aboutOf(text) })),
      problem: null,
    };
  } catch (error) {
    const problem = problemOf(error, url.pathname, requestId);
    if (problem.status >= 500) throw error;
    return { templates: [], problem };
  }
}

/** The comment at the beginning, on one line. */
function aboutOf(text: string): string {
  const comment = /^(?:#[^\n]*\n)+/.exec(text)?.[0] ?? "";
  return comment.replace(/^#+ ?/gm, "").replace(/\s+/g, " ").trim();
}

export default function NewScenarioPage({ data }: PageProps<Data>): VNode {
  const { domains, form, problem } = data;
  return (
    <main class="scenarios-page scenario-new">
      <h1>New scenario</h1>
      {problem !== null && <ProblemBox problem={problem} />}
      <form method="get" action="/scenarios/new" class="row">
        <label>
          Domain
          <select name="repo" required>
            {!domains.includes(form.repo) && <option value="">choose one</option>}
            {domains.map((name) => <option key={name} value={name} selected={name === form.repo}>{name}</option>)}
          </select>
        </label>
        <button type="submit" class={domains.includes(form.repo) ? undefined : "first"}>
          {domains.includes(form.repo) ? "Change domain" : "Go on"}
        </button>
      </form>
      {domains.includes(form.repo) && <Make data={data} />}
    </main>
  );
}

function Make({ data: { templates, files, form } }: { readonly data: Data }): VNode {
  return (
    <form method="post" action="/scenarios/new" class="scenario-make">
      <input type="hidden" name="repo" value={form.repo} />
      <fieldset>
        <legend>Begin with</legend>
        <Choice how="template" form={form} title="A template">
          {templates.length === 0
            ? <p class="muted">{form.repo} has none: the file begins with its sections alone.</p>
            : (
              <ul class="scenario-templates">
                {templates.map(({ name, about }) => (
                  <li key={name}>
                    <label>
                      <input type="radio" name="template" value={name} checked={name === form.template} />
                      <span>
                        <strong>{name}</strong>
                        {about !== "" && <span class="muted">{about}</span>}
                      </span>
                    </label>
                  </li>
                ))}
              </ul>
            )}
        </Choice>
        {files.length > 0 && (
          <>
            <Choice how="copy" form={form} title="A copy of a file">
              <p class="muted">All that it says, to be changed.</p>
            </Choice>
            <Choice how="extend" form={form} title="A file that extends another">
              <p class="muted">It says only what differs; the rest follows the other file.</p>
            </Choice>
            <label class="scenario-from">
              File to copy or to extend
              <select name="from">
                {files.map((file) => <option key={file} value={file} selected={file === form.from}>{file}</option>)}
              </select>
            </label>
          </>
        )}
      </fieldset>
      <label>
        Name of the new file
        <input
          name="name"
          value={form.name}
          required
          maxLength={100}
          spellcheck={false}
          autocomplete="off"
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
          title="letters, digits, '.', '_' and '-'"
        />
      </label>
      <div class="actions">
        <button type="submit" class="first">Create it</button>
        <a class="button quiet" href="/scenarios">Cancel</a>
      </div>
    </form>
  );
}

interface ChoiceProps {
  readonly how: How;
  readonly form: NewScenario;
  readonly title: string;
  readonly children: VNode;
}

function Choice({ how, form, title, children }: ChoiceProps): VNode {
  return (
    <div class="scenario-how">
      <label class="check">
        <input type="radio" name="how" value={how} checked={form.how === how} />
        {title}
      </label>
      {children}
    </div>
  );
}
