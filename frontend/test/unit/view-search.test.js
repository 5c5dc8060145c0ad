// @ts-check
// What a search through all conversations shows of a message: the words, and a little around them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { snippet } from "../../src/view/dialogs/search.js";

test("every second piece is what was typed, as it was written", () => {
  assert.deepEqual(snippet("Shall we meet?", " MEET "), ["Shall we ", "meet", "?"]);
  assert.deepEqual(snippet("meet, and meet again", "meet"), ["", "meet", ", and ", "meet", " again"]);
  assert.deepEqual(snippet("周六早上八点在东门集合", "东门"), ["周六早上八点在", "东门", "集合"]);
});

test("it stands in one line, whatever stands between the words", () => {
  assert.deepEqual(snippet("\n one\n\n two\tthree\n", "two three"), ["one ", "two three", ""]);
  assert.deepEqual(snippet("one   two", "e \n tw"), ["on", "e tw", "o"]);
});

test("of a long text there is what is around the first, from a whole word on", () => {
  const [before, hit, after] = snippet(`${"word ".repeat(3000)}needle${" more".repeat(3000)}`, "needle");
  assert.equal(before, "…word word word word ");
  assert.equal(hit, "needle");
  assert.match(after ?? "", /^ more more.*…$/u);
  assert.ok((after ?? "").length < 200);
  const [chinese] = snippet(`${"字".repeat(100)}针`, "针");
  assert.equal(chinese, `…${"字".repeat(24)}`);
});

test("letters stay whole, before it and in it", () => {
  const family = "👨‍👩‍👧‍👦";
  assert.equal(snippet(`${family.repeat(60)}needle`, "needle")[0], `…${family.repeat(24)}`);
  assert.deepEqual(snippet("cafe\u0301 noir", "cafe"), ["", "cafe\u0301", " noir"]);
});

test("where lower case has other places nothing is marked, and nothing is lost", () => {
  assert.deepEqual(snippet("\u0130stanbul needle", "needle"), ["\u0130stanbul needle"]);
});
