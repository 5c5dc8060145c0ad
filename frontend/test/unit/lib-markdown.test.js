// @ts-check
// What is read as markdown, and that nothing that was written is lost. The reader itself is marked's, as it is installed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Marked } from "marked";
import { addressAt, findLinks, safeAddress } from "../../src/lib/links.js";
import { readRich } from "../../src/lib/markdown.js";

const marked = new Marked();

/** As it would stand on one line: kinds around texts. @param {import("../../src/lib/markdown.js").RichNode[]} nodes @returns {string} */
function shape(nodes) {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case "text":
          return node.text;
        case "code":
          return `<code ${node.text}>`;
        case "link":
          return `<link ${node.text}>`;
        case "block":
          return `<block ${node.language}: ${node.text}>`;
        case "list":
          return node.items.map((item) => `<${item.number ?? "-"} ${shape(item.nodes)}>`).join("");
        default:
          return `<${node.kind} ${shape(node.nodes)}>`;
      }
    })
    .join("");
}

/** @param {string} text */
const read = (text) => shape(readRich(text, marked));

test("bold, italic, struck out and code are read, also without blanks around them", () => {
  assert.equal(read("**b** *i* _i_ ~~s~~ `c`"), "<strong b> <em i> <em i> <del s> <code c>");
  assert.equal(read("这是**重点**内容"), "这是<strong 重点>内容");
  assert.equal(read("***x***"), "<em <strong x>>");
});

test("what only looks like it stays as it was written", () => {
  const plain = [
    "2*3*4",
    "¯\\_(ツ)_/¯",
    "snake_case_name and other_case_too",
    "价格~100元~200",
    ">.<",
    "-",
    "+1",
    "__init__ and __proto__",
    "+ 1",
    "* ",
    "# no title\n\n\n    no code\n---\n| no | table |\n|--|--|",
    "```not closed\nyet",
    "[x]: nowhere",
    "<b>bold</b> <img src=x onerror=alert(1)> &amp; <!-- c -->",
    "![picture](data:x)",
    "line one\n\n\nline four\n\ttab",
    "a \\*b\\* c",
    "",
  ];
  for (const text of plain) {
    assert.equal(read(text), text);
  }
});

test("markup within marks is text", () => {
  assert.deepEqual(readRich("**<img src=x>**", marked), [
    { kind: "strong", nodes: [{ kind: "text", text: "<img src=x>" }] },
  ]);
});

test("a piece of code is as it was written, with its language", () => {
  assert.equal(
    read("see\n```js\nlet a = **1**;\n\n  b\n```\nafter"),
    "see<block js: let a = **1**;\n\n  b>after",
  );
  const long = `\`\`\`\n${"x_y * z;\n".repeat(1500)}\`\`\``;
  assert.match(read(long), /^<block : x_y/);
});

test("only lines that say so are quoted", () => {
  assert.equal(read("> so **you** said\n> twice\nyes"), "<quote so <strong you> said\ntwice>yes");
});

test("a list keeps its numbers, and its boxes", () => {
  assert.equal(read("plan:\n1. a\n1. b\n7. c"), "plan:<1 a><1 b><7 c>");
  assert.equal(read("- a\n- b\n  - c"), "<- a><- b<- c>>");
  assert.equal(read("- [ ] todo\n- [x] done"), "<- [ ] todo><- [x] done>");
});

test("a link leads to the web or to a mailbox, and nowhere else", () => {
  assert.equal(read("[ok](https://ok.org)"), "<link ok>");
  const refused = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "blob:x",
    "//x.org",
    "vbscript:x",
  ];
  for (const address of refused) {
    assert.equal(safeAddress(address), null, address);
    assert.ok(!read(`[x](${address})`).includes("<link x>"), address);
  }
});

test("an address behind another address is no link", () => {
  const text = "[https://bank.com](https://evil.com)";
  assert.equal(read(text), text);
});

test("addresses are found where they end, also in Chinese", () => {
  assert.equal(read("看https://a.com/b，谢谢"), "看<link https://a.com/b>，谢谢");
  assert.equal(
    read("(see http://x.y/a_(b)), www.x.org."),
    "(see <link http://x.y/a_(b)>), <link www.x.org>.",
  );
  assert.equal(read("https://a.com/_foo_bar_baz **b**"), "<link https://a.com/_foo_bar_baz> <strong b>");
  assert.equal(read("write to a.b@c.co!"), "write to <link a.b@c.co>!");
  assert.equal(addressAt("www.example.org/x")?.href, "https://www.example.org/x");
});

test("whatever is written, its pieces are the whole", () => {
  for (const text of [
    "https:// www. x@y",
    "http://http://x.org",
    "www.www.",
    "a@b@c.de",
    "https://x.org/)))...",
    "https://[::1",
  ]) {
    assert.equal(
      findLinks(text)
        .map((piece) => piece.text)
        .join(""),
      text,
    );
  }
});

test("without the reader there are links, and the text", () => {
  assert.equal(shape(readRich("**b** https://x.org", null)), "**b** <link https://x.org>");
});

// Without the limits some of these take minutes.
test("what was written to hold the page up does not", { timeout: 60_000 }, () => {
  const long = 16_000;
  const hostile = [
    ...["*a", "_a ", "`a", "[", "[a](", "a-", "a.", "> ", "- a\n", "1. a\n", " ", "\n", "\\", "~~a"],
    ...["www.", "a@", "(https://x", "https://x)"],
  ];
  for (const piece of hostile) {
    const text = `${piece.repeat(long / piece.length)}*@*`;
    assert.ok(readRich(text, marked).length > 0);
  }
});
