// @ts-check
// The round button above the composer that goes to the newest message and counts what waits there.

import { h, setAttribute, setText } from "../../lib/dom.js";
import { icon } from "../parts/icon.js";

/**
 * @param {import("../context.js").ClientPage} page
 * @param {() => void} jump
 */
export function createJump({ t }, jump) {
  const count = h("span", { class: "jump__count", "aria-hidden": "true", hidden: true });
  const node = h("button", { type: "button", class: "jump", hidden: true }, icon("down"), count);
  node.addEventListener("click", jump);
  return {
    node,
    /**
     * @param {boolean} shown
     * @param {number} waiting
     */
    show(shown, waiting) {
      node.hidden = !shown;
      count.hidden = waiting === 0;
      setText(count, waiting > 99 ? t("app.more_than", { count: 99 }) : String(waiting));
      const label = waiting > 0 ? t("log.jump_count", { count: waiting }) : t("log.jump");
      setAttribute(node, "aria-label", label);
      setAttribute(node, "title", label);
    },
  };
}
