// What is done with a message: reading it with its marks and links, copying it, deleting it for oneself, and all of that
// by keyboard too.

import assert from "node:assert/strict";
import { Account } from "../support/api.js";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";

/** @param {import("../support/person.js").Person} person */
const clipboard = (person) => person.page.evaluate(() => navigator.clipboard.readText());

/** @param {import("../support/person.js").Person} person @param {string} item */
const choose = (person, item) => person.page.getByRole("menuitem", { name: item, exact: true }).click();

/** @param {import("../support/person.js").Person} person */
async function mayRead(person) {
  await person.context.grantPermissions(["clipboard-read", "clipboard-write"]);
}

flow("marks become what they mean, and nothing that is written becomes markup", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("**bold** and `code` <b>no</b> [x](javascript:alert(1)) https://example.org/a");
  await bob.opens(alice);
  const bubble = bob.bubble("bold and code");
  await bubble.locator("strong").getByText("bold", { exact: true }).waitFor();
  assert.equal(
    await bubble.locator(".bubble__text").textContent(),
    "bold and code <b>no</b> [x](javascript:alert(1)) https://example.org/a",
  );
  const links = bubble.getByRole("link");
  assert.equal(await links.count(), 1);
  assert.equal(await links.getAttribute("href"), "https://example.org/a");
  assert.equal(await links.getAttribute("target"), "_blank");
  assert.match((await links.getAttribute("rel")) ?? "", /noopener noreferrer/);
  assert.equal(await bubble.locator("b, img, script").count(), 0);
});

flow("a piece of code is copied as it was written", async ({ people }) => {
  const [alice] = await people("alice");
  await mayRead(alice);
  const [bob] = await people("bob");
  await alice.finds(bob);
  await alice.says("```js\nlet a = 1;\n\tb();\n```");
  await alice.messages.getByRole("button", { name: "Copy the code" }).click();
  await eventually("it is copied", async () => (await clipboard(alice)) === "let a = 1;\n\tb();");
});

flow(
  "the menu of a message comes by the other button, and copies what was written and the link",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await mayRead(alice);
    await alice.finds(bob);
    await alice.says("see **this**: https://example.org/a");
    await alice.seesItAs("see this: https://example.org/a", "sent");
    await alice.bubble("see this").getByText("see", { exact: false }).first().click({ button: "right" });
    await choose(alice, "Copy");
    await eventually(
      "it is copied",
      async () => (await clipboard(alice)) === "see **this**: https://example.org/a",
    );
    await alice.messages.getByRole("link").click({ button: "right" });
    await choose(alice, "Copy link");
    await eventually("the link is", async () => (await clipboard(alice)) === "https://example.org/a");
  },
);

flow(
  "what somebody deleted for themselves stays away, after a reload and a new connection too, and the other keeps it",
  async ({ people, server }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    for (const text of ["one", "two", "three"]) {
      await alice.says(text);
    }
    await alice.isThrough();
    await bob.opens(alice);
    await bob.sees("three");
    await bob.bubble("three").getByText("three").click({ button: "right" });
    await choose(bob, "Delete for me");
    await bob.dialog("Delete this message for you?").getByRole("button", { name: "Delete" }).click();
    await eventually("it is gone", async () => !(await bob.texts()).includes("three"));
    await bob.row("alice").getByText("two").first().waitFor();

    await bob.reload();
    await bob.sees("two");
    assert.deepEqual(await bob.texts(), ["one", "two"]);
    bob.network.cut();
    await bob.isOffline();
    const account = await Account.of(server, alice);
    const target = await Account.of(server, bob);
    await account.sends("four", { receiver_id: target.user.id });
    bob.network.heal();
    await bob.sees("four");
    assert.deepEqual(await bob.texts(), ["one", "two", "four"]);
    assert.deepEqual(await alice.texts(), ["one", "two", "three", "four"]);
  },
);

flow("several are picked and copied in their order, by keyboard alone", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await mayRead(alice);
  await alice.finds(bob);
  for (const text of ["one", "two", "three"]) {
    await alice.says(text);
  }
  await alice.isThrough();
  const { keyboard } = alice.page;
  await alice.messages.focus();
  await keyboard.press("ArrowUp");
  await keyboard.press("Shift+F10");
  await alice.page.getByRole("menu", { name: "Message" }).waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  const bar = alice.page.getByRole("toolbar", { name: "Selected messages" });
  await bar.getByText("1 selected").waitFor();
  await keyboard.press("ArrowUp");
  await keyboard.press("ArrowUp");
  await keyboard.press(" ");
  await bar.getByText("2 selected").waitFor();
  await bar.getByRole("button", { name: "Copy" }).focus();
  await keyboard.press("Enter");
  await eventually("both are copied", async () =>
    /^alice, .*\none\n\nalice, .*\nthree$/.test(await clipboard(alice)),
  );
  await bar.waitFor({ state: "hidden" });
  await alice.composer.waitFor();
});

flow("emoji are found in both languages and go where the caret is", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.writes("ab");
  await alice.composer.press("ArrowLeft");
  await alice.page.getByRole("button", { name: "Emoji" }).click();
  const panel = alice.page.getByRole("dialog", { name: "Emoji" });
  await panel.getByRole("searchbox", { name: "Search emoji" }).fill("葡萄");
  await panel.getByRole("button", { name: "grapes" }).waitFor();
  await alice.page.keyboard.press("Enter");
  assert.equal(await alice.composer.inputValue(), "a🍇b");
  await panel.getByRole("searchbox", { name: "Search emoji" }).fill("waving hand");
  await panel.getByRole("button", { name: "Colour of skin" }).click();
  await panel.getByRole("searchbox", { name: "Search emoji" }).focus();
  await alice.page.keyboard.press("ArrowDown");
  await alice.page.keyboard.press("Enter");
  assert.equal(await alice.composer.inputValue(), "a🍇👋🏻b");
  await alice.page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  await alice.composer.press("Enter");
  await alice.sees("a🍇👋🏻b");
  await alice.page.getByRole("button", { name: "Emoji" }).click();
  await panel.getByRole("button", { name: "grapes" }).waitFor();
});

flow(
  "without the installed packages text stays text, and the panel says what is missing",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.context.route("**/vendor/**", (route) => route.fulfill({ status: 404 }));
    await alice.reload();
    await alice.finds(bob);
    await alice.says("**bold**");
    await alice.seesItAs("**bold**", "sent");
    await alice.page.getByRole("button", { name: "Emoji" }).click();
    await alice.page.getByText("Emoji and formatted text are not installed on this server").waitFor();
  },
);

flow("whoever was long away goes to the first message that is new", async ({ people, server }) => {
  const [alice, bob] = await people("alice", "bob");
  const [from, to] = [await Account.of(server, alice), await Account.of(server, bob)];
  bob.network.cut();
  await bob.isOffline();
  for (let number = 1; number <= 260; number += 1) {
    await from.sends(`number ${number}`, { receiver_id: to.user.id });
  }
  bob.network.heal();
  await bob.row("alice").getByText("number 260").first().waitFor();
  await bob.opens(alice);
  await bob.sees("number 260");
  await bob.page.getByRole("button", { name: "More than 99 new messages" }).click();
  await bob.messages.getByText("number 1", { exact: true }).waitFor();
  await eventually("it is in sight", () =>
    bob.page.evaluate(() => {
      const log = /** @type {Element} */ (document.querySelector('[role="log"]')).getBoundingClientRect();
      const first = document.querySelector('[data-seq="1"]')?.getBoundingClientRect();
      return first !== undefined && first.top >= log.top && first.bottom <= log.bottom;
    }),
  );
  const jump = bob.page.getByRole("button", { name: /Jump to the newest/ });
  await jump.click();
  await bob.sees("number 260");
  await jump.waitFor({ state: "hidden" });
});

flow("a text that is too long is refused, and nothing of it is lost", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  const long = `https://example.org/a?b=<c>\n${"很长".repeat(4000)}`;
  await alice.says(long);
  await alice.page.getByRole("alert").filter({ hasText: "too long" }).waitFor();
  assert.equal(await alice.composer.inputValue(), long);
  assert.deepEqual(await alice.log(), []);
});
