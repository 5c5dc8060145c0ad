// @ts-check
// The face of a user or group: a picture if there is one that loads, else initials on a colour that stays the same.
// With presence it carries the dot, which always has words beside it for those who do not see colours.

import { avatarAddress, avatarHue, initials } from "../../lib/avatar.js";
import { h, setAttribute, setText } from "../../lib/dom.js";

/** @typedef {import("../context.js").Page} Page */
/** @typedef {import("../context.js").Status} Status */

/**
 * @typedef {object} Face
 * @property {string} seed  `u:7`, `g:5`: chooses the colour.
 * @property {string} name
 * @property {string} [avatar]  An address, or empty.
 * @property {Status | null} [presence]  Left out: no dot.
 */

/**
 * @param {Page} page
 * @param {number} size  CSS px: 32, 40, 64.
 */
export function createAvatar(page, size) {
  const letters = h("span", { class: "avatar__letters" });
  const dot = h("span", { class: "avatar__presence", hidden: true });
  const node = h("span", { class: "avatar", "data-size": size, "aria-hidden": "true" }, letters, dot);
  /** @type {string | null} */
  let shown = null;
  /** @type {string | null} */
  let called = null;
  /** @type {HTMLImageElement | null} */
  let picture = null;

  /** @param {string | null} address */
  function showPicture(address) {
    if (address === shown) {
      return;
    }
    shown = address;
    picture?.remove();
    picture = address ? loadPicture(address) : null;
    if (picture) {
      dot.before(picture);
    }
  }

  /** @param {Face} face */
  function update(face) {
    if (face.name !== called) {
      called = face.name;
      setText(letters, initials(called));
    }
    setAttribute(node, "data-hue", avatarHue(face.seed));
    showPicture(avatarAddress(face.avatar ?? ""));
    dot.hidden = !face.presence;
    setAttribute(dot, "data-status", face.presence);
    setAttribute(dot, "title", face.presence ? page.t(`status.${face.presence}`) : null);
  }

  return { node, update };
}

/**
 * Hidden until it is there; one that is broken takes itself away, and the initials below stay.
 *
 * @param {string} address
 */
function loadPicture(address) {
  const picture = h("img", {
    class: "avatar__picture",
    alt: "",
    referrerpolicy: "no-referrer",
    draggable: "false",
  });
  picture.decoding = "async";
  picture.addEventListener("load", () => picture.setAttribute("data-loaded", ""), { once: true });
  picture.addEventListener("error", () => picture.remove(), { once: true });
  picture.src = address;
  return picture;
}

/**
 * @param {import("../context.js").User} user
 * @param {Status | null} [presence]
 * @returns {Face}
 */
export function faceOfUser(user, presence) {
  return { seed: `u:${user.id}`, name: user.username, avatar: user.avatar, presence };
}

/**
 * @param {{ key: string, peer: import("../context.js").User | null, group: import("../context.js").Group | null }} conversation
 * @param {string} name  As it is called here.
 * @returns {Face}
 */
export function faceOfConversation({ key, peer, group }, name) {
  return { seed: key, name, avatar: (group ?? peer)?.avatar };
}
