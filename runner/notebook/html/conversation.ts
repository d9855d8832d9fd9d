/** A conversation turn by turn, as HTML. */

import { alignmentOf, type SimulatedTurn } from "../../conversation/mod.ts";
import { badge, dollars, ellipsis, escapeMarkup, type Tone } from "../../report/mod.ts";
import type { ConversationOutput } from "../view.ts";

/** Turns that are shown. */
const MOST_TURNS = 100;
/** Characters of what is said in a turn, and of what is done. */
const LONGEST_TEXT = 8000;
const LONGEST_CALL = 600;

const TONES: { readonly [alignment: string]: Tone } = { aligned: "good", misaligned: "bad", unclear: "warn" };

/** What was said, wanted, done and judged. */
export function conversationHtml({ run }: ConversationOutput): string {
  const { turns, summary, status, error, cost, remaining_turns } = run;
  const passed = summary.passed === null
    ? []
    : [badge(summary.passed ? "passed" : "not passed", summary.passed ? "good" : "bad")];
  const counts = `${summary.aligned} aligned, ${summary.misaligned} misaligned, ${summary.unclear} unclear`;
  const facts = [counts, ...(remaining_turns > 0 ? [`${remaining_turns} turns left`] : []), dollars(cost.usd)];
  return `<p>${
    [badge(status, status === "finished" ? "good" : status === "error" ? "bad" : "warn"), ...passed].join(" ")
  } <span class="note">${facts.map(escapeMarkup).join(" · ")}</span></p>
${error === null ? "" : `<p>${escapeMarkup(error.message)}</p>`}
<ol class="turns">${turns.slice(0, MOST_TURNS).map(turnHtml).join("\n")}</ol>
${turns.length > MOST_TURNS ? `<p class="note">The first ${MOST_TURNS} of ${turns.length} turns.</p>` : ""}`;
}

function turnHtml(turn: SimulatedTurn): string {
  const { index, simulated_user: user, chat_agent: agent, judge, label } = turn;
  const alignment = alignmentOf(turn);
  const said = (who: string, text: string) =>
    `<div class="said"><b>${who}</b>${escapeMarkup(ellipsis(text, LONGEST_TEXT))}</div>`;
  const done = agent.actions.map((action) =>
    `<li><code>${escapeMarkup(ellipsis(JSON.stringify(action), LONGEST_CALL))}</code></li>`
  );
  return `<li value="${index}"><p><strong>Turn ${index}</strong> ${
    badge(alignment ?? "not judged", TONES[alignment ?? ""] ?? "plain")
  }${label === undefined ? "" : ` <span class="note">by ${escapeMarkup(label.by)}</span>`}</p>
${said("User", user.message)}
${said("Agent", agent.reply ?? agent.fault?.message ?? "…")}
${
    user.desired_action === null
      ? ""
      : `<div class="said"><b>Wanted</b><code>${
        escapeMarkup(ellipsis(JSON.stringify(user.desired_action), LONGEST_CALL))
      }</code></div>`
  }
${done.length === 0 ? "" : `<div class="said"><b>Done</b><ul>${done.join("")}</ul></div>`}
${judge === null ? "" : said("Judge", `${judge.alignment}: ${judge.explanation}`)}
${label?.note === undefined ? "" : said("Note", label.note)}</li>`;
}
