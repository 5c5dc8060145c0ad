// @ts-check
// The frame of what stands beside the messages: a title, the way to close it, what scrolls between head and foot, and what
// it follows until it goes.

import { h, Lifetime } from "../../lib/dom.js";
import { icon } from "../parts/icon.js";

/**
 * @param {import("../context.js").ClientPage} page
 * @param {{ label: string, close: string, closed: () => void }} words  What it is, and what its button closes.
 */
export function createPanel({ client }, { label, close, closed }) {
  const life = new Lifetime();
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
  return {
    title,
    body,
    foot,
    life,
    /** Fills it, now and whenever one of these is news. @param {string[]} topics @param {() => void} update */
    follow(topics, update) {
      for (const topic of topics) {
        life.add(client.on(topic, update));
      }
      update();
      return {
        node,
        focus: () => closing.focus(),
        destroy() {
          life.end();
          node.remove();
        },
      };
    },
  };
}
