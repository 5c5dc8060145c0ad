// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { findEmoji, inTone } from "../../src/lib/emoji.js";
import { emojiCount } from "../../src/lib/text.js";

/** @type {import("../../src/lib/emoji.js").Emoji[]} */
const LIST = [
  { e: "😺", g: 0, en: "grinning cat", zh: "笑脸猫", w: "animal face 猫" },
  { e: "🐈", g: 3, en: "cat", zh: "猫", w: "animal pet 动物" },
  { e: "🎓", g: 7, en: "graduation cap", zh: "毕业帽", w: "education ceremony" },
  {
    e: "👋",
    g: 1,
    en: "waving hand",
    zh: "挥手",
    w: "hello bye 你好",
    s: ["👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"],
  },
  { e: "🏻", g: 2, en: "light skin tone", zh: "较浅肤色", w: "cat" },
];

/** @param {string} asked */
const found = (asked) => findEmoji(LIST, asked).map(({ e }) => e);

test("emoji are found by words of both languages, the best name first", () => {
  assert.deepEqual(found("cat"), ["🐈", "😺", "🎓"]);
  assert.deepEqual(found("猫"), ["🐈", "😺"]);
  assert.deepEqual(found("你好"), ["👋"]);
  assert.deepEqual(found("HAND wav"), ["👋"]);
  assert.deepEqual(found("🐈"), ["🐈"]);
  assert.deepEqual([found("  "), found("nothing"), found("cat 你好")], [[], [], []]);
});

test("parts of emoji are none", () => {
  assert.deepEqual(found("skin"), []);
});

test("a colour of skin is used where there is one", () => {
  assert.deepEqual([inTone(LIST[3], 0), inTone(LIST[3], 5), inTone(LIST[1], 5)], ["👋", "👋🏿", "🐈"]);
});

test("a few emoji and nothing else are counted", () => {
  const counts = ["🎉", "👩‍👩‍👧‍👦👨🏽‍💻", " 🏳️‍🌈 🇨🇳 1️⃣ ", "❤️"].map((text) => emojiCount(text, 3));
  assert.deepEqual(counts, [1, 2, 3, 1]);
});

test("text, digits and many emoji are not", () => {
  for (const text of ["", "  ", "1", "#", "©", "ok 👍", "👍.", "🎉🎉🎉🎉", "猫", "🎉".repeat(5000)]) {
    assert.equal(emojiCount(text, 3), 0, text.slice(0, 10));
  }
});
