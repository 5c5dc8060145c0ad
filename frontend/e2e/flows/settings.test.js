// What everybody may have their own way: language, theme, the width of the window.

import assert from "node:assert/strict";
import { flow } from "../support/flow.js";

/** @param {import("playwright-core").Page} page */
function background(page) {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

flow("the language is the browser's until somebody chooses another, which stays", async ({ person }) => {
  const li = await person("li", { locale: "zh-CN" });
  await li.page.getByRole("heading", { name: "登录" }).waitFor();
  assert.equal(await li.page.evaluate(() => document.documentElement.lang), "zh-CN");

  const alice = await person("alice");
  await alice.register();
  await alice.page.getByRole("button", { name: "Settings" }).click();
  await alice.dialog("Settings").getByRole("radio", { name: "简体中文" }).click();
  await alice.page.getByRole("listbox", { name: "会话" }).or(alice.page.getByText("消息")).first().waitFor();
  await alice.reload();
  await alice.page.locator("html[lang=zh-CN]").waitFor({ state: "attached" });
});

flow(
  "the theme is the system's until somebody chooses another, which is there before the first paint",
  async (world) => {
    const alice = await world.person("alice", { theme: "light" });
    await alice.register();
    const light = await background(alice.page);
    await alice.page.emulateMedia({ colorScheme: "dark" });
    assert.notEqual(await background(alice.page), light, "it follows the system");
    await alice.page.emulateMedia({ colorScheme: "light" });

    const settings = await alice.opensSettings("Appearance");
    await settings.getByRole("radio", { name: "Dark" }).click();
    const dark = await background(alice.page);
    assert.notEqual(dark, light);
    // Set when the body begins, by the one script that does not wait for the others.
    await alice.page.route(/main\.js$/, (route) => route.abort());
    await alice.reload();
    assert.equal(await alice.page.evaluate(() => document.documentElement.dataset.theme), "dark");
    assert.equal(await background(alice.page), dark);
  },
);

flow("a new language is spoken at once, and the settings stay where they were", async ({ people }) => {
  const [alice] = await people("alice");
  const settings = await alice.opensSettings("General");
  await settings.getByRole("radio", { name: "简体中文" }).click();
  const again = alice.dialog("设置");
  await again.getByRole("tab", { name: "通用", selected: true }).waitFor();
  await alice.page.keyboard.press("Escape");
  await again.waitFor({ state: "hidden" });
});

flow("how dense and how large it is holds at once, and before the first paint", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.says("how large am I?");
  await alice.sees("how large am I?");
  const text = alice.page.locator(".bubble__text").first();
  const size = () => text.evaluate((node) => getComputedStyle(node).fontSize);
  const row = async () => (await alice.row("bob").boundingBox())?.height;
  assert.deepEqual([await size(), await row()], ["14px", 68]);

  const settings = await alice.opensSettings("Appearance");
  const slider = settings.getByRole("slider", { name: "Size of the text" });
  await slider.focus();
  await slider.press("End");
  assert.equal(await size(), "20px");
  await slider.press("Home");
  assert.equal(await size(), "12px");
  for (let step = 0; step < 4; step += 1) {
    await slider.press("ArrowRight");
  }
  await settings.getByRole("radio", { name: "Compact" }).check();
  assert.equal(await size(), "16px");
  assert.ok(Number(await row()) < 68, "rows are lower, though the text is larger");

  await alice.page.route(/main\.js$/, (route) => route.abort());
  await alice.reload();
  const root = alice.page.locator("html");
  assert.equal(await root.getAttribute("data-density"), "compact");
  assert.equal(await root.evaluate((node) => getComputedStyle(node).getPropertyValue("--text-px")), "16");
});

flow("the list is as wide as one draws it, within its limits, and is again next time", async ({ people }) => {
  const [alice] = await people("alice");
  const { page } = alice;
  const line = page.getByRole("separator", { name: "Width of the list" });
  const list = page.getByRole("region", { name: "Conversations" });
  const width = async () => (await list.boundingBox())?.width;
  assert.equal(await width(), 280);

  /** @param {number} by */
  const draw = async (by) => {
    const { x, y, width, height } = /** @type {{ x: number, y: number, width: number, height: number }} */ (
      await line.boundingBox()
    );
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + by, y + height / 2, { steps: 3 });
    await page.mouse.up();
  };
  await draw(50);
  assert.equal(await width(), 330);
  await draw(500);
  assert.equal(await width(), 400);
  await draw(-900);
  assert.equal(await width(), 220);
  await line.dblclick();
  assert.equal(await width(), 280);

  await line.focus();
  await line.press("ArrowRight");
  await line.press("Shift+ArrowRight");
  assert.equal(await width(), 340);
  assert.equal(await line.getAttribute("aria-valuenow"), "340");
  await alice.reload();
  await alice.isIn();
  assert.equal(await width(), 340);
  await line.press("Enter");
  assert.equal(await width(), 280);

  // The conversation keeps its 380 px, whatever was chosen.
  await line.press("End");
  await page.setViewportSize({ width: 760, height: 600 });
  assert.equal(await width(), 320);
});

flow("who writes long texts has Enter for new lines, and Ctrl+Enter sends", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  const settings = await alice.opensSettings("General");
  await settings.getByRole("radio", { name: "Ctrl+Enter sends" }).check();
  await alice.page.keyboard.press("Escape");
  await alice.page.getByText("Ctrl+Enter sends, Enter starts a new line").waitFor();
  await alice.composer.focus();
  await alice.page.keyboard.type("one");
  await alice.page.keyboard.press("Enter");
  await alice.page.keyboard.type("two");
  assert.equal(await alice.composer.inputValue(), "one\ntwo");
  await alice.page.keyboard.press("Control+Enter");
  await alice.sees("one\ntwo");
  assert.equal(await alice.composer.inputValue(), "");
});

flow("a narrow window shows one column, and the way back", async ({ person }) => {
  const bob = await person("bob");
  await bob.register();
  const alice = await person("alice", { viewport: { width: 360, height: 640 } });
  await alice.register();
  await alice.finds(bob);
  await alice.says("from a phone");
  await alice.seesItAs("from a phone", "sent");
  assert.ok(!(await alice.list.isVisible()), "the list makes way");
  const wide = await alice.page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(wide, 360, "nothing sticks out");
  await alice.page.getByRole("button", { name: "Back" }).click();
  await alice.row("bob").waitFor();
  assert.ok(!(await alice.messages.isVisible()));
  await alice.row("bob").click();
  await alice.sees("from a phone");
});
