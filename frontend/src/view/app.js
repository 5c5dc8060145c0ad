// @ts-check
// The whole page: a splash while the account is looked for, the log-in page, or the columns of somebody who is logged
// in. Sets what holds for the document: language, theme, title. It builds everything anew when the language changes.

import { chooseLanguage, createTranslator, loadCatalogue } from "../lib/i18n.js";
import { keepAppearance } from "./appearance.js";
import { createPage } from "./context.js";
import { mountLogin } from "./login.js";
import { mountSplash } from "./splash.js";
import { mountWorkspace } from "./workspace.js";

/**
 * @param {HTMLElement} root
 * @param {import("./context.js").Given} given
 * @returns {Promise<{ destroy(): void }>} Once the words are there, and with them the page.
 */
export async function mountApp(root, given) {
  const { account, preferences } = given;
  /** @type {{ destroy(): void, openSettings?(section?: string): void } | null} */
  let view = null;
  /** What is mounted; a new client (somebody logged in again) is another one. @type {unknown} */
  let shown = null;
  let ended = false;
  /** @type {import("./context.js").Page | null} */
  let shownPage = null;
  let words = await speaking(given);

  function update() {
    const wanted = account.client && account.state === "in" ? account.client : account.state;
    if (wanted === shown) {
      return;
    }
    shown = wanted;
    mount();
  }

  /** In another language; whoever chose it in the settings goes on there. */
  async function mountAgain() {
    const wanted = preferences.get("language");
    const others = await speaking(given).catch(() => null);
    // What could not be fetched is spoken from the next start on.
    if (!others || ended || wanted !== preferences.get("language")) {
      return;
    }
    words = others;
    const section = /** @type {HTMLElement | null} */ (root.querySelector("dialog[data-name=settings]"))
      ?.dataset.section;
    mount();
    if (section) {
      view?.openSettings?.(section);
    }
  }

  function mount() {
    const page = createPage(given, root, words);
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
    given.desktop?.on("close", () => shownPage && given.desktopViews?.openClosing(shownPage)),
  ];
  update();

  return {
    destroy() {
      ended = true;
      for (const off of offs) {
        off?.();
      }
      view?.destroy();
      root.replaceChildren();
    },
  };
}

/**
 * The words of the language that is chosen, or of the first that the reader knows.
 *
 * @param {import("./context.js").Given} given
 */
async function speaking({ preferences, desktop }) {
  const readers = navigator.languages ?? [navigator.language];
  const { language, tag } = chooseLanguage(preferences.get("language"), readers);
  return createTranslator(await loadCatalogue(language, Boolean(desktop)), language, tag);
}

/** @param {import("./context.js").Page} page */
function mountFor(page) {
  if (page.desktopViews && !page.desktop?.server) {
    return page.desktopViews.mountChooseServer(page);
  }
  if (page.account.state === "starting") {
    return mountSplash(page);
  }
  if (page.account.state === "in" && page.account.client) {
    return mountWorkspace(page, page.account.client);
  }
  return mountLogin(page);
}
