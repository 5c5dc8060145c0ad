// @ts-check
// What is bold, code, a quote or a list in what people write, as plain objects: a part of markdown, read by marked's
// lexer. Nothing that was written is ever lost. What is not of that part stays as it was written, and where pieces do
// not add up to the whole, all of it does. Pure; nothing here becomes markup.

import { addressAt, findLinks, safeAddress } from "./links.js";
import { merge, trimmed } from "./rich-nodes.js";

/**
 * @typedef {{ lexer: (text: string) => any[], use: (...extensions: any[]) => unknown }} Marked
 *
 * @typedef {{ kind: "text", text: string }} TextNode
 * @typedef {{ kind: "strong" | "em" | "del", nodes: RichNode[] }} SpanNode
 * @typedef {{ kind: "code", text: string }} CodeNode
 * @typedef {{ kind: "link", text: string, href: string }} LinkNode
 * @typedef {{ kind: "block", text: string, language: string }} BlockNode
 * @typedef {{ kind: "quote", nodes: RichNode[] }} QuoteNode
 * @typedef {{ kind: "list", ordered: boolean, items: { number: number | null, nodes: RichNode[] }[] }} ListNode
 * @typedef {TextNode | SpanNode | CodeNode | LinkNode | BlockNode | QuoteNode | ListNode} RichNode
 */

/** What takes longer to read than anybody means it is shown as it is: it would hold the page up. */
const MARKS_MOST = 600;
const LINES_MOST = 1500;
const BLANKS_MOST = 500;
/** Quotes in lists in quotes: deeper than this nobody means it. */
const DEEPEST = 8;

const nothing = () => undefined;

/** What marked is told not to see: titles, tables, rules, markup, and what would surprise in a chat. */
const SUBSET = {
  code: nothing,
  heading: nothing,
  lheading: nothing,
  hr: nothing,
  table: nothing,
  html: nothing,
  def: nothing,
  tag: nothing,
  reflink: nothing,
  autolink: nothing,
  br: nothing,
  /** Up to the next sign that may mean something. @param {string} src */
  inlineText(src) {
    const [raw] = /^[\s\S](?:(?!https?:\/\/|www\.)[^\\\x60*_~[])*/i.exec(src) ?? [src];
    return { type: "text", raw, text: raw };
  },
  /** Only lines that say so are quoted, not the answer below them. @this {any} @param {string} src */
  blockquote(src) {
    const found = /^(?:>(?: [^\n]*)?(?:\n|$))+/.exec(src);
    if (!found || !/[^>\s]/.test(found[0])) {
      return undefined;
    }
    const text = found[0].replace(/^> ?/gm, "").replace(/\n$/, "");
    return { type: "blockquote", raw: found[0], text, tokens: this.lexer.blockTokens(text, []) };
  },
  /** @param {string} src */
  url(src) {
    const piece = addressAt(src);
    const tokens = piece ? [{ type: "text", raw: piece.text, text: piece.text }] : [];
    return piece ? { type: "link", raw: piece.text, ...piece, tokens } : undefined;
  },
};

/** Without any of these there is nothing to read. */
const MAYBE = /[*_~\x60[]|^[ \t]*(?:[->]|\d{1,9}[.)])/m;

/** @type {WeakSet<Marked>} */
const taught = new WeakSet();

/**
 * @param {string} written
 * @param {Marked | null} marked  Null: there is none, and only links are found.
 * @returns {RichNode[]}
 */
export function readRich(written, marked) {
  const text = written.replace(/\r\n?/g, "\n");
  const plain = linked(text);
  if (!marked || !MAYBE.test(text) || isTooMuch(text)) {
    return plain;
  }
  if (!taught.has(marked)) {
    marked.use({ gfm: true, breaks: true, tokenizer: SUBSET });
    taught.add(marked);
  }
  try {
    const tokens = marked.lexer(text);
    return joined(tokens) === text ? merge(tokens.flatMap((token) => block(token, 0))) : plain;
  } catch {
    return plain;
  }
}

/** A long piece of code is none of it: what is within a fence is not looked into. @param {string} text */
function isTooMuch(text) {
  const outside = text.replace(/^(`{3,})[^\n`]*\n[\s\S]*?\n\1[ \t]*$/gm, "");
  const count = (/** @type {RegExp} */ sign) => outside.match(sign)?.length ?? 0;
  return (
    count(/[*_~\x60[]|^[ \t]*(?:[->]|\d+[.)])\s/gm) > MARKS_MOST ||
    count(/\n/g) > LINES_MOST ||
    outside.includes(" ".repeat(BLANKS_MOST))
  );
}

/** @param {any[]} tokens */
const joined = (tokens) => tokens.map(({ raw }) => raw).join("");

/** @param {string} text @returns {RichNode[]} */
function linked(text) {
  return findLinks(text).map(({ text: part, href }) =>
    href ? { kind: "link", text: part, href } : { kind: "text", text: part },
  );
}

/**
 * @param {any} token
 * @param {number} depth
 * @returns {RichNode[]}
 */
function block(token, depth) {
  if (depth > DEEPEST) {
    return linked(token.raw);
  }
  switch (token.type) {
    case "paragraph":
    case "text":
      return around(token);
    case "code":
      return fence(token);
    case "blockquote":
      return [
        {
          kind: "quote",
          nodes: trimmed(token.tokens.flatMap((/** @type {any} */ one) => block(one, depth + 1))),
        },
      ];
    case "list":
      return list(token, depth);
    default:
      return linked(token.raw);
  }
}

/**
 * A piece of running text, with the blanks and line breaks around it.
 *
 * @param {any} token
 * @returns {RichNode[]}
 */
function around(token) {
  const { raw, text, tokens } = token;
  const at = raw.indexOf(text);
  if (!tokens || at < 0 || joined(tokens) !== text) {
    return linked(raw);
  }
  return [...linked(raw.slice(0, at)), ...inline(tokens), ...linked(raw.slice(at + text.length))];
}

/**
 * A fence that was not closed is not one yet.
 *
 * @param {any} token
 * @returns {RichNode[]}
 */
function fence({ raw, text, lang }) {
  const [mark] = /^ {0,3}(?:\x60{3,}|~{3,})/.exec(raw) ?? [""];
  const closed = mark !== "" && raw.trimEnd().endsWith(`\n${mark.trim()}`);
  return closed ? [{ kind: "block", text, language: (lang ?? "").trim() }] : linked(raw);
}

/**
 * @param {any} token
 * @param {number} depth
 * @returns {RichNode[]}
 */
function list({ raw, ordered, items }, depth) {
  const marks = items.map((/** @type {any} */ item) => /^\s*(?:[-*]|(\d{1,9})[.)])(?=\s)/.exec(item.raw));
  const empty = items.some((/** @type {any} */ item) => item.text.trim() === "");
  if (
    empty ||
    marks.some((/** @type {unknown} */ mark) => mark === null) ||
    joined(items) !== raw.slice(0, joined(items).length)
  ) {
    return linked(raw);
  }
  return [
    {
      kind: "list",
      ordered,
      items: items.map((/** @type {any} */ item, /** @type {number} */ index) => ({
        number: marks[index]?.[1] ? Number(marks[index]?.[1]) : null,
        nodes: trimmed(item.tokens.flatMap((/** @type {any} */ one) => block(one, depth + 1))),
      })),
    },
  ];
}

/**
 * @param {any[]} tokens
 * @returns {RichNode[]}
 */
function inline(tokens) {
  return tokens.flatMap((token, index) =>
    piece(token, tokens[index - 1]?.raw ?? "", tokens[index + 1]?.raw ?? ""),
  );
}

/**
 * @param {any} token
 * @param {string} before
 * @param {string} after
 * @returns {RichNode[]}
 */
function piece(token, before, after) {
  switch (token.type) {
    case "strong":
    case "em":
    case "del":
      return span(token, before, after);
    case "codespan":
      return [{ kind: "code", text: token.text }];
    case "link":
      return link(token);
    // A backslash is rarely meant for us: a path, a shrug.
    case "escape":
      return [{ kind: "text", text: token.raw }];
    default:
      return linked(token.raw);
  }
}

/**
 * 2*3*4 is a sum and ~5 about five: single marks that touch a letter or digit are no marks. Nor is __init__ bold.
 *
 * @param {any} token
 * @param {string} before
 * @param {string} after
 * @returns {RichNode[]}
 */
function span(token, before, after) {
  const touches = /[a-z\d\\/]$/i.test(before) || /^[a-z\d]/i.test(after);
  const single = token.type === "em" || !token.raw.startsWith("~~");
  const isName = /^__\w+__$/.test(token.raw);
  const isMark = (token.type === "strong" && !isName) || (token.type === "em" && !touches) || !single;
  if (!isMark || !token.tokens || token.text.trim() === "") {
    return linked(token.raw);
  }
  return [{ kind: token.type, nodes: merge(inline(token.tokens)) }];
}

/**
 * [text](address): not where the text is itself an address, and another one.
 *
 * @param {any} token
 * @returns {RichNode[]}
 */
function link({ raw, text, href }) {
  const address = safeAddress(href);
  const disguised = findLinks(text).some((piece) => piece.href !== null && piece.href !== address);
  if (!address || text.trim() === "" || disguised) {
    return linked(raw);
  }
  return [{ kind: "link", text, href: address }];
}
