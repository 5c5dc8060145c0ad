// @ts-check
// The panel beside a conversation with one person, or with oneself: who it is and how they are, and how the conversation
// is kept on the list.

import { h, setText } from "../../lib/dom.js";
import { failureText, titleOf } from "../context.js";
import { factsOf } from "../dialogs/profile.js";
import { createAvatar, faceOfConversation } from "../parts/avatar.js";
import { createAlert } from "../parts/form.js";
import { createSwitch } from "../parts/switch.js";
import { createPanel } from "./panel.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */

/**
 * @param {ClientPage} page
 * @param {Key} key
 * @param {() => void} close
 */
export function createPerson(page, key, close) {
  const { client, t } = page;
  const panel = createPanel(page, { label: t("person.label"), close: t("person.close"), closed: close });
  const avatar = createAvatar(page, 64);
  const name = h("bdi", { class: "person__name", dir: "auto" });
  const says = h("p", { class: "person__says" });
  const facts = h("div");
  const alert = createAlert();
  const pin = createSwitch(t("row.pin"), { set: (pinned) => change({ pinned }) });
  const mute = createSwitch(t("row.mute"), { set: (muted) => change({ muted }) });
  const keeping = h("div", { class: "person__keeping" }, pin.node, mute.node, alert.node);
  const hide = h("button", { type: "button", class: "button", "data-kind": "quiet" }, t("row.hide"));
  panel.body.append(h("div", { class: "person__head" }, avatar.node, name, says), facts, keeping);
  panel.foot.append(hide);
  let known = false;

  function update() {
    const view = client.log(key);
    const { peer, is_notes } = view;
    const presence = peer && !is_notes ? client.status(peer.id) : null;
    const title = titleOf(page, view);
    avatar.update({ ...faceOfConversation(view, title), presence });
    setText(name, title);
    setText(says, is_notes ? t("conversation.empty_notes") : presence ? t(`status.${presence}`) : "");
    if (peer && !is_notes && !known) {
      known = true;
      facts.append(factsOf(page, peer));
    }
    const row = client.conversations.rows.find((one) => one.key === key);
    keeping.hidden = !row;
    panel.foot.hidden = !row;
    pin.update({ on: Boolean(row?.pinned) });
    mute.update({ on: Boolean(row?.muted) });
  }

  /** Shown at once; what the server refuses is taken back, and said. @param {import("../../state/views.js").Change} wanted */
  async function change(wanted) {
    alert.show(null);
    try {
      await client.changeView(key, wanted);
      return true;
    } catch (error) {
      alert.show(failureText(page, error));
      return false;
    }
  }

  panel.life.listen(hide, "click", async () => {
    if (await change({ hidden: true })) {
      client.close();
    }
  });
  return panel.follow(["conversations", "people", "presence", "link", "log"], update);
}
