// @ts-check
// Says that this system keeps no secrets for us, so that nobody wonders about having to log in at each start.

import { h, Lifetime, setText } from "../../lib/dom.js";
import { icon } from "../parts/icon.js";

/** @param {import("../context.js").Page} page */
export function mountNoKeyring({ desktop, t }) {
  const life = new Lifetime();
  const title = h("span", { class: "banner__title" });
  const detail = h("span", { class: "banner__detail" });
  const words = h("div", { class: "banner__words", role: "status" }, title, detail);
  const known = h(
    "button",
    { type: "button", class: "button banner__retry", "data-kind": "small" },
    t("keyring.known"),
  );
  const node = h("div", { class: "banner hidden", "data-state": "no_keyring" }, icon("failed"), words, known);
  let dismissed = false;

  function update() {
    const shown = desktop !== null && !desktop.tokens.lasting && !dismissed;
    node.classList.toggle("hidden", !shown);
    known.hidden = !shown;
    setText(title, shown ? t("keyring.none") : "");
    setText(detail, shown ? t("keyring.none_hint") : "");
  }

  life.listen(known, "click", () => {
    dismissed = true;
    update();
  });
  if (desktop) {
    life.add(desktop.tokens.on("change", update));
  }
  update();
  return { node, destroy: () => life.end() };
}
