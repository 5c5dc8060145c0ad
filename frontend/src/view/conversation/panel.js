// @ts-check
// The frame of what stands beside the messages: a title, the way to close it, and what scrolls between head and foot.

import { h } from "../../lib/dom.js";
import { icon } from "../parts/icon.js";

/**
 * @param {{ label: string, close: string, closed: () => void }} words  What it is, and what its button closes.
 */
export function createPanel({ label, close, closed }) {
  const title = h("h2", { class: "panel__title" }, label);
  const closing = h("button", { type: "button", class: "icon-button", "aria-label": close, title: close });
  closing.append(icon("close"));
  closing.addEventListener("click", closed);
  const body = h("div", { class: "panel__body" });
  const foot = h("footer", { class: "panel__foot" });
  const node = h(
    "aside",
    { class: "panel", "aria-label": label },
    h("header", { class: "panel__head" }, title, closing),
    body,
    foot,
  );
  return { node, title, body, foot, focus: () => closing.focus() };
}
