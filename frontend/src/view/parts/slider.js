// @ts-check
// A number between two others, with its value beside it.

import { h, setAttribute, setText } from "../../lib/dom.js";

let counted = 0;

/**
 * @param {string} label
 * @param {{ range: [number, number], say: (value: number) => string, set: (value: number) => void }} more
 */
export function createSlider(label, { range: [min, max], say, set }) {
  const id = `slider-${++counted}`;
  const input = h("input", { id, class: "slider__input", type: "range", min, max, step: 1 });
  const shown = h("output", { class: "slider__value", for: id });
  const node = h(
    "div",
    { class: "slider" },
    h("label", { class: "slider__name", for: id }, label),
    shown,
    h(
      "div",
      { class: "slider__track" },
      h("span", { class: "slider__end", "aria-hidden": "true", "data-end": "small" }, "A"),
      input,
      h("span", { class: "slider__end", "aria-hidden": "true", "data-end": "large" }, "A"),
    ),
  );

  /** @param {number} value */
  function update(value) {
    input.value = String(value);
    setText(shown, say(value));
    setAttribute(input, "aria-valuetext", say(value));
  }

  input.addEventListener("input", () => {
    update(Number(input.value));
    set(Number(input.value));
  });
  return { node, update };
}
