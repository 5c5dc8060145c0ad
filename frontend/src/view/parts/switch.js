// @ts-check
// On or off, with a line that explains it.

import { h, setText } from "../../lib/dom.js";

let counted = 0;

/**
 * @param {string} label
 * @param {{ hint?: string, set: (on: boolean) => void }} more
 */
export function createSwitch(label, { hint = "", set }) {
  const id = `switch-${++counted}`;
  const input = h("input", {
    id,
    class: "switch__input",
    type: "checkbox",
    role: "switch",
    "aria-describedby": `${id}-hint`,
  });
  const said = h("span", { class: "switch__hint", id: `${id}-hint` }, hint);
  const node = h(
    "div",
    { class: "switch" },
    h("label", { class: "switch__name", for: id }, label),
    input,
    said,
  );
  input.addEventListener("change", () => set(input.checked));
  return {
    node,
    /** @param {{ on: boolean, hint?: string, disabled?: boolean }} now */
    update({ on, hint: words = hint, disabled = false }) {
      input.checked = on;
      input.disabled = disabled;
      setText(said, words);
    },
  };
}
