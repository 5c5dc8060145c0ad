// @ts-check
// The page of those who are not logged in: log in, or create an account. One form is shown at a time; what was typed
// as address is kept when switching.

import { h, Lifetime, setAttribute } from "../lib/dom.js";
import { createAlert, createField, handleSubmit } from "./parts/form.js";
import { icon } from "./parts/icon.js";
import { logo } from "./parts/logo.js";

/** @typedef {import("./context.js").Page} Page */

/** @param {Page} page */
export function mountLogin(page) {
  const card = h("div", { class: "login__card" });
  const node = h("main", { class: "login" }, card);
  /** @type {{ life: Lifetime, email: HTMLInputElement } | null} */
  let form = null;

  /** @param {"login" | "register"} which @param {string} email */
  function show(which, email) {
    form?.life.end();
    const build = which === "login" ? loginForm : registerForm;
    form = build(page, card, email, (typed) => show(which === "login" ? "register" : "login", typed));
    focusFirst(card);
  }

  page.root.append(node);
  show("login", page.account.last_email ?? "");
  return {
    destroy() {
      form?.life.end();
      node.remove();
    },
  };
}

/**
 * The first field that has nothing in it. A touch screen would open its keyboard over the page: not there.
 *
 * @param {HTMLElement} card
 */
function focusFirst(card) {
  if (!matchMedia("(hover: hover)").matches) {
    return;
  }
  const empty = [...card.querySelectorAll("input")].find((input) => input.value === "");
  empty?.focus({ preventScroll: true });
}

/**
 * @param {Page} page
 * @param {HTMLElement} card
 * @param {string} known
 * @param {(email: string) => void} switchOver
 */
function loginForm(page, card, known, switchOver) {
  const { t, account } = page;
  const email = emailField(page, known);
  const password = passwordField(page, { autocomplete: "current-password" });
  return assemble(page, card, {
    heading: t("login.heading"),
    lead: t("login.lead"),
    reason: account.reason,
    fields: [email.node, password.node],
    email: email.input,
    submit: t("login.submit"),
    busy: t("login.busy"),
    other: t("login.to_register"),
    switchOver,
    send: () => account.logIn({ email: email.input.value.trim(), password: password.input.value }),
    ends: password.life,
  });
}

/**
 * @param {Page} page
 * @param {HTMLElement} card
 * @param {string} known
 * @param {(email: string) => void} switchOver
 */
function registerForm(page, card, known, switchOver) {
  const { t, account } = page;
  const username = createField(
    t("register.username"),
    { name: "username", autocomplete: "username", required: true, maxlength: 200, autocapitalize: "none" },
    { hint: t("register.username_hint") },
  );
  const email = emailField(page, known);
  const password = passwordField(
    page,
    { autocomplete: "new-password", minlength: 8 },
    t("register.password_hint"),
  );
  return assemble(page, card, {
    heading: t("register.heading"),
    lead: t("register.lead"),
    reason: null,
    fields: [username.node, email.node, password.node],
    email: email.input,
    submit: t("register.submit"),
    busy: t("register.busy"),
    other: t("register.to_login"),
    switchOver,
    send: () =>
      account.register({
        username: username.input.value.trim(),
        email: email.input.value.trim(),
        password: password.input.value,
      }),
    ends: password.life,
  });
}

/**
 * @param {Page} page
 * @param {HTMLElement} card
 * @param {{ heading: string, lead: string, reason: string | null, fields: HTMLElement[], email: HTMLInputElement,
 *   submit: string, busy: string, other: string, switchOver: (email: string) => void, send: () => Promise<unknown>,
 *   ends: Lifetime }} parts
 */
function assemble(page, card, parts) {
  const life = new Lifetime();
  life.add(() => parts.ends.end());
  const alert = createAlert();
  const button = h(
    "button",
    { type: "submit", class: "button login__submit", "data-kind": "main" },
    parts.submit,
  );
  const other = h("button", { type: "button", class: "button", "data-kind": "link" }, parts.other);
  const form = h("form", { class: "login__form" }, ...parts.fields, alert.node, button);
  card.replaceChildren(
    logo(),
    h("h1", { class: "login__heading" }, parts.heading),
    lead(page, parts),
    form,
    h("div", { class: "login__switch" }, other),
    ...(page.desktop ? [serverLine(page, page.desktop, life)] : []),
  );
  life.listen(other, "click", () => parts.switchOver(parts.email.value));
  handleSubmit(page, life, { form, button, alert, busy: parts.busy, submit: parts.send });
  return { life, email: parts.email };
}

/**
 * Where one logs in, and the way to somewhere else.
 *
 * @param {Page} page
 * @param {import("./context.js").Desktop} desktop
 * @param {Lifetime} life
 */
function serverLine(page, desktop, life) {
  const name = new URL(String(desktop.server)).host;
  const button = h(
    "button",
    { type: "button", class: "button", "data-kind": "link" },
    page.t("server.at", { server: name }),
  );
  life.listen(button, "click", () => page.desktopViews?.openServer(page, desktop));
  return h("div", { class: "login__server" }, button);
}

/**
 * Why one is out, kindly; else a word of welcome.
 *
 * @param {Page} page
 * @param {{ reason: string | null, lead: string }} parts
 */
function lead(page, { reason, lead: words }) {
  const known = { expired: "login.expired", closed: "login.closed", replaced: "login.replaced" };
  if (reason && reason in known) {
    const key = /** @type {import("../lib/i18n.js").WordKey} */ (
      known[/** @type {keyof typeof known} */ (reason)]
    );
    return h("p", { class: "login__reason", role: "status" }, page.t(key));
  }
  return h("p", { class: "login__lead" }, words);
}

/**
 * @param {Page} page
 * @param {string} known
 */
function emailField(page, known) {
  const attributes = { name: "email", type: "email", autocomplete: "email", required: true, maxlength: 100 };
  const field = createField(page.t("login.email"), attributes);
  field.input.value = known;
  return /** @type {{ node: HTMLElement, input: HTMLInputElement }} */ (field);
}

/**
 * @param {Page} page
 * @param {import("../lib/dom.js").Attributes} attributes
 * @param {string} [hint]
 */
function passwordField(page, attributes, hint) {
  const life = new Lifetime();
  const eye = h("button", {
    type: "button",
    class: "icon-button field__eye",
    "aria-label": page.t("login.show_password"),
  });
  setAttribute(eye, "aria-pressed", "false");
  setAttribute(eye, "title", page.t("login.show_password"));
  eye.append(icon("eye"));
  const all = { name: "password", type: "password", required: true, dir: "ltr", ...attributes };
  const { node, input } = createField(page.t("login.password"), all, { hint, beside: eye });
  life.listen(eye, "click", () => {
    const shown = input.getAttribute("type") === "text";
    setAttribute(input, "type", shown ? "password" : "text");
    setAttribute(eye, "aria-pressed", String(!shown));
  });
  return { node, input, life };
}
