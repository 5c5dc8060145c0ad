// Reading upwards, and staying where one is.

import assert from "node:assert/strict";
import { Account } from "../support/api.js";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";

const COUNT = 180;

/**
 * Alice and Bob with a long history.
 *
 * @param {import("../support/flow.js").World} world
 */
async function talkative({ people, server }) {
  const [alice, bob] = await people("alice", "bob");
  const [from, to] = [await Account.of(server, alice), await Account.of(server, bob)];
  for (let number = 1; number <= COUNT; number += 1) {
    await from.sends(`number ${number} ${"word ".repeat(number % 23)}`.trim(), { receiver_id: to.user.id });
  }
  return { alice, bob, from, to };
}

/** What scrolls around the log. @param {import("playwright-core").Page} page */
function scroller(page) {
  return page.evaluateHandle(() => {
    let node = /** @type {HTMLElement | null} */ (document.querySelector('[role="log"]'));
    while (node && !/auto|scroll/.test(getComputedStyle(node).overflowY)) {
      node = node.parentElement;
    }
    return /** @type {HTMLElement} */ (node);
  });
}

flow("history comes upwards without a jump, to the very beginning", async (world) => {
  const { bob } = await talkative(world);
  await bob.row("alice").click();
  // So much is new that it is shown from its beginning.
  const jump = bob.page.getByRole("button", { name: /Jump to the newest/ });
  await eventually("the newest is there", async () => {
    if (await jump.isVisible()) {
      await jump.click();
    }
    return (await bob.log()).at(-1)?.seq === COUNT;
  });
  const scrolling = await scroller(bob.page);
  for (let pages = 0; (await bob.log())[0]?.seq !== 1; pages += 1) {
    assert.ok(pages < 10, "180 messages are a few pages");
    const moved = await scrolling.evaluate(toTheTop);
    assert.ok(moved <= 1, `what was on the screen moved by ${moved} px while older messages came`);
  }
  const seqs = (await bob.log()).map((entry) => entry.seq);
  assert.deepEqual(
    seqs,
    [...seqs].sort((one, other) => Number(one) - Number(other)),
  );
});

flow("whoever reads old messages is not thrown to the end by a new one", async (world) => {
  const { bob, from, to } = await talkative(world);
  await bob.row("alice").click();
  const scrolling = await scroller(bob.page);
  const jump = bob.page.getByRole("button", { name: /Jump to the newest/ });
  await eventually("the end is there, and seen", async () => {
    if (await jump.isVisible()) {
      await jump.click();
    }
    return (await bob.unread("alice")) === 0;
  });
  await bob.messages.hover();
  await bob.page.mouse.wheel(0, -900);
  const read = await scrolling.evaluate(inTheMiddle);
  await from.sends("something new", { receiver_id: to.user.id });
  await bob.page.getByRole("button", { name: "Jump to the newest: 1 new message" }).waitFor();
  const now = await scrolling.evaluate(placeOf, read.seq);
  assert.ok(Math.abs(now - read.top) <= 1, `what was read moved from ${read.top} to ${now}`);
  await jump.click();
  await bob.sees("something new");
  await eventually("it is at the end", () =>
    scrolling.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight < 100),
  );
  await from.sends("one more", { receiver_id: to.user.id });
  await bob.sees("one more");
  await eventually("it stays at the end", () =>
    scrolling.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight < 5),
  );
});

/**
 * Runs in the page: when it has come to rest, which entry is in the middle of the screen, and where exactly.
 *
 * @param {HTMLElement} node
 */
async function inTheMiddle(node) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const look = () => {
    const { top, height } = node.getBoundingClientRect();
    const entries = /** @type {HTMLElement[]} */ ([...node.querySelectorAll("[data-seq]")]);
    const found = entries.find((entry) => entry.getBoundingClientRect().bottom > top + height / 2);
    return { seq: found?.dataset.seq ?? "", top: found?.getBoundingClientRect().top ?? 0 };
  };
  let before = look();
  for (let still = 0; still < 5; ) {
    await frame();
    const now = look();
    still = now.seq === before.seq && now.top === before.top ? still + 1 : 0;
    before = now;
  }
  return before;
}

/**
 * @param {HTMLElement} node
 * @param {string} seq
 */
function placeOf(node, seq) {
  return node.querySelector(`[data-seq="${seq}"]`)?.getBoundingClientRect().top ?? Number.NaN;
}

/**
 * Runs in the page: goes to the top, waits until older entries are there, and gives by how many pixels the entry that
 * was the first on the screen moved meanwhile, in whatever frame.
 *
 * @param {HTMLElement} node
 */
async function toTheTop(node) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const first = () => /** @type {HTMLElement} */ (node.querySelector("[data-seq]"));
  const anchor = first();
  node.scrollTop = 0;
  await frame();
  const start = anchor.getBoundingClientRect().top;
  let moved = 0;
  const end = performance.now() + 10_000;
  for (let after = 0; after < 10; after += first() === anchor ? 0 : 1) {
    if (performance.now() > end) {
      throw new Error("no older messages came");
    }
    await frame();
    moved = Math.max(moved, Math.abs(anchor.getBoundingClientRect().top - start));
  }
  return moved;
}
