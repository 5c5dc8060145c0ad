// @ts-check
// Words of the page in its language: whole sentences with places for what varies, plurals by Intl. The sentences are
// in lang/, of which only the one that is spoken is fetched; nothing here knows a view.

import { plainName } from "./text.js";

/**
 * @typedef {keyof typeof import("../lang/en.js").en} PageKey
 * @typedef {keyof typeof import("../lang/en-desktop.js").enDesktop} DesktopKey
 * @typedef {PageKey | DesktopKey} WordKey
 * @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Sentence
 * @typedef {Record<PageKey, Sentence> & Partial<Record<DesktopKey, Sentence>>} Catalogue
 * @typedef {Record<string, string | number>} Params  `count` chooses the plural.
 *
 * @callback Say
 * @param {WordKey} key
 * @param {Params} [params]
 * @returns {string}
 *
 * @typedef {object} Translator
 * @property {string} language  "en" or "zh-CN": what is set as `lang`.
 * @property {string} tag  The same with the reader's region if known, for times and numbers.
 * @property {Say} t
 * @property {(key: WordKey, params: Record<string, Node | string>) => (Node | string)[]} parts  The sentence in pieces,
 *   with elements in the places: for names, which stand in a <bdi>.
 * @property {(code: string) => string} error  What a code means; an unknown one is shown itself.
 */

export const LANGUAGES = ["en", "zh-CN"];

/**
 * @param {string} language  One of LANGUAGES.
 * @param {boolean} desktop  With what only the desktop app says.
 * @returns {Promise<Catalogue>}
 */
export async function loadCatalogue(language, desktop) {
  if (language === "zh-CN") {
    const { zhCN } = await import("../lang/zh-CN.js");
    return desktop ? { ...zhCN, ...(await import("../lang/zh-CN-desktop.js")).zhCNDesktop } : zhCN;
  }
  const { en } = await import("../lang/en.js");
  return desktop ? { ...en, ...(await import("../lang/en-desktop.js")).enDesktop } : en;
}

/**
 * The language that is spoken, and the reader's own tag of it.
 *
 * @param {string} preference  "auto" or one of LANGUAGES.
 * @param {readonly string[]} readers  What the browser says, the best first.
 * @returns {{ language: string, tag: string }}
 */
export function chooseLanguage(preference, readers) {
  const own = readers.find((tag) => catalogueFor(tag) !== null);
  const language = LANGUAGES.includes(preference) ? preference : ((own && catalogueFor(own)) ?? "en");
  // Somebody from London who reads English wants 14:02, not 2:02 PM: the region is the reader's.
  const tag = readers.find((reader) => catalogueFor(reader) === language && isTag(reader));
  return { language, tag: tag ?? language };
}

/**
 * @param {string} tag
 * @returns {string | null}
 */
function catalogueFor(tag) {
  const base = tag.toLowerCase().split("-")[0];
  return LANGUAGES.find((language) => language.toLowerCase().split("-")[0] === base) ?? null;
}

/** @param {string} tag */
function isTag(tag) {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

/**
 * @param {Catalogue} catalogue
 * @param {string} language  Its own.
 * @param {string} [tag]
 * @returns {Translator}
 */
export function createTranslator(catalogue, language, tag = language) {
  const plurals = new Intl.PluralRules(language);

  /**
   * @param {WordKey} key
   * @param {Record<string, unknown>} params
   * @returns {string}
   */
  function sentence(key, params) {
    const found = catalogue[key] ?? "";
    if (typeof found === "string") {
      return found;
    }
    return found[plurals.select(Number(params.count))] ?? found.other ?? "";
  }

  return {
    language,
    tag,
    t: (key, params = {}) =>
      sentence(key, params).replace(PLACE, (_, name) => plainName(String(params[name] ?? ""))),
    parts: (key, params) =>
      sentence(key, params)
        .split(PLACE)
        .map((piece, index) => (index % 2 ? (params[piece] ?? "") : piece)),
    error(code) {
      const key = /** @type {WordKey} */ (`error.${code}`);
      return key in catalogue ? sentence(key, {}) : sentence("error.unknown", {}).replace(PLACE, () => code);
    },
  };
}

const PLACE = /\{(\w+)\}/gu;
