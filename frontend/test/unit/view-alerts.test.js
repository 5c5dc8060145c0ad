// @ts-check
// When a message rings, and when it must not.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { en } from "../../src/lang/en.js";
import { Emitter } from "../../src/lib/emitter.js";
import { createTranslator } from "../../src/lib/i18n.js";
import { mountAlerts } from "../../src/view/alerts.js";
import { message } from "../gallery/content.js";
import { FakeClient, FakeDevice, FakePreferences, row } from "../gallery/fake.js";
import { settled } from "./support/clock.js";

/** @typedef {import("../../src/state/types.js").ConversationRow} ConversationRow */

/** @type {ReturnType<typeof scene>} */
let here;

function scene() {
  const client = new FakeClient();
  client.conversations = { state: "ready", error: null, settled: false, rows: [] };
  const device = new FakeDevice();
  const preferences = new FakePreferences({ notify: true, sound: true });
  const attention = Object.assign(new Emitter(), { looking: false });
  const words = createTranslator(en, "en");
  /** @type {string[]} */
  const gone = [];
  const go = (/** @type {string} */ key) => gone.push(key);
  const page = /** @type {any} */ ({ client, device, preferences, attention, words, t: words.t, go });
  const alerts = mountAlerts(page);
  return {
    client,
    device,
    preferences,
    attention,
    alerts,
    gone,
    /** The list is now this. @param {ConversationRow[]} rows @param {boolean} [told] */
    async list(rows, told = true) {
      client.conversations = { state: "ready", error: null, settled: told, rows };
      client.emit("conversations");
      await settled();
    },
    /** What is on the screen after a while. */
    shown() {
      mock.timers.tick(1000);
      return [...device.notifications.shown.values()].map(({ title, body }) => `${title}: ${body}`);
    },
  };
}

/** @param {number} seq @param {string} text @param {Partial<ConversationRow>} [more] */
const fromAlice = (seq, text, more = {}) =>
  row({ key: "u:2", last: message(seq, 2, 0, text), unread: 1, ...more });

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  Object.assign(globalThis, { document: { title: "" } });
  here = scene();
});

afterEach(() => {
  here.alerts.destroy();
  mock.timers.reset();
});

test("what was unread when the page came is no news; what comes then is", async () => {
  await here.list([fromAlice(1, "long ago")], false);
  await here.list([fromAlice(2, "while the page was closed")]);
  assert.deepEqual(here.shown(), []);
  await here.list([fromAlice(3, "now")]);
  assert.deepEqual(here.shown(), ["Alice Morgan: now"]);
  assert.equal(here.device.notifications.shown.get("u:2")?.face?.name, "Alice Morgan");
  assert.equal(here.device.sound.played, 1);
});

test("the same list again does not ring again, and a newer message takes the older one's place", async () => {
  await here.list([]);
  await here.list([fromAlice(3, "one")]);
  await here.list([fromAlice(4, "two", { unread: 2 })]);
  await here.list([fromAlice(4, "two", { unread: 2 })]);
  assert.deepEqual(here.shown(), ["Alice Morgan: two"]);
  assert.equal(here.device.sound.played, 1, "both within a moment are one");
});

test("in a group it says who", async () => {
  await here.list([]);
  await here.list([row({ key: "g:20481", last: message(9, 2, 0, "hello all"), unread: 1 })]);
  assert.deepEqual(here.shown(), ["Weekend hikers: Alice Morgan: hello all"]);
});

test("content that is to be hidden is not in it", async () => {
  here.preferences.set("notify_content", false);
  await here.list([]);
  await here.list([fromAlice(3, "a secret")]);
  assert.deepEqual(here.shown(), ["IM-TT: You have a new message"]);
  assert.equal(here.device.notifications.shown.get("u:2")?.face, undefined, "a face tells as much as a name");
});

test("nothing rings for what is looked at, muted, one's own, or while one is not to be disturbed", async () => {
  await here.list([]);
  here.client.current = "u:2";
  here.attention.looking = true;
  await here.list([fromAlice(1, "looked at")]);
  assert.deepEqual(here.shown(), []);
  here.attention.looking = false;
  await here.list([fromAlice(2, "muted", { muted: true })]);
  assert.deepEqual(here.shown(), []);
  await here.list([row({ key: "u:2", last: message(3, 1, 0, "from another device of mine"), unread: 1 })]);
  assert.deepEqual(here.shown(), []);
  here.preferences.set("quiet", true);
  await here.list([fromAlice(4, "quiet")]);
  assert.deepEqual([here.shown(), here.device.sound.played], [[], 0]);
  here.preferences.set("quiet", false);
  await here.list([fromAlice(5, "the premise: otherwise it rings")]);
  assert.deepEqual([here.shown().length, here.device.sound.played], [1, 1]);
});

test("a tab that is not the foremost says nothing", async () => {
  here.device.foremost.mine = false;
  await here.list([]);
  await here.list([fromAlice(3, "hello")]);
  assert.deepEqual([here.shown(), here.device.sound.played], [[], 0]);
});

test("what is read at once on another device does not ring, and what is read later is taken back", async () => {
  await here.list([]);
  await here.list([fromAlice(3, "read elsewhere")]);
  await here.list([fromAlice(3, "read elsewhere", { unread: 0 })]);
  assert.deepEqual(here.shown(), []);
  await here.list([fromAlice(4, "stays a while")]);
  assert.equal(here.shown().length, 1);
  await here.list([fromAlice(4, "stays a while", { unread: 0 })]);
  assert.deepEqual(here.shown(), []);
});

test("what is counted a little later than it came rings all the same", async () => {
  await here.list([]);
  await here.list([fromAlice(3, "hello", { unread: 0 })]);
  await here.list([fromAlice(3, "hello", { unread: 1 })]);
  assert.deepEqual(here.shown(), ["Alice Morgan: hello"]);
});

test("what was read and is marked as unread again does not ring", async () => {
  await here.list([]);
  await here.list([fromAlice(3, "hello", { unread: 0 })]);
  assert.deepEqual(here.shown(), []);
  await here.list([fromAlice(3, "hello", { unread: 1 })]);
  assert.deepEqual(here.shown(), []);
});

test("whoever asks for notifications a moment after a message is not told of that one", async () => {
  here.preferences.set("notify", false);
  here.preferences.set("sound", false);
  await here.list([]);
  await here.list([fromAlice(3, "before")]);
  here.preferences.set("notify", true);
  assert.deepEqual(here.shown(), []);
});

test("neither notification nor sound unless they were asked for", async () => {
  here.preferences.set("notify", false);
  here.preferences.set("sound", false);
  await here.list([]);
  await here.list([fromAlice(3, "hello")]);
  assert.deepEqual([here.shown(), here.device.sound.played], [[], 0]);
});

test("whoever presses it gets to that conversation", () => {
  here.device.notifications.emit("open", "u:2");
  assert.deepEqual(here.gone, ["u:2"]);
});

test("title and icon count what is unread, without the muted", async () => {
  await here.list([fromAlice(3, "hello", { unread: 3 }), row({ key: "g:5", unread: 50, muted: true })]);
  assert.deepEqual([document.title, here.device.badge.count], ["(3) IM-TT", 3]);
  await here.list([fromAlice(3, "hello", { unread: 0 })]);
  assert.deepEqual([document.title, here.device.badge.count], ["IM-TT", 0]);
});

test("a name that is still looked up is waited for, but not for ever", async () => {
  await here.list([fromAlice(1, "before")]);
  await here.list([fromAlice(2, "who is this", { peer: null })]);
  assert.deepEqual(here.shown(), []);
  await here.list([fromAlice(2, "who is this")]);
  assert.deepEqual(here.shown(), ["Alice Morgan: who is this"]);
  await here.list([
    fromAlice(2, "who is this"),
    row({ key: "u:3", peer: null, last: message(1, 3, 0, "hm"), unread: 1 }),
  ]);
  for (let seconds = 0; seconds < 10; seconds += 1) {
    here.shown();
  }
  assert.equal(here.shown().length, 2);
});
