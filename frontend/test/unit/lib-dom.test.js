// @ts-check
// The part of lib/dom.js that needs no page: which elements may rest. The rest is tried in a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { restingPlaces } from "../../src/lib/dom.js";

test("an order that did not change moves nothing", () => {
  assert.deepEqual([...restingPlaces([0, 1, 2, 3])].sort(), [0, 1, 2, 3]);
});

test("a row that goes to the top is the only one that moves", () => {
  assert.deepEqual([...restingPlaces([3, 0, 1, 2])].sort(), [1, 2, 3]);
});

test("a row that goes to the end is the only one that moves", () => {
  assert.deepEqual([...restingPlaces([1, 2, 3, 0])].sort(), [0, 1, 2]);
});

test("new rows are put in, the others rest", () => {
  assert.deepEqual([...restingPlaces([-1, 0, -1, 1, -1])].sort(), [1, 3]);
});

test("a reversed order keeps one", () => {
  assert.equal(restingPlaces([4, 3, 2, 1, 0]).size, 1);
});

test("nothing rests in an empty list", () => {
  assert.equal(restingPlaces([]).size, 0);
});
