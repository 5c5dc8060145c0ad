// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { clip, graphemes, isBlank, oneLine, plainName } from "../../src/lib/text.js";

const FAMILY = "👩‍👩‍👧‍👦";

test("a family emoji is one character", () => {
  assert.deepEqual(graphemes(`a${FAMILY}b`), ["a", FAMILY, "b"]);
});

test("a short text stays as it is", () => {
  assert.equal(clip("hello", 5), "hello");
});

test("a long text is cut between characters, never inside one", () => {
  assert.equal(clip(FAMILY.repeat(5), 2), `${FAMILY}${FAMILY}…`);
  assert.equal(clip("e\u0301e\u0301e\u0301", 2), "e\u0301e\u0301…");
});

test("a tower of accents does not make a preview long", () => {
  const tower = `Z${"\u0310".repeat(5000)}`;
  assert.ok(clip(tower.repeat(50), 10).length <= 10 * 24 + 1);
});

test("line breaks and blanks become one blank", () => {
  assert.equal(oneLine("  one\n\n two\t three  "), "one two three");
});

test("a name in a sentence cannot switch its direction", () => {
  assert.equal(plainName("ad\u202Emin\u2067x\u2069"), "adminx");
});

test("blanks alone are nothing to send", () => {
  assert.ok(isBlank(" \n\t\u00a0"));
  assert.ok(!isBlank(" x "));
});
