// @ts-check
// Forms that ask the server something: fields with labels, a place for what went wrong, and a busy state during which
// they cannot be sent twice.

import { h, setText } from "../../lib/dom.js";
import { failureText } from "../context.js";

/** @typedef {import("../context.js").Page} Page */

let counted = 0;

/**
 * @param {string} label
 * @param {import("../../lib/dom.js").Attributes} attributes  Of the input.
 * @param {{ hint?: string, beside?: HTMLElement, rows?: number }} [more]
 */
export function createField(label, attributes, { hint, beside, rows } = {}) {
  const id = `field-${++counted}`;
  const hinted = hint ? { "aria-describedby": `${id}-hint` } : {};
  const all = { id, class: "field__input", dir: "auto", spellcheck: "false", ...hinted, ...attributes };
  const input = rows ? h("textarea", { rows, ...all }) : h("input", all);
  const node = h(
    "div",
    { class: "field" },
    h("label", { class: "field__label", for: id }, label),
    h("div", { class: "field__box" }, input, beside),
    hint && h("p", { class: "field__hint", id: `${id}-hint` }, hint),
  );
  return { node, input };
}

/** What went wrong: read out when it appears. */
export function createAlert() {
  const node = h("p", { class: "alert", role: "alert", hidden: true });
  return {
    node,
    /** @param {string | null} text */
    show(text) {
      node.hidden = text === null;
      setText(node, text ?? "");
    },
  };
}

/**
 * @typedef {object} Submission
 * @property {HTMLFormElement} form
 * @property {HTMLButtonElement} button
 * @property {ReturnType<typeof createAlert>} alert
 * @property {string} busy  What the button says meanwhile.
 * @property {() => Promise<unknown>} submit
 * @property {(error: any) => string | null} [explain]  Better words for a failure, if there are any.
 */

/**
 * @param {Page} page
 * @param {import("../../lib/dom.js").Lifetime} life
 * @param {Submission} submission
 */
export function handleSubmit(page, life, { form, button, alert, busy, submit, explain }) {
  const label = button.textContent ?? "";
  // The browser's own bubbles speak the browser's language, not the page's.
  form.noValidate = true;
  let running = false;

  /** @param {boolean} now */
  function setRunning(now) {
    running = now;
    form.toggleAttribute("data-busy", now);
    // Not `disabled`: that would take the focus away from whoever pressed it by keyboard.
    button.setAttribute("aria-disabled", String(now));
    setText(button, now ? busy : label);
  }

  life.listen(form, "submit", async (event) => {
    event.preventDefault();
    if (running) {
      return;
    }
    alert.show(null);
    const wrong = markInvalid(form);
    if (wrong) {
      alert.show(invalidText(page, wrong));
      return;
    }
    setRunning(true);
    try {
      await submit();
    } catch (error) {
      if (!life.ended) {
        alert.show(explain?.(error) ?? failureText(page, error));
      }
    } finally {
      setRunning(false);
    }
  });
}

/**
 * @param {HTMLFormElement} form
 * @returns {HTMLInputElement | null} The first field that cannot be right; it gets the focus.
 */
function markInvalid(form) {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
  }
  const wrong = /** @type {HTMLInputElement | null} */ (form.querySelector(":is(input, textarea):invalid"));
  wrong?.setAttribute("aria-invalid", "true");
  wrong?.focus();
  return wrong;
}

/**
 * @param {Page} page
 * @param {HTMLInputElement} field
 */
function invalidText({ t, words }, { validity, name }) {
  return validity.valueMissing ? t("form.required") : words.error(`bad_${name}`);
}
