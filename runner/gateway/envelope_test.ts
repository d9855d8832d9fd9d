import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { Envelope, formatUsd, type Reservation, type Spending } from "./envelope.ts";

const unlimited = { name: "run 'x'", max_cost_usd: null, max_tokens: null };

Deno.test("an envelope grants what is left, and no more", () => {
  const envelope = new Envelope({ ...unlimited, max_cost_usd: 1 });
  const first = envelope.tryReserve({ usd: 0.6, tokens: 10 })!;
  assertEquals(envelope.outstanding, { usd: 0.6, tokens: 10, calls: 1 });
  assertEquals(envelope.tryReserve({ usd: 0.5, tokens: 0 }), null);
  first.settle({ usd: 0.1, tokens: 3 });
  assertEquals(envelope.spent, { usd: 0.1, tokens: 3 });
  assertEquals(envelope.outstanding, { usd: 0, tokens: 0, calls: 0 });
  assertTrue(envelope.tryReserve({ usd: 0.9, tokens: 0 }) !== null);
});

Deno.test("ten dimes make a dollar", () => {
  const envelope = new Envelope({ ...unlimited, max_cost_usd: 1 });
  for (let i = 0; i < 10; i++) {
    const dime = envelope.tryReserve({ usd: 0.1, tokens: 0 });
    assertTrue(dime !== null, `dime ${i + 1}`);
    dime.settle({ usd: 0.1, tokens: 0 });
  }
  assertEquals(envelope.spent.usd, 1);
  assertEquals(envelope.tryReserve({ usd: 1e-9, tokens: 0 }), null);
});

Deno.test("what is too small to be counted is counted as something", () => {
  const envelope = new Envelope({ ...unlimited, max_cost_usd: 1e-6 });
  let granted = 0;
  for (let reservation; granted < 5000 && (reservation = envelope.tryReserve({ usd: 4e-10, tokens: 0 })); granted++) {
    reservation.settle({ usd: 4e-10, tokens: 0 });
  }
  assertTrue(granted * 4e-10 <= 1e-6, `${granted} times`);
});

Deno.test("a limit of nothing grants what is free", () => {
  const envelope = new Envelope({ ...unlimited, max_cost_usd: 0 });
  assertEquals(envelope.tryReserve({ usd: 1e-9, tokens: 1 }), null);
  assertTrue(envelope.tryReserve({ usd: 0, tokens: 1 }) !== null);
});

Deno.test("a resumed run starts with what it had spent", () => {
  const envelope = new Envelope({ name: "run 'x'", max_cost_usd: 1, max_tokens: 100, spent: { usd: 0.9, tokens: 60 } });
  assertEquals(envelope.tryReserve({ usd: 0.2, tokens: 1 }), null);
  assertEquals(envelope.tryReserve({ usd: 0.05, tokens: 41 }), null);
  assertTrue(envelope.tryReserve({ usd: 0.1, tokens: 40 }) !== null);
});

Deno.test("several envelopes grant together or not at all, and the one that does not is named", () => {
  const run = new Envelope({ ...unlimited, max_tokens: 100 });
  const host = new Envelope({ ...unlimited, name: "this host", max_tokens: 50 });
  const refusal = Envelope.reserve([run, host], { usd: 0, tokens: 60 });
  assertTrue("refused" in refusal && refusal.refused === host);
  assertEquals(run.outstanding.tokens, 0);
  const reservation = Envelope.reserve([run, host], { usd: 0, tokens: 50 }) as Reservation;
  reservation.settle({ usd: 0, tokens: 20 });
  assertEquals([run.spent.tokens, host.spent.tokens], [20, 20]);
});

Deno.test("what nobody accounts for stays taken, and is told apart from what was spent", () => {
  const envelope = new Envelope({ ...unlimited, max_cost_usd: 1 });
  envelope.tryReserve({ usd: 0.75, tokens: 10 })!.settle("unknown");
  assertEquals(envelope.spent.usd, 0);
  assertEquals(envelope.unconfirmed, { usd: 0.75, tokens: 10 });
  assertEquals(envelope.tryReserve({ usd: 0.5, tokens: 0 }), null);
  assertMatches(
    envelope.refusal({ usd: 0.5, tokens: 0 }),
    /^the budget of run 'x' is spent: \$0 of \$1\.00 \(besides \$0\.75 .*\), and the next call may take up to \$0\.50$/,
  );
});

Deno.test("a call that took more than was reserved is counted in full, and then nothing is granted", () => {
  const envelope = new Envelope({ ...unlimited, max_tokens: 100 });
  envelope.tryReserve({ usd: 0, tokens: 10 })!.settle({ usd: 0, tokens: 150 });
  assertEquals(envelope.spent.tokens, 150);
  assertEquals(envelope.tryReserve({ usd: 0, tokens: 0 }), null);
  assertMatches(envelope.refusal({ usd: 0, tokens: 5 }), /150 tokens of 100 tokens, .* up to 5 tokens$/);
});

Deno.test("a reservation is settled once", () => {
  const envelope = new Envelope(unlimited);
  const reservation = envelope.tryReserve({ usd: 1, tokens: 1 })!;
  reservation.settle({ usd: 1, tokens: 1 });
  assertThrows(() => reservation.settle({ usd: 1, tokens: 1 }));
  assertEquals(envelope.spent, { usd: 1, tokens: 1 });
});

Deno.test("amounts that are none are refused and leave nothing behind", () => {
  const envelope = new Envelope(unlimited);
  for (const usd of [-1, NaN, Infinity]) assertThrows(() => envelope.tryReserve({ usd, tokens: 0 }));
  assertThrows(() => new Envelope({ ...unlimited, max_cost_usd: -1 }));
  assertThrows(() => new Envelope({ ...unlimited, max_tokens: NaN }));
  assertEquals(envelope.outstanding.calls, 0);
});

Deno.test("a settlement is told once to those who wait for it", () => {
  const envelope = new Envelope(unlimited);
  let told = 0;
  envelope.nextSettlement(() => told++);
  for (let i = 0; i < 2; i++) envelope.tryReserve({ usd: 0, tokens: 1 })!.settle({ usd: 0, tokens: 1 });
  assertEquals(told, 1);
});

Deno.test("formatUsd shows small amounts", () => {
  assertEquals([0, 12.3, 0.05, 0.000123, 2e-9].map(formatUsd), ["$0", "$12.30", "$0.05", "$0.00012", "$0.000000002"]);
});

const amount = fc.record({
  usd: fc.oneof(
    fc.double({ min: 0, max: 2, noNaN: true }),
    fc.integer({ min: 0, max: 100 }).map((cents) => cents / 100),
  ),
  tokens: fc.integer({ min: 0, max: 2000 }),
});
const step = fc.record({
  reserve: amount,
  /** Which of the outstanding reservations is settled afterwards, and with what share of it; null: none. */
  settle: fc.option(
    fc.record({ which: fc.nat(), share: fc.double({ min: 0, max: 1, noNaN: true }), unknown: fc.boolean() }),
  ),
});

Deno.test("property: spent, taken and outstanding together never exceed any limit", () => {
  fc.assert(fc.property(
    fc.double({ min: 0, max: 5, noNaN: true }),
    fc.nat(5000),
    fc.option(fc.double({ min: 0, max: 5, noNaN: true })),
    fc.array(step, { maxLength: 60, size: "max" }),
    (usd, tokens, hostUsd, steps) => {
      const run = new Envelope({ name: "run", max_cost_usd: usd, max_tokens: tokens });
      const host = new Envelope({ name: "host", max_cost_usd: hostUsd, max_tokens: null });
      const open: Reservation[] = [];
      const paid: Spending[] = [];
      for (const { reserve, settle } of steps) {
        const outcome = Envelope.reserve([run, host], reserve);
        if (!("refused" in outcome)) open.push(outcome);
        if (settle !== null && open.length > 0) {
          const [reservation] = open.splice(settle.which % open.length, 1);
          const { amount } = reservation!;
          const actual = { usd: amount.usd * settle.share, tokens: Math.floor(amount.tokens * settle.share) };
          reservation!.settle(settle.unknown ? "unknown" : actual);
          if (!settle.unknown) paid.push(actual);
        }
        for (const envelope of [run, host]) {
          const { spent, unconfirmed, outstanding, max_cost_usd, max_tokens } = envelope;
          assertTrue(spent.usd + unconfirmed.usd + outstanding.usd <= (max_cost_usd ?? Infinity) + 1e-12);
          assertTrue(spent.tokens + unconfirmed.tokens + outstanding.tokens <= (max_tokens ?? Infinity));
          assertTrue(outstanding.usd >= 0 && outstanding.calls === open.length);
        }
      }
      const sum = paid.reduce((total, { usd }) => total + usd, 0);
      assertTrue(Math.abs(run.spent.usd - sum) <= 1e-9 * (paid.length + 1), "what was paid is what is spent");
      assertTrue(sum <= usd + 1e-9, "and no more than the limit");
    },
  ));
});
