// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { AVATAR_HUES, avatarAddress, avatarHue, initials } from "../../src/lib/avatar.js";

test("initials are how the words of a name begin", () => {
  assert.equal(initials("Alice Morgan"), "AM");
  assert.equal(initials("alice"), "A");
  assert.equal(initials("jean-luc picard"), "JP");
  assert.equal(initials("Dr. Ada Okafor"), "DO");
});

test("Chinese, Japanese and Korean names show their end", () => {
  assert.equal(initials("王小明"), "小明");
  assert.equal(initials("李"), "李");
  assert.equal(initials("さくら"), "くら");
  assert.equal(initials("김민준"), "민준");
});

test("an emoji is not cut", () => {
  assert.equal(initials("👩‍👩‍👧‍👦 The Riveras"), "👩‍👩‍👧‍👦");
});

test("accents do not pile up in the circle", () => {
  assert.equal(initials(`Z${"\u0310\u0327".repeat(40)}algo`), "Z");
});

test("a name of nothing visible still shows something", () => {
  assert.equal(initials("\u202E \u200b"), "?");
  assert.equal(initials(""), "?");
});

test("the colour of one person is always the same, and there is one for each id", () => {
  assert.equal(avatarHue("u:7"), avatarHue("u:7"));
  for (const seed of ["u:1", "g:1", "u:9007199254740991", "u:x"]) {
    const hue = avatarHue(seed);
    assert.ok(Number.isInteger(hue) && hue >= 0 && hue < AVATAR_HUES, seed);
  }
  const ten = new Set(Array.from({ length: AVATAR_HUES }, (_, id) => avatarHue(`u:${id}`)));
  assert.equal(ten.size, AVATAR_HUES);
});

test("only this server's own pictures are fetched: others would learn who looks", () => {
  assert.equal(avatarAddress("/files/a.png"), "/files/a.png");
  for (const bad of [
    "",
    "https://example.org/a.png",
    "http://example.org/a",
    "//example.org/a",
    "/\\example.org",
    "javascript:alert(1)",
    "data:x",
  ]) {
    assert.equal(avatarAddress(bad), null, bad);
  }
});
