// @ts-check
// The mark of the product, on pages that one sees before anything else.

import { svg } from "../../lib/dom.js";

/** The same picture as icon.svg, in the colours of the theme. */
export function logo() {
  return svg(
    "svg",
    { class: "login__logo", viewBox: "0 0 56 56", "aria-hidden": "true" },
    svg("path", {
      class: "login__logo-bubble",
      d: "M14 6h28a9 9 0 0 1 9 9v17a9 9 0 0 1-9 9H27l-12 9v-9h-1a9 9 0 0 1-9-9V15a9 9 0 0 1 9-9z",
    }),
    svg("path", { class: "login__logo-lines", d: "M17 19h22M17 28h14" }),
  );
}
