// Who is here, as others see it: from the first minute of two people, who did not know each other before.

import { flow } from "../support/flow.js";

flow("somebody who was just found is seen to come, to go, and to be away", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("hello");
  await alice.sees("hello");
  await alice.seesPresence("Online");
  await bob.chooses("Away");
  await alice.seesPresence("Away");
  await bob.chooses("Invisible");
  await alice.seesPresence("Offline");
  await bob.chooses("Online");
  await alice.seesPresence("Online");
  // The browser is closed: nobody says goodbye, and a grace hides who merely reconnects.
  await bob.page.close();
  await alice.seesPresence("Offline", 45_000);
});

flow("whoever joined while one was away is among the members afterwards", async ({ people }) => {
  const [alice, bob, carol] = await people("alice", "bob", "carol");
  await alice.createsGroup("Lunch");
  const number = await alice.groupNumber();
  await bob.joinsGroup(number);
  const members = await alice.membersPanel();
  await members.getByText("bob", { exact: true }).first().waitFor();
  alice.network.cut();
  await carol.joinsGroup(number);
  await carol.says("I am in");
  await carol.isThrough();
  alice.network.heal();
  await alice.sees("I am in");
  await members.getByText("carol", { exact: true }).first().waitFor();
});
