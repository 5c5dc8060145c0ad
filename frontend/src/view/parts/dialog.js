// @ts-check
// The frame of every dialog: a <dialog> with a heading and a close button, shown modally, which traps the focus, closes
// by Esc and by a press beside it, gives the focus back, and is gone afterwards.

import { h, Lifetime } from "../../lib/dom.js";
import { icon } from "./icon.js";

/** @typedef {import("../context.js").Page} Page */

/**
 * @typedef {object} Dialog
 * @property {HTMLDialogElement} node
 * @property {HTMLElement} body
 * @property {Lifetime} life  Ends when it closes.
 * @property {() => void} close
 */

let counted = 0;

/**
 * @param {Page} page
 * @param {{ title: string, name: string }} asked  `name` is for the style sheet.
 * @returns {Dialog}
 */
export function openDialog(page, { title, name }) {
  const life = new Lifetime();
  const id = `dialog-${++counted}`;
  const closing = h("button", {
    type: "button",
    class: "icon-button dialog__close",
    "aria-label": page.t("dialog.close"),
  });
  closing.append(icon("close"));
  const body = h("div", { class: "dialog__body" });
  const head = h(
    "header",
    { class: "dialog__head" },
    h("h2", { class: "dialog__title", id }, title),
    closing,
  );
  const node = h("dialog", { class: "dialog", "data-name": name, "aria-labelledby": id }, head, body);
  const opener = document.activeElement;
  const close = () => node.close();

  life.listen(closing, "click", close);
  closeBeside(node, life);
  // `close` comes for Esc too.
  life.listen(node, "close", () => {
    life.end();
    node.remove();
    // The browser gives the focus back to what had it; unless that was lost meanwhile, there is nothing to do.
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (lost && opener instanceof HTMLElement && opener.isConnected) {
      opener.focus({ preventScroll: true });
    }
  });
  page.root.append(node);
  node.showModal();
  return { node, body, life, close };
}

/**
 * A press that begins inside and ends outside, as when selecting text, is not one beside it.
 *
 * @param {HTMLDialogElement} node
 * @param {Lifetime} life
 */
function closeBeside(node, life) {
  let began = false;
  life.listen(node, "pointerdown", (event) => {
    began = event.target === node;
  });
  life.listen(node, "click", (event) => {
    if (began && event.target === node) {
      node.close();
    }
  });
}
