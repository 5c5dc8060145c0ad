// @ts-check
// The desktop app's first page: where the server is. There is nothing else to do before that is known.

import { h, Lifetime } from "../../lib/dom.js";
import { logo } from "../parts/logo.js";
import { createServerForm } from "./server-form.js";

/** @param {import("../context.js").Page} page */
export function mountChooseServer(page) {
  const { t } = page;
  const life = new Lifetime();
  const desktop = /** @type {import("../context.js").Desktop} */ (page.desktop);
  const form = createServerForm(page, desktop, life);
  const card = h(
    "div",
    { class: "login__card" },
    logo(),
    h("h1", { class: "login__heading" }, t("server.welcome")),
    h("p", { class: "login__lead" }, t("server.lead")),
    form.node,
  );
  const node = h("main", { class: "login" }, card);
  page.root.append(node);
  form.input.focus({ preventScroll: true });
  return {
    destroy() {
      life.end();
      node.remove();
    },
  };
}
