/** Which of two representations a client would rather have. */

/** Whether `Accept` gives `type` a greater weight than `other`; what it does not say has none. */
export function prefers(request: Request, type: string, other: string): boolean {
  const header = request.headers.get("accept") ?? "*/*";
  return weightOf(header, type) > weightOf(header, other);
}

function weightOf(header: string, type: string): number {
  const [group] = type.split("/");
  let [best, specificity] = [0, -1];
  for (const part of header.split(",")) {
    const [range = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const specific = [`*/*`, `${group}/*`, type].indexOf(range);
    if (specific <= specificity) continue;
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    [best, specificity] = [q === undefined ? 1 : Number(q.slice(2)) || 0, specific];
  }
  return best;
}
