// @ts-check
// Where one is logged in, the newest log-in first; ends one of them, or all but this one after asking once more.

import { deviceName } from "../../lib/device.js";
import { bdi, h, setText } from "../../lib/dom.js";
import { failureText } from "../context.js";
import { createAlert } from "../parts/form.js";
import { icon } from "../parts/icon.js";
import { createSkeleton } from "../parts/notice.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../../net/wire.js").Device} Device */

/**
 * @param {ClientPage} page
 * @param {import("../parts/dialog.js").Dialog} dialog
 */
export function fill(page, dialog) {
  const { client, t } = page;
  const alert = createAlert();
  const list = h("ul", { class: "devices" });
  const others = h(
    "button",
    { type: "button", class: "button", "data-kind": "danger", hidden: true },
    t("devices.end_others"),
  );
  const cancel = h(
    "button",
    { type: "button", class: "button", "data-kind": "quiet", hidden: true },
    t("dialog.cancel"),
  );
  const hint = h("p", { class: "form__text", role: "status" }, t("devices.hint"));
  dialog.body.append(hint, alert.node, list, h("div", { class: "form__buttons" }, cancel, others));
  let asking = false;

  /** @param {boolean} now  Whether the next press of the button is meant. */
  function ask(now) {
    asking = now;
    cancel.hidden = !now;
    setText(others, t(now ? "devices.end_others_sure" : "devices.end_others"));
    setText(hint, t(now ? "devices.end_others_hint" : "devices.hint"));
  }

  /** @param {() => Promise<unknown>} act */
  async function attempt(act) {
    alert.show(null);
    try {
      await act();
      await load();
    } catch (error) {
      if (!dialog.life.ended) {
        alert.show(failureText(page, error));
      }
    }
  }

  async function load() {
    const devices = await client.devices.list();
    if (dialog.life.ended) {
      return;
    }
    others.hidden = devices.every(({ current }) => current);
    list.replaceChildren(...devices.map(rowOf));
    if (!dialog.node.contains(document.activeElement)) {
      // What had it is gone.
      (list.querySelector("button") ?? dialog.node.querySelector("button"))?.focus();
    }
  }

  /** @param {Device} device */
  function rowOf(device) {
    const name = deviceName(device.device) || t("devices.unknown");
    const when = page.calendar.listTime(Date.parse(device.refreshed_at));
    const end = h(
      "button",
      {
        type: "button",
        class: "button",
        "data-kind": "small",
        "aria-label": t("devices.end_label", { name }),
      },
      t("devices.end"),
    );
    end.addEventListener("click", () => {
      end.disabled = true;
      attempt(() => client.devices.end(device.id)).then(() => {
        end.disabled = false;
      });
    });
    const seen = device.current ? t("devices.current") : t("devices.seen", { time: when });
    const since = t("devices.since", { time: page.calendar.listTime(Date.parse(device.created_at)) });
    return h(
      "li",
      { class: "devices__one", "data-current": String(device.current) },
      icon("device"),
      h(
        "div",
        { class: "devices__words" },
        bdi(name, { class: "devices__name", title: device.device }),
        h("span", { class: "devices__seen" }, seen),
        h("span", { class: "devices__seen" }, since),
      ),
      device.current ? null : end,
    );
  }

  dialog.life.listen(cancel, "click", () => ask(false));
  dialog.life.listen(others, "click", () => {
    if (!asking) {
      return ask(true);
    }
    ask(false);
    attempt(() => client.devices.endOthers());
  });
  list.append(createSkeleton(t("devices.loading"), 3, "member"));
  attempt(async () => {});
}
