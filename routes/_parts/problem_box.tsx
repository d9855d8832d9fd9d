/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { Problem } from "../../server/mod.ts";

/** What went wrong, with all findings. */
export function ProblemBox({ problem }: { readonly problem: Problem }): VNode {
  const { detail, hint, errors = [] } = problem;
  return (
    <div class="problem" role="alert">
      <strong>{detail}</strong>
      {hint !== undefined && errors.length <= 1 && <p class="quiet">{hint}</p>}
      {errors.length > 1 && (
        <ul>
          {errors.slice(0, 20).map((error) => (
            <li key={`${error.path} ${error.message}`}>
              {error.line !== undefined ? `line ${error.line}: ` : error.path !== "" ? `${error.path}: ` : ""}
              {error.message}
              {error.hint !== undefined && <span class="quiet">&#32;({error.hint})</span>}
            </li>
          ))}
          {errors.length > 20 && <li class="quiet">and {errors.length - 20} more</li>}
        </ul>
      )}
    </div>
  );
}
