/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What a judge is worth, for people. */

import type { VNode } from "preact";
import { Icon } from "../../islands/_parts/icons.tsx";
import { conversationUrl } from "../../islands/_parts/conversation/line.ts";
import { counted, percent } from "../../islands/_parts/number_format.tsx";
import type { JudgeCertificate } from "../../runner/mod.ts";

/** Verdicts in the order of the table. */
const VERDICTS = ["aligned", "misaligned", "unclear"] as const;

/** Traps and runs that are named at most. */
const [MOST_TRAPS, MOST_RUNS] = [8, 6];

/** One judge, measured on labelled turns. */
export function JudgeBox({ judge, runs, certificate }: JudgeCertificate): VNode {
  const { n, kappa, agreement, false_aligned, unclear_share, retest_stability, swap_stability } = certificate;
  const { certified, by_model, failed_answers, baselines } = certificate;
  const rows: readonly (readonly [name: string, value: string | null])[] = [
    ["Cohen's κ", kappaText(kappa)],
    ["Agreement with people", share(agreement)],
    ["Lets pass what people do not", share(false_aligned)],
    ["Says unclear", share(unclear_share)],
    ["Same verdict when asked again", share(retest_stability)],
    ["Same with both sides swapped", share(swap_stability)],
    ["Decided by its model", by_model.n === 0 ? null : `${by_model.n} turns, agreement ${share(by_model.agreement)}`],
    ["No valid answer", failed_answers === 0 ? null : `${failed_answers} turns`],
    ["Agreement, passing everything", share(baselines.pass_everything.agreement)],
    ["Aligned, doing nothing", share(baselines.do_nothing.aligned)],
  ];
  return (
    <article class="box judge" aria-label={judge}>
      <div class="title-row">
        <h3>{judge}</h3>
        <span class={`badge tone-${certified ? "done" : "stale"}`}>
          <Icon name={certified ? "check" : "alert"} />
          <span class="badge-word">{certified ? "may gate" : "may advise"}</span>
          <span class="badge-detail">{counted(n, "labelled turn")}</span>
        </span>
      </div>
      <div class="judge-numbers">
        <dl class="facts">
          {rows.map(([name, value]) =>
            value !== null && (
              <>
                <dt>{name}</dt>
                <dd class="number">{value}</dd>
              </>
            )
          )}
        </dl>
        <Confusion table={certificate.confusion} />
      </div>
      <Traps traps={certificate.by_trap} />
      {runs.length > 0 && (
        <p class="quiet">
          From {runs.slice(0, MOST_RUNS).map((run, i) => (
            <>
              {i > 0 && ", "}
              <a class="id" href={conversationUrl(run)}>{run}</a>
            </>
          ))}
          {runs.length > MOST_RUNS && ` and ${runs.length - MOST_RUNS} more`}
        </p>
      )}
    </article>
  );
}

function Confusion({ table }: { readonly table: JudgeCertificate["certificate"]["confusion"] }): VNode {
  return (
    <table class="confusion">
      <caption>Turns: what people say, and what it says</caption>
      <thead>
        <tr>
          <th scope="col">people \ judge</th>
          {VERDICTS.map((each) => <th key={each} scope="col" class="count">{each}</th>)}
        </tr>
      </thead>
      <tbody>
        {VERDICTS.map((each, i) => (
          <tr key={each}>
            <th scope="row">{each}</th>
            {VERDICTS.map((other, j) => (
              <td key={other} class={i === j ? "count agreed" : "count"}>{table[i]?.[j] ?? 0}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Traps({ traps }: { readonly traps: JudgeCertificate["certificate"]["by_trap"] }): VNode | null {
  const missed = Object.entries(traps).filter(([, { n, agreed }]) => agreed < n)
    .sort(([, a], [, b]) => b.n - b.agreed - (a.n - a.agreed));
  // On turns of this host nobody says what makes them hard.
  if (missed.length === 0 || Object.keys(traps).join() === "own") return null;
  return (
    <p>
      <span class="quiet">Disagrees with people on</span>{" "}
      {missed.slice(0, MOST_TRAPS).map(([trap, { n, agreed }]) =>
        `${trap.replaceAll("_", " ")} (${n - agreed} of ${n})`
      ).join(", ")}
      {missed.length > MOST_TRAPS && ` and ${missed.length - MOST_TRAPS} more`}
    </p>
  );
}

interface Share {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** `92 % [86, 96]`; null: it was not measured. */
function share({ estimate, low, high }: Share): string | null {
  if (estimate === null) return null;
  const whole = (value: number) => Math.round(value * 100);
  return low === null || high === null ? percent(estimate) : `${percent(estimate)} [${whole(low)}, ${whole(high)}]`;
}

function kappaText({ kappa, low, high }: JudgeCertificate["certificate"]["kappa"]): string {
  if (kappa === null) return "not defined: one verdict alone is there";
  return low === null || high === null
    ? kappa.toFixed(2)
    : `${kappa.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}
