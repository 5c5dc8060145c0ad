// @ts-check
// Puts text on the clipboard. Pages that came over plain http from another machine have no clipboard of their own: there
// the old way, by marking what is to be copied.

import { h } from "../../lib/dom.js";

/**
 * @param {string} text
 * @returns {Promise<boolean>} Whether it is there now.
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyMarked(text);
  }
}

/** @param {string} text */
function copyMarked(text) {
  const before = document.activeElement;
  const field = h("textarea", { class: "hidden", readonly: true, "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) {
    before.focus({ preventScroll: true });
  }
  return done;
}
