// @ts-check
// One of a few: a group of radio buttons, each with an optional line that explains it.

import { h } from "../../lib/dom.js";

let counted = 0;

/**
 * @param {string} label
 * @param {{ value: string, label: string, hint?: string, lang?: string }[]} options
 * @param {{ layout?: "column" | "row" }} [more]
 */
export function createChoice(label, options, { layout = "column" } = {}) {
  const id = `choice-${++counted}`;
  const inputs = options.map(({ value }, index) =>
    h("input", { class: "choice__input", type: "radio", name: id, value, id: `${id}-${index}` }),
  );
  const items = options.map((option, index) => choiceItem(option, inputs[index]));
  const node = h("div", { class: "choice", role: "radiogroup", "aria-labelledby": id });
  node.append(
    h("div", { class: "choice__label", id }, label),
    h("div", { class: "choice__options", "data-layout": layout }, ...items),
  );

  return {
    node,
    /** @param {string} value */
    set(value) {
      for (const input of inputs) {
        input.checked = input.value === value;
      }
    },
    /** @param {(value: string) => void} handle */
    onChoice(handle) {
      node.addEventListener("change", (event) =>
        handle(/** @type {HTMLInputElement} */ (event.target).value),
      );
    },
    focus() {
      (inputs.find((input) => input.checked) ?? inputs[0]).focus();
    },
  };
}

/**
 * @param {{ label: string, hint?: string, lang?: string }} option
 * @param {HTMLInputElement} input
 */
function choiceItem({ label, hint, lang }, input) {
  if (hint) {
    input.setAttribute("aria-describedby", `${input.id}-hint`);
  }
  return h(
    "div",
    { class: "choice__option" },
    input,
    h("label", { class: "choice__name", for: input.id, lang }, label),
    hint && h("span", { class: "choice__hint", id: `${input.id}-hint` }, hint),
  );
}
