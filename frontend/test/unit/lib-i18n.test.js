// @ts-check
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { chooseLanguage, createTranslator, loadCatalogue } from "../../src/lib/i18n.js";

const en = await loadCatalogue("en", true);
const zhCN = await loadCatalogue("zh-CN", true);
const english = createTranslator(en, "en");
const chinese = createTranslator(zhCN, "zh-CN");
const SRC = new URL("../../src/", import.meta.url);

test("the reader's first language that is spoken here is taken, with their region", () => {
  assert.deepEqual(chooseLanguage("auto", ["fr-FR", "zh-TW", "en-GB"]), { language: "zh-CN", tag: "zh-TW" });
  assert.deepEqual(chooseLanguage("auto", ["en-GB", "zh-CN"]), { language: "en", tag: "en-GB" });
  assert.deepEqual(chooseLanguage("auto", ["fr-FR"]), { language: "en", tag: "en" });
  assert.deepEqual(chooseLanguage("zh-CN", ["en-GB"]), { language: "zh-CN", tag: "zh-CN" });
});

test("plurals follow the language", () => {
  assert.equal(english.t("members.count", { count: 1 }), "1 member");
  assert.equal(english.t("members.count", { count: 2 }), "2 members");
  assert.equal(chinese.t("members.count", { count: 1 }), "1 名成员");
});

test("a place is filled with what was given, and never a second time", () => {
  assert.equal(english.t("log.announce", { name: "{text}", text: "hi" }), "{text}: hi");
  assert.equal(english.t("log.announce", { name: "$&", text: "$1" }), "$&: $1");
});

test("a sentence in pieces has what was given in its places", () => {
  assert.deepEqual(english.parts("note.removed", { by: "B", name: "N" }), ["", "B", " removed ", "N", ""]);
});

test("every error code of the protocol has a sentence in both languages", () => {
  const protocol = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
  const codes = [...protocol.matchAll(/^\| `(\w+)` \| \d{3} \|/gmu)].map(([, code]) => code);
  assert.ok(codes.length > 30);
  for (const { error } of [english, chinese]) {
    assert.deepEqual(
      [...codes, "network"].filter(
        (code) => error(code).includes(`(${code})`) || error(code).includes(`（${code}）`),
      ),
      [],
    );
  }
  assert.equal(english.error("from_the_future"), "That did not work (from_the_future).");
});

test("both languages have the same keys and the same places", () => {
  assert.deepEqual(Object.keys(zhCN).sort(), Object.keys(en).sort());
  for (const key of Object.keys(en)) {
    const name = /** @type {keyof typeof en} */ (key);
    assert.deepEqual(places(zhCN[name] ?? ""), places(en[name] ?? ""), key);
  }
});

/** @param {import("../../src/lib/i18n.js").Sentence} sentence */
function places(sentence) {
  const text = typeof sentence === "string" ? sentence : (sentence.other ?? "");
  return [...new Set(text.match(/\{\w+\}/gu) ?? [])].sort();
}

test("what only the desktop app says is not given to browsers", async () => {
  for (const [language, all] of /** @type {const} */ ([
    ["en", en],
    ["zh-CN", zhCN],
  ])) {
    const page = await loadCatalogue(language, false);
    const more = Object.keys(all).filter((key) => !(key in page));
    assert.ok(more.length > 30);
    assert.deepEqual(
      more.filter((key) => !/^(server|keyring|closing|desktop|tray)\.|^error\.server_/.test(key)),
      [],
    );
  }
});

test("no sentence is left that nothing says", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) =>
    /^(view|lib)\/.*\.js$/u.test(name),
  );
  const code = files.map((name) => readFileSync(new URL(name, SRC), "utf8")).join("\n");
  const unused = Object.keys(en).filter((key) => !code.includes(`"${key}"`) && !isMade(key));
  assert.deepEqual(unused, []);
});

/** Keys whose last part is put in by the code. @param {string} key */
function isMade(key) {
  return /^(error|status|role|entry|install|notify)\.|^emoji\.group_/u.test(key);
}
