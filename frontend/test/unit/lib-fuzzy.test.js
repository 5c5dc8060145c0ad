// @ts-check
// What somebody types into the switcher, and which names it means.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fits } from "../../src/lib/fuzzy.js";

/** @param {string} typed @param {string[]} names */
function best(typed, names) {
  const found = names.map((name) => ({ name, score: fits(typed, name)?.score ?? Number.NEGATIVE_INFINITY }));
  return found.sort((a, b) => b.score - a.score)[0].name;
}

/** The letters that were marked. @param {string} typed @param {string} name */
function marked(typed, name) {
  const match = fits(typed, name);
  return match ? [...name].filter((_, index) => match.at.has(index)).join("") : null;
}

test("letters in their order fit, in another order they do not", () => {
  assert.equal(marked("amo", "Alice Morgan"), "AMo");
  assert.equal(fits("oma", "Alice Morgan"), null);
  assert.equal(fits("alicee", "Alice"), null);
});

test("the beginning is better than the beginning of a word, that better than the middle, that better than pieces", () => {
  assert.equal(best("mo", ["Alice Morgan", "Moira", "Ramona", "M. Otto"]), "Moira");
  assert.equal(best("mo", ["Alice Morgan", "Ramona", "M. Otto"]), "Alice Morgan");
  assert.equal(best("mo", ["Ramona", "M. Otto"]), "Ramona");
});

test("of two that fit alike the shorter name comes first", () => {
  assert.equal(best("al", ["Alexander", "Al"]), "Al");
});

test("accents and case do not matter, and the letters of the name are marked", () => {
  assert.equal(marked("zoe", "ZOË Müller"), "ZOË");
  assert.equal(marked("mull", "ZOË Müller"), "Müll");
});

test("Chinese names are found by their characters", () => {
  assert.equal(marked("小明", "王小明"), "小明");
  assert.equal(fits("明小", "王小明"), null);
});

test("beginnings of words are taken before letters within, where the rest still fits", () => {
  assert.equal(marked("ao", "Dr. Ada Okafor"), "AO");
  assert.deepEqual([...(fits("an", "banana n")?.at ?? [])], [1, 2]);
});

test("nothing typed fits everything alike", () => {
  assert.deepEqual(fits("  ", "Alice"), { score: 0, at: new Set() });
});
