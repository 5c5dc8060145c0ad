// @ts-check
// Asks once more before messages are deleted for oneself, and says what that is: others keep them.

import { h } from "../../lib/dom.js";

/**
 * @param {import("../context.js").Page} page
 * @param {import("../parts/dialog.js").Dialog} dialog
 * @param {() => void} remove
 */
export function fill({ t }, dialog, remove) {
  const cancel = h("button", { type: "button", class: "button", "data-kind": "quiet" }, t("dialog.cancel"));
  const button = h("button", { type: "button", class: "button", "data-kind": "danger" }, t("remove.submit"));
  dialog.body.append(
    h("p", { class: "form__text" }, t("remove.hint")),
    h("div", { class: "form__buttons" }, cancel, button),
  );
  dialog.life.listen(cancel, "click", dialog.close);
  dialog.life.listen(button, "click", () => {
    dialog.close();
    remove();
  });
  cancel.focus();
}
