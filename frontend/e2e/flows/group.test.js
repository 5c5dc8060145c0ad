// Three people in a group.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";
import { agreed } from "../support/log.js";

flow("three people talk in a group, and see the same", async ({ people }) => {
  const [alice, bob, carol] = await people("alice", "bob", "carol");
  await alice.createsGroup("Lunch", "Where to eat");
  const number = await alice.groupNumber();
  await bob.joinsGroup(number);
  await carol.joinsGroup(number);

  await alice.says("Pizza?");
  await bob.sees("Pizza?");
  await bob.says("Yes");
  await carol.sees("Yes");
  await carol.says("No");
  for (const person of [alice, bob, carol]) {
    await person.sees("Pizza?");
    await person.sees("Yes");
    await person.sees("No");
  }
  await alice.isThrough();
  await carol.isThrough();
  assert.deepEqual(agreed(await bob.log()), agreed(await alice.log()));
  assert.deepEqual(agreed(await carol.log()), agreed(await alice.log()));
  assert.deepEqual(await carol.texts(), ["Pizza?", "Yes", "No"]);

  // Whoever writes is named, and everybody is in the list of members.
  await carol.messages.getByText("bob", { exact: true }).first().waitFor();
  const members = await carol.membersPanel();
  for (const name of ["alice", "bob", "carol"]) {
    await members.getByText(name, { exact: true }).first().waitFor();
  }
});

flow("who leaves a group sees nothing later, and the others see who left", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.createsGroup("Lunch");
  await bob.joinsGroup(await alice.groupNumber());
  await alice.messages.getByText(/bob joined/).waitFor();
  await bob.says("I am off");
  await bob.isThrough();
  await (await bob.membersPanel()).getByRole("button", { name: "Leave group" }).click();
  await bob.page.getByRole("dialog").getByRole("button", { name: "Leave", exact: true }).click();
  await alice.messages.getByText(/bob left/).waitFor();
  await eventually("the group is gone from bob's list", async () => (await bob.row("Lunch").count()) === 0);
  await alice.says("And he is gone");
  await alice.isThrough();
  assert.equal(await bob.page.getByText("And he is gone").count(), 0);
});
