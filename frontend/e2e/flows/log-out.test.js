// Logging out leaves nothing behind, in any tab.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";
import { isKept, kept } from "../support/stores.js";

flow(
  "logging out in one tab ends the other, and nothing of the account stays",
  async ({ people, server }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await alice.says("between us");
    await alice.isThrough();
    await alice.writes("half a secret");
    const second = await alice.inAnotherTab();
    await second.isIn();
    await isKept(alice, "between us");

    await second.logOut();
    await confirmIfAsked(second);
    await second.isOut();
    await alice.isOut();
    for (const page of [alice.page, second.page]) {
      const text = await kept(page);
      for (const trace of ["between us", "half a secret", "bob", '"alice"', "token"]) {
        assert.ok(!text.includes(trace), `${trace} stays in ${text}`);
      }
    }
    assert.deepEqual(await alice.context.cookies(server.address), [], "no cookie stays");

    // A reload does not bring it back, and somebody else finds nothing of it.
    await alice.reload();
    await alice.isOut();
    assert.equal(await alice.page.getByText("between us").count(), 0);
    await alice.logIn();
    await alice.opens(bob);
    await alice.sees("between us");
    assert.equal(await alice.composer.inputValue(), "", "the draft went with the account's other traces");
  },
);

flow(
  "a session that is ended elsewhere asks to log in again, and the draft waits",
  async ({ people, server }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await alice.says("hello");
    await alice.isThrough();
    await alice.writes("half a sentence");
    await endSessions(alice, server.address);
    await alice.isOut();
    await alice.logIn();
    await alice.opens(bob);
    await eventually(
      "the draft is there",
      async () => (await alice.composer.inputValue()) === "half a sentence",
    );
  },
);

/**
 * With something unsent, logging out asks first.
 *
 * @param {import("../support/person.js").Person} person
 */
async function confirmIfAsked(person) {
  const sure = person.page.getByRole("dialog").getByRole("button", { name: "Log out" });
  const out = person.page.getByRole("heading", { name: "Log in" });
  await sure.or(out).first().waitFor();
  if (!(await out.isVisible())) {
    await sure.last().click();
  }
}

/**
 * From another device.
 *
 * @param {import("../support/person.js").Person} person
 * @param {string} address
 */
async function endSessions(person, address) {
  const { Account } = await import("../support/api.js");
  const device = await Account.of(/** @type {any} */ ({ address }), person);
  const headers = { authorization: `Bearer ${device.token}` };
  const { sessions } = await (await fetch(`${address}/api/auth/sessions`, { headers })).json();
  for (const session of sessions.filter((/** @type {{ current: boolean }} */ each) => !each.current)) {
    const answer = await fetch(`${address}/api/auth/sessions/${session.id}`, { method: "DELETE", headers });
    assert.equal(answer.status, 204);
  }
}
