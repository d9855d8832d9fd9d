/** What a fault must not disturb: the host's event loop, other runs, the list of processes. */

/** The longest time, in ms, for which the event loop did not get round while `body` ran. */
export async function largestGap(body: () => Promise<void>): Promise<number> {
  let largest = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    largest = Math.max(largest, now - last);
    last = now;
  };
  const timer = setInterval(look, 10);
  try {
    await body();
  } finally {
    clearInterval(timer);
  }
  look();
  return largest;
}

/** Ids of this process's children that are still there. */
export async function children(): Promise<number[]> {
  const ps = new Deno.Command("ps", { args: ["-A", "-o", "ppid=,pid="], stdout: "piped" }).spawn();
  const { stdout } = await ps.output();
  return new TextDecoder().decode(stdout).trim().split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
    .filter(([parent, pid]) => parent === Deno.pid && pid !== ps.pid)
    .map(([, pid]) => pid);
}
