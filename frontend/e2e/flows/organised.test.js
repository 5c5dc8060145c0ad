// One person with two devices keeps the list as it suits them, and ends one of the devices from the other.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} device */
const names = async (device) =>
  (await device.list.getByRole("option").evaluateAll((rows) => rows.map((row) => row.ariaLabel ?? ""))).map(
    (label) => label.split(",")[0],
  );

/** @param {Person} device @param {Person} who @param {RegExp} words */
const says = (device, who, words) =>
  eventually(
    `the row of ${who.name} says ${words}`,
    async () => words.test((await device.row(who.name).getAttribute("aria-label")) ?? ""),
    { found: () => device.list.ariaSnapshot() },
  );

/** @param {Person} device @param {string[]} wanted */
const lists = (device, wanted) =>
  eventually(`the list is ${wanted}`, async () => String(await names(device)) === String(wanted), {
    found: () => names(device),
  });

flow(
  "what is pinned, muted, hidden or unread on one device is so on the other",
  async ({ people, person }) => {
    const [alice, bob, carol] = await people("alice", "bob", "carol");
    await carol.finds(alice);
    await carol.says("from carol");
    await bob.finds(alice);
    await bob.says("from bob");
    const phone = await person("alice");
    await phone.logIn();
    await lists(phone, ["bob", "carol"]);

    await alice.choosesFor(carol, "Pin to top");
    await lists(alice, ["carol", "bob"]);
    await lists(phone, ["carol", "bob"]);
    await says(phone, carol, /pinned/);

    assert.match(await phone.page.title(), /2/);
    await alice.choosesFor(bob, "Mute");
    await says(phone, bob, /muted/);
    await eventually("only carol's counts", async () => /^\(1\)/.test(await phone.page.title()), {
      found: () => phone.page.title(),
    });

    await alice.choosesFor(carol, "Hide from the list");
    await lists(alice, ["bob"]);
    await lists(phone, ["bob"]);
    await carol.says("and again");
    await lists(alice, ["carol", "bob"]);
    await lists(phone, ["carol", "bob"]);

    await alice.choosesFor(bob, "Mark as read");
    await eventually("nothing of bob is unread", async () => (await phone.unread(bob)) === 0);
    await alice.choosesFor(bob, "Mark as unread");
    await says(phone, bob, /marked as unread/);
    await phone.opens(bob);
    await eventually(
      "the mark is gone",
      async () => !/marked/.test((await alice.row("bob").getAttribute("aria-label")) ?? ""),
    );

    await alice.reload();
    await alice.isIn();
    await lists(alice, ["carol", "bob"]);
    await says(alice, carol, /pinned/);
    await says(alice, bob, /muted/);
  },
);

flow("what was changed while a device was away is so when it is back", async ({ people, person }) => {
  const [alice, bob] = await people("alice", "bob");
  await bob.finds(alice);
  await bob.says("hello");
  const phone = await person("alice");
  await phone.logIn();
  await lists(phone, ["bob"]);
  await phone.network.cut();
  await phone.isOffline();
  await alice.choosesFor(bob, "Pin to top");
  await says(alice, bob, /pinned/);
  await phone.network.heal();
  await says(phone, bob, /pinned/);
});

flow("a new log-in is told, and everything else can be signed out", async ({ people, person }) => {
  const [alice] = await people("alice");
  const phone = await person("alice");
  await phone.logIn();
  const told = alice.page.getByRole("status").filter({ hasText: "logged in on another device" });
  await told.waitFor();
  await alice.page.getByRole("button", { name: "Show devices" }).click();
  await told.waitFor({ state: "hidden" });
  const devices = alice.dialog("Devices");
  await devices.getByText("This device").waitFor();
  assert.equal(await devices.getByRole("listitem").count(), 2);
  await devices.getByRole("button", { name: "Sign out everywhere else" }).click();
  await devices.getByRole("button", { name: "Yes, sign out everywhere else" }).click();
  await phone.page.getByLabel("Email").waitFor();
  await eventually("one device is left", async () => (await devices.getByRole("listitem").count()) === 1);
  await alice.page.keyboard.press("Escape");
  await alice.isIn();
});

flow("the panel beside a conversation says who it is, and pins, mutes and hides it", async ({ people }) => {
  const [alice, bob, carol] = await people("alice", "bob", "carol");
  await bob.finds(alice);
  await bob.says("from bob");
  await carol.finds(alice);
  await carol.says("from carol");
  await lists(alice, ["carol", "bob"]);
  await alice.opens(bob);
  await alice.page.getByRole("button", { name: "Details", exact: true }).click();
  const panel = alice.page.getByRole("complementary", { name: "Details" });
  await panel.getByText("Online", { exact: true }).waitFor();
  await panel.getByText("Here since").waitFor();
  await panel.getByRole("switch", { name: "Pin to top" }).check();
  await lists(alice, ["bob", "carol"]);
  await panel.getByRole("switch", { name: "Mute" }).check();
  await says(alice, bob, /muted/);

  // It goes along to the next conversation, and says what holds there.
  await alice.opens(carol);
  await panel.getByText("carol", { exact: true }).waitFor();
  assert.equal(await panel.getByRole("switch", { name: "Pin to top" }).isChecked(), false);
  await panel.getByRole("button", { name: "Hide from the list" }).click();
  await lists(alice, ["bob"]);
  await panel.waitFor({ state: "hidden" });
});

flow("a conversation is found, and searched in, by the pointer alone", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("one needle");
  await alice.says("hay");
  await alice.isThrough();
  await alice.page.getByRole("button", { name: "Search", exact: true }).click();
  await alice.page.getByRole("option", { name: "bob" }).last().click();
  await alice.page.getByRole("button", { name: "Search in this conversation" }).click();
  await alice.page.getByRole("searchbox", { name: "Search in this conversation" }).fill("needle");
  await alice.page.getByText("1 of 1").waitFor();
});
