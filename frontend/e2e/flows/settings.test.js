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

    await alice.page.getByRole("button", { name: "Settings" }).click();
    await alice.dialog("Settings").getByRole("radio", { name: "Dark" }).click();
    const dark = await background(alice.page);
    assert.notEqual(dark, light);
    // Set when the body begins, by the one script that does not wait for the others.
    await alice.page.route(/main\.js$/, (route) => route.abort());
    await alice.reload();
    assert.equal(await alice.page.evaluate(() => document.documentElement.dataset.theme), "dark");
    assert.equal(await background(alice.page), dark);
  },
);

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
