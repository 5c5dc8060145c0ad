// @ts-check
// Somebody logged in to one's account on another device. Whoever did that oneself puts it aside; whoever did not looks
// at the devices.

import { deviceName } from "../lib/device.js";
import { h, Lifetime, setText } from "../lib/dom.js";
import { openDevices } from "./dialogs/fetched.js";
import { icon } from "./parts/icon.js";

/** @param {import("./context.js").ClientPage} page */
export function mountNewLogin(page) {
  const { client, t } = page;
  const life = new Lifetime();
  const title = h("span", { class: "banner__title" });
  const words = h("div", { class: "banner__words", role: "status" }, title);
  const devices = button(t("devices.look"));
  const known = button(t("devices.known"));
  const node = h(
    "div",
    { class: "banner hidden", "data-state": "new_login" },
    icon("device"),
    words,
    devices,
    known,
  );

  /** @param {string} said */
  function show(said) {
    setText(title, said);
    for (const one of [devices, known]) {
      one.hidden = said === "";
    }
    node.classList.toggle("hidden", said === "");
  }

  life.add(
    client.on("logged_in", ({ device }) => {
      show(t("devices.logged_in", { name: deviceName(device) || t("devices.unknown") }));
    }),
  );
  life.listen(devices, "click", () => {
    show("");
    openDevices(page);
  });
  life.listen(known, "click", () => show(""));
  show("");
  return { node, destroy: () => life.end() };
}

/** @param {string} label */
function button(label) {
  return h("button", { type: "button", class: "button banner__retry", "data-kind": "small" }, label);
}
