// Takes the pictures of docs/client.md that show the desktop app's own window: the debug build of the shell on a screen
// that nobody sees, against a real server, among people who have written: `make desktop-pictures`. They are committed;
// whoever makes them anew looks at them.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { User } from "../e2e/desktop/support/user.js";
import { Account } from "../e2e/support/api.js";
import { eventually } from "../e2e/support/eventually.js";
import { Server } from "../e2e/support/server.js";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const NAMES = ["Alice Morgan", "王小明", "Jonas Weber", "さくら", "김민준", "Dr. Ada Okafor", "Noor"];

/** @typedef {[from: string | null, text: string][]} Talk  Null: the one whose window it is. */

/** @type {Talk} */
const HIKE = [
  ["Alice Morgan", "**Saturday**, rain or shine. Please bring\n- water\n- a map, or the `gpx`\n- good shoes"],
  ["王小明", "周六早上八点在东门集合，别迟到哦"],
  [null, "I can take *two* people in my car."],
  ["Dr. Ada Okafor", "> good shoes\nAre trainers fine?"],
  ["Alice Morgan", "If it stays dry. See https://example.org/routes/2026"],
  [null, "👍🏽"],
  ["Jonas Weber", "Then we are complete 🎉"],
];
/** @type {Talk} */
const REVIEW = [
  ["王小明", "新版首页的设计稿已经更新，大家看一下：\n- 导航栏改为两级\n- **深色模式**的对比度已调整"],
  ["さくら", "看过了，按钮的间距还可以再大一点"],
  [null, "同意。另外 `spacing-3` 这个变量名要不要统一？"],
  ["王小明", "> 这个变量名要不要统一\n可以，我下午改"],
  [null, "辛苦了 👍"],
  ["王小明", "改好了，评审安排在明天上午十点"],
];

/** @param {Server} server @param {string} owner_of_window */
async function peopleAround(server, owner_of_window) {
  const me = await Account.of(server, { email: `${owner_of_window}@example.org` });
  /** @type {Map<string | null, Account>} */
  const accounts = new Map([[null, me]]);
  for (const name of NAMES) {
    accounts.set(name, await Account.registered(server, name));
  }
  return accounts;
}

/**
 * @param {Map<string | null, Account>} accounts
 * @param {string} name
 * @param {Talk} talk
 */
async function group(accounts, name, talk) {
  const [first, ...others] = [...new Set(talk.map(([from]) => from))];
  const of = (/** @type {string | null} */ who) => /** @type {Account} */ (accounts.get(who));
  const { group } = await of(first).calls("POST", "/api/groups/create", { name });
  for (const who of others) {
    await of(who).calls("POST", "/api/groups/join", { group_id: group.id });
  }
  for (const [from, text] of talk) {
    await of(from).sends(text, { group_id: group.id });
  }
  return group;
}

/** Seen as being there, as long as this program runs. @param {Account} account */
async function comesOnline({ address, token }) {
  const socket = new WebSocket(`${address.replace("http", "ws")}/api/ws`);
  socket.onopen = () => socket.send(JSON.stringify({ event_type: "auth", token }));
  await new Promise((ready) => {
    socket.onmessage = ready;
  });
}

/** @type {[name: string, text: string][]} */
const LINES = [
  ["Noor", "Thank you for the book"],
  ["김민준", "네 알겠습니다"],
  ["さくら", "また明日！"],
  ["Jonas Weber", "Train at 9:30 then"],
];
/** @type {[name: string, text: string][]} What nobody has read yet. */
const NEWS = [
  ["王小明", "好的，晚上见"],
  ["Alice Morgan", "I have the tickets"],
  ["Alice Morgan", "See you then!"],
];
const ONLINE = ["Alice Morgan", "さくら", "Noor"];

const server = await Server.started();
const xiaoyu = await User.atDesk("xiaoyu");
try {
  await xiaoyu.connects(server.address);
  await xiaoyu.registers();
  const accounts = await peopleAround(server, xiaoyu.name);
  const of = (/** @type {string | null} */ who) => /** @type {Account} */ (accounts.get(who));
  const me = of(null);
  for (const [name, text] of LINES) {
    await of(name).sends(text, { receiver_id: me.user.id });
  }
  await me.sends("Milk, bread, stamps", { receiver_id: me.user.id });
  const review = await group(accounts, "产品设计组", REVIEW);
  const hike = await group(accounts, "Weekend hikers", HIKE);
  for (const { conversation_id } of [hike, review]) {
    await me.calls("PATCH", `/api/conversations/${conversation_id}`, { pinned: true });
  }
  await me.calls("POST", "/api/conversations/read");
  for (const [name, text] of NEWS) {
    await of(name).sends(text, { receiver_id: me.user.id });
  }
  await Promise.all(ONLINE.map((name) => comesOnline(of(name))));

  await mkdir(IMAGES, { recursive: true });
  const [hikers, reviewers] = [`g:${hike.id}`, `g:${review.id}`];
  /** @type {[name: string, theme: string, language: string, key: string, last: string][]} */
  const pictures = [
    ["desktop-chat-light", "light", "en", hikers, "Then we are complete"],
    ["desktop-chat-dark", "dark", "en", hikers, "Then we are complete"],
    ["desktop-chat-light-zh", "light", "zh-CN", reviewers, "评审安排在明天上午十点"],
    ["desktop-chat-dark-zh", "dark", "zh-CN", reviewers, "评审安排在明天上午十点"],
  ];
  for (const [name, theme, language, key, last] of pictures) {
    await xiaoyu.prefers({ theme, language });
    await xiaoyu.startsAgain(`imtt://conversation/${key}`);
    await xiaoyu.sees(last, ".log");
    // What its chunk still skips is text to the page, and nothing on the screen.
    await eventually("the last message is shown", () =>
      xiaoyu.driver.run(
        `const bubble = [...document.querySelectorAll(".log .bubble")].at(-1);
        return bubble?.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });`,
      ),
    );
    await eventually("who is there is seen", () =>
      xiaoyu.driver.run(
        "return document.querySelectorAll('[data-status=online]:not([hidden])').length > arguments[0]",
        ONLINE.length,
      ),
    );
    await xiaoyu.isDrawn();
    await xiaoyu.desk.windowPicture("IM-TT", `${IMAGES}${name}.png`);
  }
} finally {
  await xiaoyu.leaves();
  await server.remove();
}
process.exit(0);
