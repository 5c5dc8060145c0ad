// A search through all conversations: by keyboard alone, of what this device keeps, and to where it was said.

import assert from "node:assert/strict";
import { Account } from "../support/api.js";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";
import { isKept } from "../support/stores.js";

const COUNT = 400;
const FAR = 30;

/** What stands in the list under the field, as far as it is seen. @param {import("../support/person.js").Person} person */
const options = ({ page }) => page.getByRole("dialog").getByRole("option");

/**
 * The search bar of the conversation, and which message it stands on.
 *
 * @param {import("../support/person.js").Person} person
 */
function standing({ page }) {
  const bar = page.getByRole("search", { name: "Search in this conversation" });
  return { bar, on: page.locator("[data-found] .bubble__text") };
}

/**
 * Runs in the page: how the message that was found stands in the log, and by how much that changes while whatever was still
 * to come does.
 *
 * @param {Element} found
 */
async function rest(found) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const log = /** @type {Element} */ (found.closest('[role="log"]'));
  const middle = () => {
    const [box, around] = [found.getBoundingClientRect(), log.getBoundingClientRect()];
    return (box.top + box.bottom) / 2 - (around.top + around.bottom) / 2;
  };
  const before = middle();
  let moved = 0;
  for (let frames = 0; frames < 60; frames += 1) {
    await frame();
    moved = Math.max(moved, Math.abs(middle() - before));
  }
  return { off: Math.abs(before), moved, there: found.isConnected, height: log.clientHeight };
}

flow(
  "what was said long ago is found after a reload, by keyboard alone, and opens where it was said",
  async ({ people, server }) => {
    const [alice, bob] = await people("alice", "bob");
    const [from, to] = [await Account.of(server, bob), await Account.of(server, alice)];
    await alice.finds(bob);
    for (let number = 1; number <= COUNT; number += 1) {
      const words =
        number === FAR ? "a Needle, long ago" : `hay ${number} ${"word ".repeat(number % 17)}`.trim();
      await from.sends(words, { receiver_id: to.user.id });
    }
    await isKept(alice, `hay ${COUNT}`);
    await alice.page.goto(alice.network.address);
    await alice.isIn();
    // What is new while one is away begins with a line, which wants to be seen first.
    for (let number = 1; number <= 5; number += 1) {
      await from.sends(`new ${number}`, { receiver_id: to.user.id });
    }
    await eventually("they are new", async () => (await alice.unread(bob)) >= 5);
    /** @type {string[]} */
    const asked = [];
    alice.page.on("request", (request) => asked.push(request.url()));

    await alice.page.keyboard.press("Control+Shift+F");
    const dialog = alice.dialog("Search all messages");
    await dialog.waitFor();
    await dialog.getByText("What this device holds is searched.").waitFor();
    await alice.page.keyboard.type("NEEDLE");
    const option = options(alice).filter({ hasText: "a Needle, long ago" });
    await option.locator("mark").getByText("Needle", { exact: true }).waitFor();
    assert.equal(await options(alice).count(), 1);
    assert.match((await option.textContent()) ?? "", /^.*bob.*a Needle, long ago$/s);
    await alice.page.keyboard.press("Enter");

    const { bar, on } = standing(alice);
    await bar.getByText("1 of 1").waitFor();
    assert.equal(await on.textContent(), "a Needle, long ago");
    const { off, moved, there, height } = await on.evaluate(rest);
    assert.ok(there && moved <= 1, `it moved by ${moved} px`);
    assert.ok(off < height / 3, `it is ${off} px off the middle`);
    assert.deepEqual(
      (await alice.log()).map(({ seq }) => seq).filter((seq) => Math.abs(Number(seq) - FAR) <= 2),
      [FAR - 2, FAR - 1, FAR, FAR + 1, FAR + 2],
      "in its context",
    );
    const history = asked.filter((url) => url.includes("/api/messages/list"));
    assert.deepEqual(
      history.filter((url) => url.includes("before_seq")),
      [],
      "from the cache",
    );
    // The words are in the field, marked, and the next letter takes their place.
    await alice.page.keyboard.type("hay");
    await bar.getByText(/^1 of \d+$/).waitFor();
    await alice.page.keyboard.press("Escape");
    await bar.waitFor({ state: "hidden" });
    await alice.page.keyboard.type("here again");
    await alice.page.keyboard.press("Enter");
    await bob.opens(alice);
    await bob.sees("here again");
  },
);

flow(
  "all conversations are searched, the newest first, but for a group that one left and what one deleted",
  async ({ people }) => {
    const [alice, bob, carol] = await people("alice", "bob", "carol");
    await bob.createsGroup("Hikers");
    const number = await bob.groupNumber();
    for (const each of [alice, carol]) {
      await each.joinsGroup(number);
    }
    await carol.says("a needle in the group");
    await alice.sees("a needle in the group");
    await bob.finds(alice);
    await bob.says("a needle for alice");
    await alice.opens(bob);
    await alice.sees("a needle for alice");
    await alice.says("which needle?");
    await alice.isThrough();

    await alice.page.keyboard.press("Control+Shift+F");
    await alice.page.keyboard.type("needle");
    const found = async () => {
      const marked = await options(alice).locator("mark").allTextContents();
      const said = await options(alice).locator(".search__said").allTextContents();
      // Not what was found before the last letter.
      return marked.every((text) => text === "needle") ? said.join(" | ") : marked;
    };
    const all = "which needle? | a needle for alice | carol: a needle in the group";
    await eventually("all three are found", async () => (await found()) === all, { found });
    // The conversation that is open, and then another one, by arrows.
    await alice.page.keyboard.press("ArrowDown");
    await alice.page.keyboard.press("Enter");
    const { bar, on } = standing(alice);
    await bar.getByText("2 of 2").waitFor();
    assert.equal(await on.textContent(), "a needle for alice");
    await alice.page.keyboard.press("Control+Shift+F");
    await alice.page.keyboard.type("needle");
    await eventually("there they are again", async () => (await found()) === all, { found });
    await alice.page.keyboard.press("ArrowDown");
    await alice.page.keyboard.press("ArrowDown");
    await alice.page.keyboard.press("Enter");
    await bar.getByText("1 of 1").waitFor();
    assert.equal(await on.textContent(), "a needle in the group");

    const panel = await alice.membersPanel();
    await panel.getByRole("button", { name: "Leave group" }).click();
    await alice.dialog("Leave this group?").getByRole("button", { name: "Leave" }).click();
    await alice.page.getByText("You are not in this group any more.").waitFor();
    await alice.opens(bob);
    await alice.bubble("a needle for alice").click({ button: "right" });
    await alice.page.getByRole("menuitem", { name: "Delete for me" }).click();
    await alice.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await alice.bubble("a needle for alice").waitFor({ state: "detached" });
    for (const again of [false, true]) {
      if (again) {
        await alice.reload();
        await alice.isIn();
      }
      await alice.page.keyboard.press("Control+Shift+F");
      await alice.page.keyboard.type("needle");
      await eventually("one is left", async () => (await found()) === "which needle?", { found });
      await alice.page.keyboard.press("Escape");
    }
  },
);

flow("whoever looks for a name and means words goes on from there", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("the market opens at nine");
  await alice.isThrough();
  await alice.page.keyboard.press("Control+k");
  await alice.dialog("Go to").waitFor();
  await alice.page.keyboard.type("market");
  await options(alice).filter({ hasText: "Search messages for “market”" }).waitFor();
  await alice.page.keyboard.press("Enter");
  const dialog = alice.dialog("Search all messages");
  await dialog.waitFor();
  await options(alice).filter({ hasText: "the market opens at nine" }).waitFor();
  await alice.page.keyboard.type("s");
  await dialog.getByText("Nothing found").waitFor();
  await dialog.getByRole("button", { name: "Clear" }).click();
  await dialog.getByText("Search in all your conversations").waitFor();
  // Enter does not have to wait for the answer.
  await alice.page.keyboard.type("at nine");
  await alice.page.keyboard.press("Enter");
  const { bar, on } = standing(alice);
  await bar.getByText("1 of 1").waitFor();
  assert.equal(await on.textContent(), "the market opens at nine");
  await alice.page.keyboard.press("Escape");
  await bar.waitFor({ state: "hidden" });
  assert.equal(await alice.composer.evaluate((node) => node === document.activeElement), true);
});

flow("Enter that ends a composition chooses nothing, and the next one does", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("周六早上八点在东门集合");
  await alice.isThrough();
  await alice.page.keyboard.press("Control+Shift+F");
  const dialog = alice.dialog("Search all messages");
  await dialog.waitFor();
  const keyboard = await alice.context.newCDPSession(alice.page);
  const composed = { text: "东门", selectionStart: 2, selectionEnd: 2 };
  await keyboard.send("Input.imeSetComposition", composed);
  const option = options(alice).filter({ hasText: "周六早上八点在东门集合" });
  await option.waitFor();
  const enter = { type: /** @type {const} */ ("rawKeyDown"), key: "Enter", code: "Enter" };
  await keyboard.send("Input.dispatchKeyEvent", { ...enter, windowsVirtualKeyCode: 229 });
  await keyboard.send("Input.insertText", { text: "东门" });
  await option.waitFor();
  await alice.page.keyboard.press("Enter");
  const { bar, on } = standing(alice);
  await bar.getByText("1 of 1").waitFor();
  assert.equal(await on.textContent(), "周六早上八点在东门集合");
});
