// @ts-check
// What somebody wrote, as elements: bold, code, quotes, lists and links, from the plain objects of lib/markdown.js. Only
// elements that are made here, text by text nodes: nothing that is written becomes markup.

import { h } from "../../lib/dom.js";
import { readRich } from "../../lib/markdown.js";
import { emojiCount } from "../../lib/text.js";
import { markdownReader } from "../../lib/vendor.js";
import { copyText } from "./copy.js";
import { icon } from "./icon.js";

/** @typedef {import("../../lib/markdown.js").RichNode} RichNode */
/** @typedef {import("../context.js").Page} Page */

/** As many emoji alone are shown large. */
const JUMBO_MOST = 3;

/**
 * @param {Page} page
 * @param {HTMLElement} place
 * @param {string} text
 */
export function showRichText(page, place, text) {
  const emoji = emojiCount(text, JUMBO_MOST);
  place.toggleAttribute("data-jumbo", emoji > 0);
  place.replaceChildren(...readRich(text, markdownReader()).map((node) => elementOf(page, node)));
}

/**
 * @param {Page} page
 * @param {RichNode} node
 * @returns {Node}
 */
function elementOf(page, node) {
  const all = (/** @type {RichNode[]} */ nodes) => nodes.map((one) => elementOf(page, one));
  switch (node.kind) {
    case "text":
      return document.createTextNode(node.text);
    case "strong":
    case "em":
    case "del":
      return h(node.kind, {}, ...all(node.nodes));
    case "code":
      return h("code", { class: "rich__code", dir: "ltr" }, node.text);
    case "link":
      return linkTo(node);
    case "block":
      return blockOf(page, node);
    case "quote":
      return h("blockquote", { class: "rich__quote" }, ...all(node.nodes));
    case "list": {
      const items = node.items.map(({ number, nodes }) => h("li", { value: number }, ...all(nodes)));
      return h(node.ordered ? "ol" : "ul", { class: "rich__list" }, ...items);
    }
  }
}

/**
 * The address is seen before it is opened, the page behind it learns nothing of ours, and cannot reach back.
 *
 * @param {import("../../lib/markdown.js").LinkNode} node
 */
function linkTo({ text, href }) {
  return h(
    "a",
    {
      class: "rich__link",
      href,
      target: "_blank",
      rel: "noopener noreferrer nofollow",
      referrerpolicy: "no-referrer",
      title: href === text ? null : href,
      dir: "auto",
    },
    text,
  );
}

/**
 * @param {Page} page
 * @param {import("../../lib/markdown.js").BlockNode} node
 */
function blockOf({ t }, { text, language }) {
  const button = h("button", {
    type: "button",
    class: "rich__copy",
    "aria-label": t("rich.copy"),
    title: t("rich.copy"),
  });
  button.append(icon("copy"));
  button.addEventListener("click", async () => {
    const done = await copyText(text);
    button.replaceChildren(icon(done ? "sent" : "failed"));
    button.setAttribute("aria-label", t(done ? "menu.copied" : "menu.not_copied"));
  });
  return h(
    "figure",
    { class: "rich__block" },
    h("figcaption", { class: "rich__language" }, language || t("rich.code")),
    button,
    h(
      "pre",
      { class: "rich__pre", tabindex: 0, "aria-label": t("rich.code"), role: "group", dir: "ltr" },
      text,
    ),
  );
}
