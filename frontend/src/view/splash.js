// @ts-check
// What is there before it is known who is here: the grey outline of the columns, so that nothing moves when they come.
// The style sheet shows it only after 150 ms.

import { h } from "../lib/dom.js";
import { createSkeleton } from "./parts/notice.js";

/** @param {import("./context.js").Page} page */
export function mountSplash(page) {
  const node = h(
    "main",
    { class: "splash", "aria-busy": "true" },
    h("h1", { class: "hidden" }, page.t("app.name")),
    h("div", { class: "splash__rail" }),
    h("div", { class: "splash__list" }, createSkeleton(page.t("app.loading"), 7, "row")),
    h("div", { class: "splash__conversation" }),
  );
  page.root.append(node);
  return { destroy: () => node.remove() };
}
