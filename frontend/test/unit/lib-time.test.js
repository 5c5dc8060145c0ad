// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalendar, daysBetween } from "../../src/lib/time.js";

const NOW = new Date(2026, 10, 24, 14, 5).getTime();
const english = createCalendar("en-GB", () => NOW);
const american = createCalendar("en-US", () => NOW);
const chinese = createCalendar("zh-CN", () => NOW);

/** @param {number} month @param {number} day @param {number} [hour] @param {number} [year] */
const at = (month, day, hour = 9, year = 2026) => new Date(year, month - 1, day, hour, 5).getTime();

test("today is a time", () => {
  assert.equal(english.listTime(at(11, 24)), "09:05");
  assert.equal(chinese.listTime(at(11, 24)), "09:05");
  assert.match(american.listTime(at(11, 24)), /^9:05\sAM$/u);
});

test("yesterday is a word, also when it is less than 24 hours ago", () => {
  assert.equal(english.listTime(at(11, 23, 23)), "Yesterday");
  assert.equal(chinese.listTime(at(11, 23, 0)), "昨天");
});

test("the last seven days are weekdays, before that it is a date", () => {
  assert.equal(english.listTime(at(11, 22)), "Sunday");
  assert.equal(chinese.listTime(at(11, 18)), "星期三");
  assert.equal(chinese.listTime(at(11, 17)), "11/17");
  assert.equal(chinese.listTime(at(12, 31, 9, 2025)), "2025/12/31");
});

test("a calendar that runs ahead does not make a message of yesterday", () => {
  assert.equal(english.listTime(NOW + 3_600_000), "15:05");
  assert.equal(chinese.listTime(at(11, 26)), "11/26");
});

test("a line between days says today, yesterday or the day", () => {
  assert.equal(english.day(at(11, 24)), "Today");
  assert.equal(chinese.day(at(11, 23)), "昨天");
  assert.match(english.day(at(11, 20)), /Friday.*20 November/u);
  assert.match(english.day(at(11, 20, 9, 2024)), /2024/u);
});

test("days are those of the calendar", () => {
  assert.equal(daysBetween(at(11, 23, 23), at(11, 24, 0)), 1);
  assert.equal(daysBetween(at(3, 1), at(4, 1)), 31);
});

test("a moment says its day unless that is today", () => {
  assert.equal(english.moment(at(11, 24, 18)), "18:05");
  assert.match(english.moment(at(11, 25)), /^25 November.*09:05$/u);
  assert.match(chinese.moment(at(11, 25)), /^11月25日.*09:05$/u);
  assert.match(english.moment(at(1, 2, 9, 2027)), /2027/u);
});
