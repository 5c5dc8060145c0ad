// The first flow by keyboard alone: whatever a mouse reaches, Tab, arrows, Enter and Escape reach too, and it is seen
// where they are.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
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
  await keyboard.goesTo(/tab "Appearance"/, "ArrowDown");
  await keyboard.goesTo(/radio "System"/);
  await keyboard.goesTo(/radio "Dark"/, "ArrowDown");
  await alice.page.locator("html[data-theme=dark]").waitFor({ state: "attached" });
  await keyboard.presses("Escape");
  await alice.dialog("Settings").waitFor({ state: "hidden" });
  assert.match(await keyboard.focused(), /button "Settings"/);
});

for (const { installed, says } of [
  { installed: true, says: "somebody is found by how the name is said" },
  {
    installed: false,
    says: "without what knows how names are said, that is told, and they are found by their letters",
  },
]) {
  flow(says, async ({ person, people }) => {
    const [wang] = await people("王小明");
    const alice = await person("alice");
    if (!installed) {
      await alice.page.route(/pinyin\.json$/, (route) => route.fulfill({ status: 404 }));
    }
    await alice.register();
    await wang.finds(alice);
    await wang.says("晚上好");
    await alice.row("王小明").waitFor();
    const keyboard = new Keyboard(alice);
    await keyboard.presses("Control+k");
    await alice.dialog("Go to").waitFor();
    await keyboard.types("wangxm");
    if (!installed) {
      await alice.page.getByText("it is not installed on this server").waitFor();
      await keyboard.presses("Control+a");
      await keyboard.types("小明");
    }
    await alice.dialog("Go to").getByRole("option", { name: "王小明" }).waitFor();
    await keyboard.presses("Enter");
    await alice.sees("晚上好");
  });
}

flow(
  "from conversation to conversation by keys alone: by name, to the neighbours, to what is unread",
  async (world) => {
    const [alice, bob, carol, dora] = await world.people("alice", "bob", "carol", "dora");
    for (const [index, each] of [bob, carol, dora].entries()) {
      await each.finds(alice);
      await each.says(`from ${each.name}`);
      await alice.row(each.name).waitFor();
      await eventually(
        "it is listed first",
        async () => (await alice.list.getByRole("option").count()) === index + 1,
      );
    }
    const keyboard = new Keyboard(alice);
    await keyboard.presses("Control+k");
    await alice.dialog("Go to").waitFor();
    await keyboard.types("zzz");
    await alice.page.getByText("Nobody by that name here").waitFor();
    await keyboard.goesTo(/button "Clear"/);
    await keyboard.presses("Enter");
    await keyboard.types("CRL");
    await keyboard.presses("Enter");
    await alice.sees("from carol");
    assert.match(await keyboard.focused(), /textbox "Message"/);
    await keyboard.types("found you");
    await keyboard.presses("Enter");
    await alice.seesItAs("found you", "sent");
    await carol.sees("found you");

    // What was said last is first: carol, dora, bob.
    await eventually("carol is first", async () =>
      /^carol/.test((await alice.list.getByRole("option").first().getAttribute("aria-label")) ?? ""),
    );
    await keyboard.presses("Alt+ArrowDown");
    await alice.sees("from dora");
    await keyboard.presses("Alt+ArrowUp");
    await alice.sees("from carol");
    await eventually("dora was read", async () => (await alice.unread(dora)) === 0);
    await keyboard.presses("Alt+Shift+ArrowDown");
    await alice.sees("from bob");
    await keyboard.presses("Control+2");
    await alice.sees("from dora");
    assert.match(await keyboard.focused(), /textbox "Message"/);
  },
);

flow("F6 goes through the parts of the window and back, and each says what it is", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("one");
  await alice.isThrough();
  const keyboard = new Keyboard(alice);
  const parts = [
    /textbox "Message"/,
    /button "My profile"/,
    /option "bob/,
    /button "Profile"/,
    /log "Messages"/,
    /textbox "Message"/,
  ];
  assert.match(await keyboard.focused(), parts[0]);
  for (const part of parts.slice(1)) {
    await keyboard.presses("F6");
    assert.match(await keyboard.focused(), part);
  }
  for (const part of parts.toReversed().slice(1)) {
    await keyboard.presses("Shift+F6");
    assert.match(await keyboard.focused(), part);
  }
});

flow(
  "a search goes through what was said, the newest first, and Escape gives the composer back",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    for (let number = 1; number <= 30; number += 1) {
      await alice.says(number % 10 === 0 ? `a needle, number ${number}` : `hay ${number}`);
    }
    await alice.isThrough();
    const keyboard = new Keyboard(alice);
    await keyboard.presses("Control+f");
    assert.match(await keyboard.focused(), /searchbox "Search in this conversation"/);
    await keyboard.types("NEEDLE");
    const bar = alice.page.getByRole("search", { name: "Search in this conversation" });
    await bar.getByText("1 of 3").waitFor();
    const shown = async () => alice.page.locator("[data-found] .bubble__text").textContent();
    assert.equal(await shown(), "a needle, number 30");
    await keyboard.presses("Enter");
    await bar.getByText("2 of 3").waitFor();
    await keyboard.presses("Enter");
    assert.equal(await shown(), "a needle, number 10");
    const row = alice.bubble("a needle, number 10");
    assert.ok(await row.evaluate((node) => node.getBoundingClientRect().top > 60), "it is in sight");
    const marks = await alice.page.evaluate(
      () => [.../** @type {any} */ (CSS).highlights.get("found-here")].length,
    );
    assert.equal(marks, 1);
    await keyboard.presses("Shift+Enter");
    assert.equal(await shown(), "a needle, number 20");
    await keyboard.types("X");
    await bar.getByText("Nothing found").waitFor();
    await keyboard.presses("Escape");
    await bar.waitFor({ state: "hidden" });
    assert.match(await keyboard.focused(), /textbox "Message"/);
    assert.equal(await alice.page.locator("[data-found]").count(), 0);

    await keyboard.presses("Control+f");
    await bar.waitFor();
    await keyboard.goesTo(/log "Messages"/);
    await keyboard.presses("Escape");
    await bar.waitFor({ state: "hidden" });
  },
);

flow("help and settings open by keys and give the focus back", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  const keyboard = new Keyboard(alice);
  await keyboard.presses("Control+/");
  const help = alice.dialog("Keyboard shortcuts");
  await help.getByText("Next unread conversation").waitFor();
  await keyboard.presses("Escape");
  await help.waitFor({ state: "hidden" });
  assert.match(await keyboard.focused(), /textbox "Message"/);
  await keyboard.presses("Control+,");
  await alice.dialog("Settings").waitFor();
  await keyboard.presses("Escape");
  await alice.dialog("Settings").waitFor({ state: "hidden" });
  assert.match(await keyboard.focused(), /textbox "Message"/);
});

flow(
  "Escape marks what is unread as read and shows the newest; then it leads to the list",
  async ({ people }) => {
    const [alice, bob] = await people("alice", "bob");
    await alice.finds(bob);
    await bob.finds(alice);
    for (let number = 1; number <= 25; number += 1) {
      await bob.says(`line ${number}\nand more`);
    }
    await bob.isThrough();
    await alice.sees("line 25\nand more");
    const keyboard = new Keyboard(alice);
    await keyboard.goesTo(/log "Messages"/, "Shift+Tab");
    await keyboard.presses("Home");
    await alice.page.getByRole("button", { name: "Jump to the newest" }).waitFor();
    await bob.says("not seen yet");
    await eventually("it is unread", async () => (await alice.unread(bob)) === 1);
    await keyboard.presses("Escape");
    await eventually("it is read", async () => (await alice.unread(bob)) === 0);
    await bob.seesItAs("not seen yet", "read");
    await alice.page.getByRole("button", { name: /Jump to the newest/ }).waitFor({ state: "hidden" });
    await keyboard.presses("Escape");
    assert.match(await keyboard.focused(), /option "bob/);
  },
);
