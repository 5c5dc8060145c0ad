// @ts-check
// What holds for every file of the client and no linter knows: who may know whom, and that nothing becomes markup.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../src/", import.meta.url));

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => /\.(js|css|html)$/.test(name) && !name.startsWith("vendor/"))
  .map((name) => ({ name, text: readFileSync(SOURCE + name, "utf8") }));
const modules = files.filter((file) => file.name.endsWith(".js"));

/** Whom a folder may import from, beside itself. `main.js` joins them all. @type {Record<string, string[]>} */
const KNOWS = {
  lib: ["lang"],
  lang: [],
  net: ["lib"],
  platform: ["lib"],
  state: ["lib", "net"],
  // The shapes of what the server says, and no more of the net.
  view: ["lib", "lang", "net/wire.js"],
};

/** What is really imported, as the formatter writes it; types are only words. @param {string} text */
function imports(text) {
  return [...text.matchAll(/^(?:import "|(?:import|export|\}) .*?\bfrom "|\} from ")([^"]+)";$/gm)].map(
    ([, path]) => String(path),
  );
}

/** @param {string} name */
const folderOf = (name) => (name.includes("/") ? String(name.split("/")[0]) : "");

test("there are files: the premise", () => {
  assert.ok(modules.length > 40 && files.some((file) => file.name === "index.html"));
});

test("every import is of this client's own files, by a relative path", () => {
  for (const { name, text } of modules) {
    for (const path of imports(text)) {
      assert.match(path, /^\.{1,2}\/.+\.js$/, name);
    }
  }
});

test("a folder knows only those that it may know", () => {
  const known = modules.flatMap(({ name, text }) =>
    imports(text).map((path) => ({ name, other: new URL(path, `file:///${name}`).pathname.slice(1) })),
  );
  assert.ok(known.length > 100, "the premise: imports are found");
  const strangers = known.filter(({ name, other }) => {
    const [from, to] = [folderOf(name), folderOf(other)];
    return from !== "" && from !== to && !KNOWS[from]?.some((allowed) => allowed === to || allowed === other);
  });
  assert.deepEqual(strangers, []);
});

test("every module is checked, and says first what lives in it", () => {
  for (const { name, text } of modules) {
    assert.match(text, name === "theme.js" ? /^\/\/ \S/ : /^\/\/ @ts-check\n\/\/ \S/, name);
  }
});

test("no styles and no handlers are written into elements", () => {
  for (const { name, text } of files) {
    assert.doesNotMatch(text, /setAttribute\([^)]*["'](style|on\w+|srcdoc)["']/, name);
    assert.doesNotMatch(text, /\b(javascript|vbscript):/i, name);
    if (name.endsWith(".html")) {
      assert.doesNotMatch(text, /\s(style|on\w+)=/i, name);
      assert.doesNotMatch(text, /<(style|script)>/i, name);
      assert.doesNotMatch(
        text,
        /<(script|link|img)[^>]* (src|href)="(?!\.\/)/,
        `${name}: relative to the page`,
      );
    }
  }
});

test("styles fetch nothing from elsewhere, and every one of them is in the page", () => {
  const page = String(files.find((file) => file.name === "index.html")?.text);
  for (const { name, text } of files.filter((file) => file.name.endsWith(".css"))) {
    assert.doesNotMatch(text, /@import|url\(\s*["']?(https?:|\/\/)/i, name);
    assert.ok(page.includes(`"./${name}"`), `${name} is not in index.html`);
  }
});

test("no string goes over a line, so that what begins a line as a comment does is one", () => {
  for (const { name, text } of modules) {
    const code = text.split("\n").filter((line) => !/^\s*(\/\/|\/?\*)/u.test(line));
    const open = code.filter((line) => line.split("`").length % 2 === 0 || line.endsWith("\\"));
    assert.deepEqual(
      open,
      [],
      `${name}: a template over several lines? (In an expression \\x60 stands for the sign.)`,
    );
    const mixed = text.split("\n").filter((line) => /^\s*\*(?:.*\*)?\/./u.test(line));
    assert.deepEqual(mixed, [], `${name}: code behind the end of a comment`);
  }
});
