// Text that means harm, in every place where somebody else's text is shown: it is text, nothing else. The hooks of
// every test report what a script that got in would do.

import assert from "node:assert/strict";
import { flow } from "../support/flow.js";
import { ATTACKS, ODDITIES, shown } from "../support/hostile.js";

flow("markup in messages, names and groups is shown as what it is", async ({ people }) => {
  const [mallory, victim] = await people("<img src=x onerror=alert(1)>", "victim");
  await mallory.finds(victim);
  for (const text of ATTACKS) {
    await mallory.says(text);
  }
  await mallory.isThrough();
  await victim.opens(mallory);
  for (const text of ATTACKS) {
    await victim.sees(shown(text));
  }
  assert.deepEqual(await victim.texts(), ATTACKS.map(shown));
  await victim.page.getByRole("heading", { name: mallory.name }).waitFor();

  await mallory.createsGroup("</title><script>alert(1)</script>", '"><svg onload=alert(1)>');
  await victim.joinsGroup(await mallory.groupNumber());
  await victim.page.getByRole("heading", { name: "</title><script>alert(1)</script>" }).waitFor();
  await mallory.says("{{constructor.constructor('alert(1)')()}}");
  await victim.sees("{{constructor.constructor('alert(1)')()}}");
  await victim.membersPanel();

  const planted = await victim.page.evaluate(
    () =>
      document.querySelectorAll("script:not([src]), iframe, object, embed, [onerror], [onload], [onclick]")
        .length,
  );
  assert.equal(planted, 0);
  const images = await victim.page.evaluate(() =>
    [...document.images].map((image) => image.getAttribute("src")),
  );
  assert.ok(!images.includes("x"), `${images}`);
});

flow(
  "odd text breaks nothing: directions, very long words, piled marks, joined emoji",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bo\u0301b \u05d0\u05d1 👩‍👩‍👧");
    await alice.finds(bob);
    for (const text of ODDITIES) {
      await alice.says(text);
    }
    await alice.isThrough();
    await bob.opens(alice);
    for (const text of ODDITIES) {
      await bob.sees(text);
    }
    const wide = await bob.page.evaluate(() => ({
      page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      bubbles: [...document.querySelectorAll(".bubble__text")].filter(
        (bubble) => bubble.getBoundingClientRect().right > document.documentElement.clientWidth,
      ).length,
    }));
    assert.deepEqual(wide, { page: 0, bubbles: 0 }, "nothing sticks out of the window");
    // A text that turns the direction turns its own bubble only.
    const name = bob.page.getByRole("heading", { name: "alice" });
    assert.equal(await name.evaluate((node) => node.textContent?.trim()), "alice");
  },
);
