/** The page's one polite voice for who listens to it. */

let region: HTMLElement | null = null;
let last: ReturnType<typeof setTimeout> | undefined;

/** Has `text` read out when nothing else is being read: `sweep finished, 96 runs, 1 failed`. Does nothing on the server. */
export function announce(text: string): void {
  if (typeof document === "undefined") return;
  if (region === null || !region.isConnected) {
    region = document.createElement("div");
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    document.body.append(region);
  }
  const voice = region;
  // The same words twice are read only if they were gone between.
  voice.textContent = "";
  clearTimeout(last);
  last = setTimeout(() => voice.textContent = text, 50);
}
