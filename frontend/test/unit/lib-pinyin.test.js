// @ts-check
// Which Chinese names somebody means who types how they are said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readingsOf, sounds } from "../../src/lib/pinyin.js";

const readings = readingsOf({
  wang: "王",
  xiao: "小",
  ming: "明",
  zeng: "曾",
  ceng: "曾",
  xi: "西",
  an: "安",
  lv: "绿",
  lu: "绿",
});

/** The letters that were marked. @param {string} typed @param {string} name */
function marked(typed, name) {
  const match = sounds(typed, name, readings);
  return match ? [...name].filter((_, index) => match.at.has(index)).join("") : null;
}

test("a name is found by its whole sound, its initials, and any mixture of them", () => {
  for (const typed of ["wangxiaoming", "wxm", "wangxm", "wxiaom", "wang xiao ming", "WangXM", "王xm"]) {
    assert.equal(marked(typed, "王小明"), "王小明", typed);
  }
});

test("a beginning is enough, and what is within is found too, behind the beginnings", () => {
  assert.equal(marked("wang", "王小明"), "王");
  assert.equal(marked("wa", "王小明"), "王");
  assert.equal(marked("xm", "王小明"), "小明");
  const [first, within] = ["明小王", "王小明"].map((name) => sounds("ming", name, readings)?.score ?? 0);
  assert.ok(first > within);
});

test("another sound, a character left out and more than there is do not fit", () => {
  for (const typed of ["zhang", "wm", "wxmx", "wngxm", "", " "]) {
    assert.equal(marked(typed, "王小明"), null, typed);
  }
});

test("each of several readings counts, also that of a letter which few keyboards have", () => {
  assert.equal(marked("zeng", "曾小明"), "曾");
  assert.equal(marked("ceng", "曾小明"), "曾");
  assert.equal(marked("lvx", "绿小"), "绿小");
  assert.equal(marked("lux", "绿小"), "绿小");
  assert.equal(marked("lüx", "绿小"), "绿小");
});

test("an apostrophe parts syllables; blanks and other letters of the name are no hindrance", () => {
  assert.equal(marked("xi'an", "西安"), "西安");
  assert.equal(marked("wxm", "王 小明"), "王 小明");
  assert.equal(marked("xmking", "小明King"), "小明King");
});

test("a name without Chinese characters is not its affair", () => {
  assert.equal(sounds("alice", "Alice", readings), null);
});
