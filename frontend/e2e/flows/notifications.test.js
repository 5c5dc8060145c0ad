// News while one looks elsewhere: told once, not when it is not wanted, and leading to where it came from.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { flow } from "../support/flow.js";

/** What the system would show, kept in the page. Permission is what a test says. */
function recorder() {
  const shown = /** @type {any[]} */ ([]);
  class Recorded {
    static permission = localStorage.getItem("test.permission") ?? "default";
    static async requestPermission() {
      Recorded.permission = "granted";
      localStorage.setItem("test.permission", "granted");
      return "granted";
    }
    /** @param {string} title @param {{ body: string, tag: string, icon: string }} options */
    constructor(title, { body, tag, icon }) {
      Object.assign(this, { title, body, tag, icon, open: true });
      shown.push(this);
    }
    close() {
      Object.assign(this, { open: false });
    }
  }
  Object.assign(window, { Notification: Recorded, shown });
}

const prepare = (/** @type {import("playwright-core").BrowserContext} */ context) =>
  context.addInitScript(recorder);

/** @param {import("../support/person.js").Person} person @returns {Promise<{ words: string, open: boolean }[]>} */
function shownTo(person) {
  return person.page.evaluate(() =>
    /** @type {any} */ (window).shown.map((/** @type {any} */ one) => ({
      words: `${one.title}: ${one.body}`,
      open: one.open,
    })),
  );
}

/** @param {import("../support/person.js").Person} person @param {string[]} words */
function isTold(person, words) {
  const all = async () => (await shownTo(person)).map((one) => one.words);
  return eventually(
    `${person.name} is told ${words}`,
    async () => JSON.stringify(await all()) === JSON.stringify(words),
    { found: all },
  );
}

/**
 * The picture on the last one, and a colour from near its upper edge, where no letter is.
 *
 * @param {import("../support/person.js").Person} person
 */
function iconShownTo(person) {
  return person.page.evaluate(async () => {
    const { icon } = /** @type {any} */ (window).shown.at(-1);
    const picture = new Image();
    picture.src = icon;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    brush.drawImage(picture, 0, 0);
    const at = (/** @type {number} */ x, /** @type {number} */ y) => [...brush.getImageData(x, y, 1, 1).data];
    const middle = at(picture.width / 2, 12);
    return {
      icon,
      size: picture.width,
      corner: at(0, 0)[3],
      colour: `rgb(${middle.slice(0, 3).join(", ")})`,
    };
  });
}

/** @param {import("../support/person.js").Person} person */
async function allowsNotifications(person) {
  const settings = await person.opensSettings("Notifications");
  await settings.getByRole("switch", { name: "Notifications" }).check();
  await person.page.keyboard.press("Escape");
  await settings.waitFor({ state: "hidden" });
}

flow(
  "nothing is asked for and nothing told until somebody wants it; then it leads to the conversation",
  async (world) => {
    const alice = await world.person("alice", { prepare });
    await alice.register();
    const [bob] = await world.people("bob");
    await alice.looksAway();
    await bob.finds(alice);
    await bob.says("nobody asked for it");
    await eventually("it is unread", async () => (await alice.unread(bob)) === 1);

    await alice.looksAgain();
    await allowsNotifications(alice);
    await alice.looksAway();
    await bob.says("are you there?");
    await isTold(alice, ["bob: are you there?"]);
    const face = alice.page.getByRole("option").filter({ hasText: "bob" }).locator(".avatar");
    const colour = await face.evaluate((node) => getComputedStyle(node).backgroundColor);
    const { icon, ...drawn } = await iconShownTo(alice);
    assert.match(icon, /^data:image\/png/);
    assert.deepEqual(drawn, { size: 128, corner: 0, colour }, "it is bob's face, and round");
    await alice.page.evaluate(() => /** @type {any} */ (window).shown[0].onclick());
    await alice.looksAgain();
    await alice.sees("are you there?");
    await alice.composer.waitFor();

    // It is looked at: no more of it, and another conversation still is told of.
    await bob.says("I see you");
    await alice.sees("I see you");
    const [carol] = await world.people("carol");
    await carol.finds(alice);
    await carol.says("me too");
    await isTold(alice, ["bob: are you there?", "carol: me too"]);
  },
);

flow("two tabs tell of it once, that which was looked at last; what is read is taken back", async (world) => {
  const alice = await world.person("alice", { prepare });
  await alice.register();
  await allowsNotifications(alice);
  const other = await alice.inAnotherTab();
  await other.isIn();
  const [bob] = await world.people("bob");
  for (const tab of [alice, other]) {
    await tab.looksAway();
  }
  await other.looksAgain();
  await other.looksAway();
  await bob.finds(alice);
  await bob.says("once");
  await isTold(other, ["bob: once"]);
  assert.deepEqual(await shownTo(alice), []);

  await alice.looksAgain();
  await alice.opens(bob);
  await alice.sees("once");
  await eventually("it is taken back", async () => (await shownTo(other))[0]?.open === false);
});

flow("do not disturb means it, and hidden content is not in the notification", async (world) => {
  const alice = await world.person("alice", { prepare });
  await alice.register();
  await allowsNotifications(alice);
  const settings = await alice.opensSettings("Notifications");
  await settings.getByRole("switch", { name: "Do not disturb" }).check();
  await settings.getByRole("switch", { name: "Show who wrote what" }).uncheck();
  await alice.page.keyboard.press("Escape");
  await alice.looksAway();
  const [bob] = await world.people("bob");
  await bob.finds(alice);
  await bob.says("psst");
  await eventually("it is counted", async () => (await alice.page.title()) === "(1) IM-TT");
  const icon = alice.page.locator("link[rel=icon]");
  await eventually("on the icon too", async () =>
    String(await icon.getAttribute("href")).startsWith("data:image/png"),
  );

  await alice.looksAgain();
  const again = await alice.opensSettings("Notifications");
  await again.getByRole("switch", { name: "Do not disturb" }).uncheck();
  await alice.page.keyboard.press("Escape");
  await alice.looksAway();
  await bob.says("a secret");
  await isTold(alice, ["IM-TT: You have a new message"]);
  assert.match((await iconShownTo(alice)).icon, /\/icons\/192\.png$/, "nor is a face");
});

flow("by plain http from another machine the settings say what is missing and why", async (world) => {
  const alice = await world.person("alice", { host: "elsewhere.test" });
  assert.equal(await alice.page.evaluate(() => isSecureContext), false, "the premise");
  await alice.register();
  const settings = await alice.opensSettings("Notifications");
  await settings.getByText("only for pages that come by https").waitFor();
  assert.ok(await settings.getByRole("switch", { name: "Notifications" }).isDisabled());
  await settings.getByRole("tab", { name: "General" }).click();
  await settings.getByText("Browsers install only what comes by https").waitFor();
});
