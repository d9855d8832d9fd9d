/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/conversations/judges`: what the judges of this host are worth, on turns that people have labelled. */

import type { VNode } from "preact";
import VerifyFile from "../../islands/verify_file.tsx";
import type { CertificateReport } from "../../runner/mod.ts";
import {
  mayDo,
  page,
  type PageProps,
  type Problem,
  problemOf,
  readForm,
  type RequestContext,
} from "../../server/mod.ts";
import { JudgeBox } from "../_parts/judge_certificate.tsx";
import { ProblemBox } from "../_parts/problem_box.tsx";

interface Data {
  readonly report: CertificateReport;
  readonly form: Form;
  readonly problem: Problem | null;
  /** Label of runs that have been started, while they are played. */
  readonly isStarted: boolean;
}

interface Form {
  readonly provider: string;
  readonly model: string;
}

export const title = "What judges are worth";
export const styles = ["conversations.css"];

export const handler = {
  async GET({ app, url }: RequestContext) {
    const report = await app.conversations.certificate();
    const isStarted = url.searchParams.has("started");
    return page<Data>({ report, form: { provider: "", model: "" }, problem: null, isStarted });
  },

  async POST(context: RequestContext) {
    const { app, request, url, requestId } = context;
    const fields = await readForm(request);
    const form = { provider: (fields.get("provider") ?? "").trim(), model: (fields.get("model") ?? "").trim() };
    try {
      await app.conversations.certify({
        ...(form.provider !== "" && { provider: form.provider }),
        ...(form.model !== "" && { model: form.model }),
      });
      return new Response(null, { status: 303, headers: { location: "/conversations/judges?started" } });
    } catch (error) {
      const problem = problemOf(error, url.pathname, requestId);
      if (problem.status >= 500) throw error;
      const report = await app.conversations.certificate();
      return page<Data>({ report, form, problem, isStarted: false }, { status: problem.status });
    }
  },
};

export default function Judges({ context, data: { report, form, problem, isStarted } }: PageProps<Data>): VNode {
  const { labelled, own, bad_labels } = report;
  return (
    <main class="conversations-page">
      <p class="quiet">
        <a href="/conversations">Conversations</a>
      </p>
      <h1>What judges are worth</h1>
      <p>
        How far each judge agrees with people, beyond chance. One whose interval of κ lies at or above 0.6 may decide
        alone (<em>gate</em>), for example in CI; another one may advise.
      </p>
      {isStarted && (
        <p class="notice tone-running" role="status">
          Its runs have been started, three of them; when they have ended it is listed here.{" "}
          <a href="/conversations/judges">Look again</a>
        </p>
      )}
      <section aria-labelledby="labelled">
        <h2 id="labelled">On the labelled turns that come with the domain</h2>
        {labelled.map((each) => <JudgeBox key={each.judge} {...each} />)}
      </section>
      <section aria-labelledby="own">
        <h2 id="own">On turns of this host</h2>
        {own.length === 0
          ? (
            <p class="empty">
              Nobody has said what they think of a turn yet: <em>Override verdict</em> in a{" "}
              <a href="/conversations">conversation</a> does.
            </p>
          )
          : own.map((each) => <JudgeBox key={each.judge} {...each} />)}
        {bad_labels > 0 && (
          <p class="quiet">{bad_labels} {bad_labels === 1 ? "line" : "lines"} of the labels' file count for nothing.</p>
        )}
      </section>
      <section class="box" aria-labelledby="keep">
        <h2 id="keep">Certificate</h2>
        <p>
          <a href="/simulation/certificate" download="judge-certificate.json">Download the certificate</a>{" "}
          <span class="quiet">(JSON)</span>
        </p>
        <VerifyFile runId={null} />
      </section>
      {mayDo(context.principal, "run") && (
        <details class="box" open={problem !== null}>
          <summary>Certify a model</summary>
          {problem !== null && <ProblemBox problem={problem} />}
          <p class="quiet">
            It judges all labelled turns three times, in runs of their own: as they are, once more, and with both sides
            swapped. That costs some hundred calls of the model.
          </p>
          <form method="post" action="/conversations/judges" class="row">
            <label>
              Provider
              <input name="provider" value={form.provider} maxLength={100} placeholder="as configured" />
            </label>
            <label>
              Model
              <input name="model" value={form.model} maxLength={200} placeholder="as configured" />
            </label>
            <button type="submit">Start</button>
          </form>
        </details>
      )}
    </main>
  );
}
