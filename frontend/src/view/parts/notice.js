// @ts-check
// What a view shows instead of its content: that it is loading, empty, or what went wrong and how to try again.

import { h } from "../../lib/dom.js";
import { icon } from "./icon.js";
import { picture } from "./picture.js";

/** @typedef {import("../context.js").Page} Page */

/**
 * @param {Page} page
 * @param {{ icon: string, title: string, heading?: boolean, hint?: string, code?: string | null,
 *   action?: { label: string, run: () => void } }} asked
 */
export function createNotice(page, { icon: name, title, heading, hint, code, action }) {
  const node = h(
    "div",
    { class: "notice" },
    picture(name) ?? h("span", { class: "notice__picture", "aria-hidden": "true" }, icon(name)),
    h(heading ? "h1" : "p", { class: "notice__title" }, title),
    hint && h("p", { class: "notice__hint" }, hint),
    code && createCode(page, code),
  );
  if (action) {
    const button = h("button", { type: "button", class: "button", "data-kind": "quiet" }, action.label);
    button.addEventListener("click", action.run);
    node.append(button);
  }
  return node;
}

/**
 * For whoever asks somebody what it means.
 *
 * @param {Page} page
 * @param {string} code
 */
function createCode({ t }, code) {
  const said = h("span", { class: "hidden", role: "status" });
  const copy = h("button", {
    type: "button",
    class: "icon-button notice__copy",
    "aria-label": t("dialog.copy_code"),
  });
  copy.append(icon("copy"));
  copy.title = t("dialog.copy_code");
  // By plain http there is no clipboard: the code can be selected.
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code);
      copy.replaceChildren(icon("sent"));
      said.textContent = t("dialog.copied");
    } catch {
      // Refused: it can be selected.
    }
  });
  return h(
    "p",
    { class: "notice__code" },
    h("span", { class: "notice__code-text" }, t("dialog.error_code", { code })),
    copy,
    said,
  );
}

/**
 * Grey shapes where rows will be. The style sheet lets them appear only after 150 ms, so that what loads fast does not
 * flicker.
 *
 * @param {string} label
 * @param {number} rows
 * @param {"row" | "bubble" | "member"} shape
 */
export function createSkeleton(label, rows, shape) {
  const node = h("div", { class: "skeleton", "data-shape": shape, role: "status", "aria-label": label });
  for (let row = 0; row < rows; row += 1) {
    node.append(
      h(
        "div",
        { class: "skeleton__row" },
        h("span", { class: "skeleton__face" }),
        h("span", { class: "skeleton__lines" }),
      ),
    );
  }
  return node;
}
