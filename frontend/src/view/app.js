// @ts-check
// The whole page: a splash while the account is looked for, the log-in page, or the columns of somebody who is logged
// in. Sets what holds for the document: language, theme, title. It builds everything anew when the language changes.

import { keepAppearance } from "./appearance.js";
import { createPage } from "./context.js";
import { mountChooseServer } from "./desktop/choose-server.js";
import { openClosing } from "./desktop/closing.js";
import { mountLogin } from "./login.js";
import { mountSplash } from "./splash.js";
import { mountWorkspace } from "./workspace.js";

/**
 * @param {HTMLElement} root
 * @param {import("./context.js").Given} given
 * @returns {{ destroy(): void }}
 */
export function mountApp(root, given) {
  const { account, preferences } = given;
  /** @type {{ destroy(): void, openSettings?(section?: string): void } | null} */
  let view = null;
  /** What is mounted; a new client (somebody logged in again) is another one. @type {unknown} */
  let shown = null;
  /** @type {import("./context.js").Page | null} */
  let shownPage = null;

  function update() {
    const wanted = account.client && account.state === "in" ? account.client : account.state;
    if (wanted === shown) {
      return;
    }
    shown = wanted;
    mount();
  }

  /** In another language; whoever chose it in the settings goes on there. */
  function mountAgain() {
    const section = /** @type {HTMLElement | null} */ (root.querySelector("dialog[data-name=settings]"))
      ?.dataset.section;
    mount();
    if (section) {
      view?.openSettings?.(section);
    }
  }

  function mount() {
    const page = createPage(given, root);
    view?.destroy();
    root.replaceChildren();
    document.documentElement.lang = page.words.language;
    document.title = page.t("app.name");
    root.dataset.page = account.state;
    view = mountFor(page);
    shownPage = page;
  }

  const offs = [
    account.on("change", update),
    keepAppearance(preferences),
    preferences.on("change", (name) => {
      if (name === "language") {
        mountAgain();
      }
    }),
    given.desktop?.on("close", () => shownPage && openClosing(shownPage)),
  ];
  update();

  return {
    destroy() {
      for (const off of offs) {
        off?.();
      }
      view?.destroy();
      root.replaceChildren();
    },
  };
}

/** @param {import("./context.js").Page} page */
function mountFor(page) {
  if (page.desktop && !page.desktop.server) {
    return mountChooseServer(page);
  }
  if (page.account.state === "starting") {
    return mountSplash(page);
  }
  if (page.account.state === "in" && page.account.client) {
    return mountWorkspace(page, page.account.client);
  }
  return mountLogin(page);
}
