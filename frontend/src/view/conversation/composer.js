// @ts-check
// Where one writes. Enter sends, but never while an input method composes; what is written stays with its conversation
// until it is sent. Works without a connection: what is sent then waits.

import { h, Lifetime, setAttribute, setText } from "../../lib/dom.js";
import { isBlank } from "../../lib/text.js";
import { failureText, titleOf } from "../context.js";
import { createAlert } from "../parts/form.js";
import { icon } from "../parts/icon.js";

/** @typedef {import("../context.js").ClientPage} ClientPage */
/** @typedef {import("../context.js").Key} Key */

/**
 * @param {ClientPage} page
 * @param {Key} key
 * @param {() => void} afterSend
 */
export function createComposer(page, key, afterSend) {
  const { client, t } = page;
  const life = new Lifetime();
  // The same text in a box that grows by itself: measuring the textarea would make it small for a moment, and the log
  // above would lose its place.
  const mirror = h("div", { class: "composer__mirror", "aria-hidden": "true" });
  const input = h("textarea", {
    class: "composer__input",
    rows: 1,
    dir: "auto",
    "aria-label": t("composer.label"),
    enterkeyhint: "send",
  });
  const alert = createAlert();
  const hint = h("span", { class: "composer__hint" });
  const button = h(
    "button",
    { type: "submit", class: "button composer__send", "data-kind": "main" },
    t("composer.send"),
  );
  const emoji = h("button", {
    type: "button",
    class: "icon-button composer__emoji",
    "aria-label": t("emoji.open"),
    title: t("emoji.open"),
    "aria-expanded": "false",
    "aria-haspopup": "dialog",
  });
  emoji.append(icon("emoji"));
  const form = h(
    "form",
    { class: "composer__form" },
    h("div", { class: "composer__box" }, mirror, input),
    alert.node,
    h("div", { class: "composer__bar" }, emoji, hint, button),
  );
  const gone = key.startsWith("g:") ? "conversation.gone" : "conversation.nobody";
  const instead = h("p", { class: "composer__instead", role: "status", hidden: true });
  const node = h("div", { class: "composer" }, form, instead);
  const composition = watchComposition(input, life);

  let cancelMuted = () => {};
  function update() {
    const view = client.log(key);
    const muted = mutedUntil(view, page.calendar.now());
    cancelMuted();
    cancelMuted = muted ? life.after(Math.min(muted - page.calendar.now(), LONGEST_WAIT), update) : () => {};
    form.hidden = view.state === "gone" || muted > 0;
    instead.hidden = !form.hidden;
    if (form.hidden) {
      panel?.close();
    }
    setText(instead, muted > 0 ? t("composer.muted", { until: page.calendar.moment(muted) }) : t(gone));
    setText(
      hint,
      t(
        client.link.state === "offline" || client.link.state === "waiting"
          ? "composer.waiting"
          : page.preferences.get("send_key") === "ctrl_enter"
            ? "composer.hint_ctrl"
            : "composer.hint",
      ),
    );
    setAttribute(input, "placeholder", t("composer.placeholder", { name: titleOf(page, view) }));
  }

  function follow() {
    // A last line that is empty has no height of its own.
    setText(mirror, `${input.value}\n`);
    setAttribute(button, "aria-disabled", String(isBlank(input.value)));
  }

  function onInput() {
    follow();
    alert.show(null);
    client.setDraftText(key, input.value);
    if (!isBlank(input.value)) {
      client.typing(key);
    }
  }

  function send() {
    if (isBlank(input.value)) {
      return;
    }
    try {
      client.send(key, input.value);
    } catch (error) {
      alert.show(failureText(page, error));
      return;
    }
    input.value = "";
    client.setDraftText(key, "");
    follow();
    afterSend();
  }

  /** @type {ReturnType<typeof import("./emoji-panel.js").openEmojiPanel> | null} */
  let panel = null;
  async function toggleEmoji() {
    if (panel) {
      panel.close();
      return;
    }
    // Few open it, and its list has to be fetched anyway.
    const module = await import("./emoji-panel.js").catch(() => null);
    if (life.ended || panel) {
      return;
    }
    if (!module) {
      alert.show(page.words.error("network"));
      return;
    }
    setAttribute(emoji, "aria-expanded", "true");
    panel = module.openEmojiPanel(page, {
      pick: insert,
      closed() {
        panel = null;
        setAttribute(emoji, "aria-expanded", "false");
        input.focus({ preventScroll: true });
      },
    });
    node.append(panel.node);
    panel.focus();
  }

  /** Where the caret is, in the place of what is marked. @param {string} text */
  function insert(text) {
    input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    onInput();
  }

  life.listen(emoji, "click", toggleEmoji);
  life.listen(document, "pointerdown", (event) => {
    const inside =
      panel?.node.contains(/** @type {Node} */ (event.target)) ||
      emoji.contains(/** @type {Node} */ (event.target));
    if (panel && !inside) {
      panel.close();
    }
  });
  life.add(() => panel?.close());
  life.listen(input, "input", onInput);
  life.listen(input, "keydown", (event) => {
    if (!isSending(event, page.preferences.get("send_key")) || composition.owns(event)) {
      return;
    }
    event.preventDefault();
    send();
  });
  life.listen(form, "submit", (event) => {
    event.preventDefault();
    send();
    input.focus();
  });
  life.add(
    client.on("composer", (/** @type {Key} */ changed) => {
      // While one writes here, here is where it is written.
      if (changed === key && !page.attention.looking) {
        input.value = client.draftText(key);
        follow();
      }
    }),
  );
  for (const topic of ["log", "link", "people"]) {
    life.add(client.on(topic, update));
  }
  life.add(page.preferences.on("change", update));
  input.value = client.draftText(key);
  follow();
  update();
  return {
    node,
    get closed() {
      return form.hidden;
    },
    focus: () => input.focus({ preventScroll: true }),
    destroy: () => life.end(),
  };
}

/** A timer of a browser takes no more than 24 days. */
const LONGEST_WAIT = 86_400_000;

/**
 * @param {import("../context.js").LogView} view
 * @param {number} now
 * @returns {number} Until when oneself may not write there; 0: one may.
 */
export function mutedUntil({ group, state }, now) {
  const until = state === "gone" ? 0 : Date.parse(group?.muted_until ?? "") || 0;
  return until > now ? until : 0;
}

/**
 * With Ctrl it sends in either way; without, unless somebody writes longer texts and chose otherwise.
 *
 * @param {Pick<KeyboardEvent, "key" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey">} event
 * @param {"enter" | "ctrl_enter"} how
 */
export function isSending({ key, shiftKey, altKey, ctrlKey, metaKey }, how) {
  return key === "Enter" && !shiftKey && !altKey && (how === "enter" || ctrlKey || metaKey);
}

/**
 * Three signs, since no two browsers and input methods give the same ones in the same order: Safari ends a composition
 * before it tells of the Enter that ended it, and marks that Enter by its old key code only.
 *
 * @param {HTMLTextAreaElement} input
 * @param {Lifetime} life
 */
function watchComposition(input, life) {
  let running = false;
  life.listen(input, "compositionstart", () => {
    running = true;
  });
  life.listen(input, "compositionend", () => {
    running = false;
  });
  return {
    /** @param {KeyboardEvent} event */
    owns: (event) => running || event.isComposing || event.keyCode === 229,
  };
}
