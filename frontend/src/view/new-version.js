// @ts-check
// The server has another build than the one that this page is of. The page goes on working, and is asked to be loaded
// anew: what is unsent is kept over that.

import { h, Lifetime, setText } from "../lib/dom.js";
import { icon } from "./parts/icon.js";

/** @param {import("./context.js").Page} page */
export function mountNewVersion({ build, t }) {
  const life = new Lifetime();
  const title = h("span", { class: "banner__title" });
  const words = h("div", { class: "banner__words", role: "status" }, title);
  const reload = h(
    "button",
    { type: "button", class: "button banner__retry", "data-kind": "small" },
    t("version.reload"),
  );
  const node = h("div", { class: "banner hidden", "data-state": "replaced" }, icon("reload"), words, reload);

  function update() {
    node.classList.toggle("hidden", !build.replaced);
    reload.hidden = !build.replaced;
    setText(title, build.replaced ? t("version.newer") : "");
  }

  life.listen(reload, "click", () => build.reload());
  life.add(build.on("change", update));
  update();
  return { node, destroy: () => life.end() };
}
