// @ts-check
// How each state of states.js comes about: `set` fills the stand-ins before the page is mounted, `play` does what a
// person would do then.

import {
  draft,
  EVERYWHERE,
  GOOD_DAY,
  GROUPS,
  HIKERS,
  HOSTILE,
  many,
  message,
  NOW,
  RICH,
  WITH_ALICE,
} from "./content.js";
import { logView, row } from "./fake.js";

/** @typedef {import("./fake.js").FakeClient} FakeClient */
/** @typedef {import("./fake.js").FakeAccount} FakeAccount */
/** @typedef {import("./fake-desktop.js").FakeDesktop} FakeDesktop */
/** @typedef {import("../../src/state/types.js").Key} Key */
/** @typedef {Partial<import("../../src/state/types.js").LogView>} View */

/**
 * @typedef {object} Scene
 * @property {(client: FakeClient, account: FakeAccount, desktop: FakeDesktop | null) => void} [set]
 * @property {(device: import("./fake.js").FakeDevice) => void} [device]
 * @property {Partial<import("../../src/platform/preferences.js").Preferences>} [preferences]
 * @property {(desktop: FakeDesktop | null) => void | Promise<void>} [play]
 */

/** @param {string} selector */
const press = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector))?.click();

/** @param {string} selector @param {string} text */
function type(selector, text) {
  const input = /** @type {HTMLInputElement} */ (document.querySelector(selector));
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {string} key @param {KeyboardEventInit} [more] */
function strike(key, more) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  document.activeElement?.dispatchEvent(event);
}

/** @param {string} section */
const settings = (section) => () => {
  press("[data-opens=settings]");
  /** @type {HTMLElement | null} */ (document.querySelector(`#settings-tab-${section}`))?.focus();
};

/** What is fetched before it is shown. @param {string} selector */
async function shown(selector) {
  while (document.querySelector(selector) === null) {
    await soon();
  }
}

/** The search through all conversations, with that in it. @param {string} text */
async function everywhere(text) {
  strike("F", { ctrlKey: true, shiftKey: true });
  type("dialog input", text);
  await shown(".search__scope");
  await soon();
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 50));

/** The menu of the message that begins with that, as by its key. @param {string} text */
async function menuOf(text) {
  // A log that still moves would close it.
  for (let frames = 0; frames < 4; frames += 1) {
    await soon();
  }
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".entry")]);
  const entry = all.findLast((one) => one.querySelector(".bubble")?.textContent?.startsWith(text));
  entry?.focus();
  entry?.dispatchEvent(
    new KeyboardEvent("keydown", { key: "F10", shiftKey: true, bubbles: true, cancelable: true }),
  );
}

/** @param {string} search */
async function emojiOpened(search) {
  press(".composer__emoji");
  await shown(".emoji__cell");
  press(".emoji__tab:nth-child(2)");
  if (search) {
    type(".emoji__search", search);
  }
}

/** @param {Key} key @param {View} view @returns {(client: FakeClient) => void} */
const opened = (key, view) => (client) => {
  client.logs.set(key, logView({ key, ...view }));
  client.current = key;
};

/** @param {"out" | "starting"} state @param {string | null} [reason] @returns {Scene["set"]} */
const outside =
  (state, reason = null) =>
  (_client, account) => {
    Object.assign(account, { client: null, state, reason, last_email: reason && "xiaoyu@example.org" });
  };

const alice = opened("u:2", { entries: WITH_ALICE, peer_read_seq: 6 });
const hikers = opened("g:20481", { entries: HIKERS });
/** @type {(client: FakeClient) => void} */
function goodDay(client) {
  opened("g:20481", { entries: GOOD_DAY })(client);
  client.conversations.rows = [
    row({ key: "g:20481", last: GOOD_DAY[6], pinned: true }),
    row({ key: "u:2", last: message(9, 2, 9, "See you then!"), unread: 2, pinned: true }),
    row({ key: "u:3", last: message(3, 3, 35, "好的，晚上见"), unread: 1 }),
    row({ key: "g:5", last: message(9, 14, 95, "I uploaded the new version"), unread: 100, muted: true }),
    row({ key: "u:4", last: message(4, 4, 240, "Train at 9:30 then"), draft: "I will be at the" }),
    row({ key: "u:6", last: message(2, 6, 1500, "네 알겠습니다") }),
    row({ key: "u:1", last: message(2, 1, 3000, "Milk, bread, stamps") }),
    row({ key: "u:7", last: message(2, 7, 5900, "The results are in, let us talk this week") }),
    row({ key: "u:5", last: message(4, 5, 9100, "また明日！") }),
    row({ key: "u:14", last: message(6, 1, 30_000, "Thank you for the book") }),
  ];
  client.writing.set("u:3", [3]);
}

const wide = (/** @type {number} */ seconds) => NOW - seconds * 1000;

/** @type {Scene["set"]} */
const nowhere = (client, account, desktop) => {
  outside("out")?.(client, account, desktop);
  Object.assign(desktop ?? {}, { server: null });
};

/** @type {Record<string, Scene>} */
export const SCENES = {
  starting: { set: outside("starting") },
  login: { set: outside("out") },
  "login-expired": { set: outside("out", "expired") },
  "login-failed": {
    set: outside("out"),
    async play() {
      type("[name=email]", "xiaoyu@example.org");
      type("[name=password]", "wrong horse");
      press("[type=submit]");
      await soon();
    },
  },
  register: { set: outside("out"), play: () => press(".login__switch button") },
  list: {},
  "list-empty": { set: (client) => Object.assign(client.conversations, { rows: [] }) },
  "list-loading": { set: (client) => Object.assign(client.conversations, { state: "loading", rows: [] }) },
  "list-error": {
    set: (client) => Object.assign(client.conversations, { state: "error", error: "unavailable", rows: [] }),
  },
  "list-offline": {
    set(client) {
      client.link = { state: "offline", retry_at: null, lost_at: wide(180), attempt: 1 };
      Object.assign(client.conversations, { state: "loading", rows: [] });
    },
  },
  conversation: {
    set(client) {
      alice(client);
      client.writing.set("u:3", [3]);
    },
  },
  "conversation-group": {
    set(client) {
      hikers(client);
      client.writing.set("g:20481", [3, 5]);
    },
  },
  "conversation-members": { set: hikers, play: () => press(".conversation__panel") },
  "conversation-members-error": {
    set(client) {
      hikers(client);
      client.membersView = { state: "error", error: "network", members: [] };
    },
    play: () => press(".conversation__panel"),
  },
  "conversation-new": { set: opened("g:20481", { entries: HIKERS, read_seq: 10, unread: 3 }) },
  "conversation-long": {
    set: opened("u:2", { entries: many(70), read_seq: 50, unread: 20, older: "idle", peer_read_seq: 70 }),
  },
  "conversation-hole": { set: opened("u:2", { entries: WITH_ALICE, holes: new Set([5]), older: "error" }) },
  "conversation-failed": {
    set: opened("u:2", {
      entries: WITH_ALICE,
      peer_read_seq: 8,
      drafts: [
        draft("u:2", "This one was refused", "failed", "content_too_long"),
        draft("u:2", "And this one is on its way", "pending"),
      ],
    }),
  },
  "conversation-hostile": { set: opened("g:20481", { entries: HOSTILE }) },
  "conversation-rich": { set: opened("g:20481", { entries: RICH }) },
  "conversation-message-menu": { set: alice, play: () => menuOf("Perfect") },
  "conversation-picking": {
    set: alice,
    async play() {
      await menuOf("Perfect");
      press(".menu__list--placed [role=menuitem]:nth-child(2)");
      await soon();
      press('.entry[data-seq="8"]');
    },
  },
  "conversation-delete": {
    set: alice,
    async play() {
      await menuOf("Perfect");
      press(".menu__list--placed [role=menuitem]:nth-child(3)");
      await shown("dialog .form__buttons");
    },
  },
  "conversation-first-new": {
    set: opened("u:2", { entries: many(600), read_seq: 100, unread: 100, older: "idle", peer_read_seq: 70 }),
    play: soon,
  },
  "conversation-emoji": { set: alice, play: () => emojiOpened("") },
  "conversation-emoji-found": { set: alice, play: () => emojiOpened("cat") },
  "conversation-empty": { set: opened("u:14", {}) },
  "conversation-notes": {
    set: opened("u:1", {
      entries: [message(1, 1, 3001, "Things to buy"), message(2, 1, 3000, "Milk, bread, stamps")],
    }),
  },
  "conversation-loading": { set: opened("u:2", { state: "loading" }) },
  "conversation-error": { set: opened("u:2", { state: "error", error: "internal" }) },
  "conversation-gone": { set: opened("g:20481", { entries: HIKERS, state: "gone" }) },
  "conversation-offline": {
    set(client) {
      alice(client);
      client.shownStatus = null;
      client.link = { state: "offline", retry_at: null, lost_at: wide(180), attempt: 2 };
    },
    play: () => type("textarea", "This goes out as soon as\nthe train leaves the tunnel"),
  },
  "conversation-waiting": {
    set(client) {
      alice(client);
      client.shownStatus = null;
      client.link = { state: "waiting", retry_at: NOW + 5000, lost_at: wide(40), attempt: 2 };
    },
  },
  "conversation-person": {
    set: alice,
    play: () => press(".conversation__panel"),
  },
  "conversation-muted": {
    set: opened("g:20481", {
      entries: HIKERS,
      group: { .../** @type {any} */ (GROUPS[0]), muted_until: new Date(NOW + 600_000).toISOString() },
    }),
  },
  "good-day": { set: goodDay, play: () => press(".conversation__panel") },
  "good-day-chat": { set: goodDay },
  "good-day-list": {
    set(client) {
      goodDay(client);
      client.current = null;
    },
  },
  "good-day-person": {
    set(client) {
      goodDay(client);
      alice(client);
      client.conversations.rows[1] = row({ key: "u:2", last: WITH_ALICE[8], pinned: true });
    },
    play: () => press(".conversation__panel"),
  },
  "good-day-emoji": { set: goodDay, play: () => emojiOpened("") },
  "good-day-settings": { set: goodDay, play: settings("appearance") },
  "list-organised": {
    set(client) {
      const [first, second, third, fourth] = client.conversations.rows;
      Object.assign(first ?? {}, { pinned: true });
      Object.assign(second ?? {}, { pinned: true, muted: true });
      Object.assign(third ?? {}, { unread: 0, marked_unread: true });
      Object.assign(fourth ?? {}, { muted: true });
    },
  },
  "row-menu": {
    play() {
      const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
      document.querySelector("[data-key='u:3']")?.dispatchEvent(event);
    },
  },
  devices: {
    set: alice,
    async play() {
      press(".rail__mine");
      press("[data-opens=devices]");
      await shown(".devices__one");
    },
  },
  menu: { play: () => press(".conversations__buttons > :last-child .icon-button") },
  profile: { set: alice, play: () => press(".conversation__face") },
  "my-profile": { set: alice, play: () => press(".rail__mine") },
  settings: { set: alice, play: () => press("[data-opens=settings]") },
  "settings-appearance": { set: alice, play: settings("appearance") },
  "settings-notifications": {
    set: alice,
    device: (device) => {
      device.notifications.permission = "granted";
    },
    preferences: { notify: true, sound: true },
    play: settings("notifications"),
  },
  "settings-notifications-insecure": {
    set: alice,
    device: (device) => {
      device.notifications.permission = "insecure";
    },
    play: settings("notifications"),
  },
  "settings-shortcuts": { set: alice, play: settings("shortcuts") },
  "settings-account": { set: alice, play: settings("account") },
  shortcuts: { set: alice, play: () => strike("/", { ctrlKey: true }) },
  switcher: { set: alice, play: () => strike("k", { ctrlKey: true }) },
  "switcher-found": {
    set: alice,
    play() {
      strike("k", { ctrlKey: true });
      type("dialog input", "ao");
    },
  },
  "switcher-none": {
    set: alice,
    play() {
      strike("k", { ctrlKey: true });
      type("dialog input", "nobody here");
    },
  },
  everywhere: { set: alice, play: () => everywhere("") },
  "everywhere-busy": {
    set(client) {
      alice(client);
      client.search.everywhere = () => new Promise(() => {});
    },
    async play() {
      await everywhere("sunday");
      await shown("dialog .skeleton");
    },
  },
  "everywhere-found": {
    set(client) {
      alice(client);
      for (const [key, entries] of Object.entries(EVERYWHERE)) {
        client.logs.set(/** @type {Key} */ (key), logView({ key: /** @type {Key} */ (key), entries }));
      }
    },
    play: () => everywhere("map"),
  },
  "everywhere-many": {
    set(client) {
      alice(client);
      client.logs.set("u:2", logView({ key: "u:2", entries: many(100) }));
      const { everywhere } = client.search;
      client.search.everywhere = async (text) => ({ hits: [], ...(await everywhere(text)), more: true });
    },
    async play() {
      await everywhere("message");
      strike("ArrowDown");
    },
  },
  "everywhere-none": { set: alice, play: () => everywhere("no such words") },
  "conversation-search": {
    set: opened("u:2", { entries: many(70), older: "idle", read_seq: 70, peer_read_seq: 70 }),
    play() {
      strike("f", { ctrlKey: true });
      type(".find__input", "number 1");
    },
  },
  "conversation-search-none": {
    set: alice,
    play() {
      strike("f", { ctrlKey: true });
      type(".find__input", "no such words");
    },
  },
  "conversation-loading-offline": {
    set(client) {
      opened("u:2", { state: "loading" })(client);
      client.link = { state: "offline", retry_at: null, lost_at: wide(180), attempt: 2 };
    },
  },
  "conversation-members-offline": {
    set(client) {
      hikers(client);
      client.link = { state: "offline", retry_at: null, lost_at: wide(180), attempt: 2 };
      client.membersView = { state: "loading", error: null, members: [] };
    },
    play: () => press(".conversation__panel"),
  },
  "conversation-compact": { set: hikers, preferences: { density: "compact" } },
  "conversation-large": { set: hikers, preferences: { text_size: 20 } },
  "list-wide": { set: alice, preferences: { list_width: 400 } },
  find: {
    set: alice,
    async play() {
      press(".conversations__buttons > :last-child .icon-button");
      press(".conversations__buttons > :last-child [role=menuitem]:nth-child(1)");
      await shown("dialog input");
    },
  },
  "find-found": {
    set: alice,
    async play() {
      press(".conversations__buttons > :last-child .icon-button");
      press(".conversations__buttons > :last-child [role=menuitem]:nth-child(1)");
      await shown("dialog input");
      type("dialog input", "Noor");
      press("dialog [type=submit]");
      await soon();
    },
  },
  create: {
    set: alice,
    async play() {
      press(".conversations__buttons > :last-child .icon-button");
      press(".conversations__buttons > :last-child [role=menuitem]:nth-child(2)");
      await shown("dialog input");
    },
  },
  "join-failed": {
    set: alice,
    async play() {
      press(".conversations__buttons > :last-child .icon-button");
      press(".conversations__buttons > :last-child [role=menuitem]:nth-child(3)");
      await shown("dialog input");
      type("dialog input", "404");
      press("dialog [type=submit]");
      await soon();
    },
  },
  leave: {
    set: hikers,
    async play() {
      press(".conversation__panel");
      press(".panel__foot button");
      await shown("dialog form");
    },
  },
  "log-out": {
    set: alice,
    play() {
      press(".rail__mine");
      press("dialog [data-kind=danger]");
    },
  },
  "new-login": {
    set: alice,
    play() {
      const { client } = /** @type {any} */ (window).gallery;
      client.emit("logged_in", {
        device: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/143.0 Safari/537.36",
      });
    },
  },
  "desktop-server": { set: nowhere },
  "desktop-server-failed": {
    set: nowhere,
    async play() {
      type("[name=server]", "chat.example.org");
      press("[type=submit]");
      await soon();
    },
  },
  "desktop-login": { set: outside("out") },
  "desktop-settings": {
    set: alice,
    async play() {
      press("[data-opens=settings]");
      await soon();
      /** @type {HTMLElement | null} */ (document.querySelector("#settings-tab-desktop"))?.focus();
      await soon();
    },
  },
  "desktop-change-server": { set: outside("out"), play: () => press(".login__server button") },
  "desktop-closing": { set: alice, play: (desktop) => desktop?.emit("close") },
  "desktop-no-keyring": {
    set(client, _account, desktop) {
      alice(client);
      Object.assign(desktop?.tokens ?? {}, { lasting: false });
    },
  },
};
