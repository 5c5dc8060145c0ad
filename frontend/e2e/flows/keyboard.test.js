// The first flow by keyboard alone: whatever a mouse reaches, Tab, arrows, Enter and Escape reach too, and it is seen
// where they are.

import assert from "node:assert/strict";
import { flow } from "../support/flow.js";
import { PASSWORD } from "../support/person.js";

const STEPS = 40;

/** Somebody without a mouse. */
class Keyboard {
  /** @param {import("../support/person.js").Person} person */
  constructor(person) {
    this.page = person.page;
  }

  /** What has the focus, as a screen reader says it: `button "Find"`. */
  async focused() {
    const snapshot = await this.page.locator(":focus").ariaSnapshot();
    return snapshot.split("\n")[0]?.replace(/^- /, "") ?? "";
  }

  /** @param {RegExp} what @param {string} [key] */
  async goesTo(what, key = "Tab") {
    const met = [];
    for (let step = 0; step < STEPS; step += 1) {
      const now = (await this.page.locator(":focus").count()) > 0 ? await this.focused() : "nothing";
      if (what.test(now)) {
        await this.#isSeen(now);
        return;
      }
      met.push(now);
      await this.page.keyboard.press(key);
    }
    assert.fail(`${key} does not lead to ${what}; it met ${met.join(", ")}`);
  }

  /** @param {string} text */
  async types(text) {
    await this.page.keyboard.type(text);
  }

  /** @param {string} key */
  async presses(key) {
    await this.page.keyboard.press(key);
  }

  /** The focus has a ring, an outline or the like. @param {string} what */
  async #isSeen(what) {
    const ring = await this.page.locator(":focus").evaluate((node) => {
      const ringed = (/** @type {Element} */ element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none";
      };
      // A field may show it on a frame around itself.
      let element = /** @type {Element | null} */ (node);
      for (let up = 0; element && up < 4; up += 1, element = element.parentElement) {
        if (ringed(element)) {
          return true;
        }
      }
      return false;
    });
    assert.ok(ring, `the focus is not to be seen on ${what}`);
  }
}

flow("two people register and chat by keyboard alone", async ({ person }) => {
  const alice = await person("alice");
  const bob = await person("bob");
  for (const each of [alice, bob]) {
    const keyboard = new Keyboard(each);
    await each.page.getByRole("heading", { name: "Log in" }).waitFor();
    await keyboard.goesTo(/button "Create an account"/);
    await keyboard.presses("Enter");
    await keyboard.goesTo(/textbox "User name"/);
    await keyboard.types(each.name);
    await keyboard.goesTo(/textbox "Email"/);
    await keyboard.types(each.email);
    await keyboard.goesTo(/textbox "Password"/);
    await keyboard.types(PASSWORD);
    await keyboard.presses("Enter");
    await each.isIn();
  }

  const keyboard = new Keyboard(alice);
  await keyboard.goesTo(/button "New conversation"/);
  await keyboard.presses("Enter");
  await keyboard.goesTo(/menuitem "Message someone"/, "ArrowDown");
  await keyboard.presses("Enter");
  await keyboard.goesTo(/textbox "User name"/);
  await keyboard.types("bob");
  await keyboard.presses("Enter");
  await alice.dialog("Message someone").getByRole("button", { name: "Message", exact: true }).waitFor();
  await keyboard.goesTo(/button "Message"/);
  await keyboard.presses("Enter");
  await keyboard.goesTo(/textbox "Message"/);
  await keyboard.types("no mouse here");
  await keyboard.presses("Enter");
  await alice.seesItAs("no mouse here", "sent");

  const other = new Keyboard(bob);
  await bob.row("alice").waitFor();
  await other.goesTo(/option "alice/);
  await other.presses("Enter");
  await bob.sees("no mouse here");
  await other.goesTo(/textbox "Message"/);
  await other.types("nor here");
  await other.presses("Enter");
  await alice.sees("nor here");
});

flow("Escape closes a dialog and gives the focus back to where it was", async ({ people }) => {
  const [alice] = await people("alice");
  const keyboard = new Keyboard(alice);
  await keyboard.goesTo(/button "Settings"/);
  await keyboard.presses("Enter");
  await alice.dialog("Settings").waitFor();
  await keyboard.goesTo(/radio "Dark"/, "Tab").catch(async () => {
    await keyboard.goesTo(/radio "(System|Light|Dark)"/);
  });
  await keyboard.presses("Escape");
  await alice.dialog("Settings").waitFor({ state: "hidden" });
  assert.match(await keyboard.focused(), /button "Settings"/);
});
