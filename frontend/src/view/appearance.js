// @ts-check
// How the document looks by what was chosen: theme, density, size of the text, width of the list. What theme.js did
// before the first paint, again for each new choice.

import { setAttribute } from "../lib/dom.js";

/** @typedef {import("./context.js").Preferences} Preferences */

/** @type {Set<string>} */
const LOOKS = new Set(["theme", "density", "text_size", "list_width"]);

/**
 * @param {Preferences} preferences
 * @returns {() => void} Ends it.
 */
export function keepAppearance(preferences) {
  apply(preferences);
  return preferences.on("change", (name) => {
    if (LOOKS.has(name)) {
      apply(preferences);
    }
  });
}

/** @param {Preferences} preferences */
function apply(preferences) {
  const root = document.documentElement;
  const theme = preferences.get("theme");
  setAttribute(root, "data-theme", theme === "light" || theme === "dark" ? theme : null);
  setAttribute(root, "data-density", preferences.get("density") === "compact" ? "compact" : null);
  root.style.setProperty("--text-px", String(preferences.get("text_size")));
  root.style.setProperty("--list-width", `${preferences.get("list_width")}px`);
  tintWindow(root);
}

/**
 * The bar that the system draws around an installed client, or a phone above a page, in the colour of the rail: in the
 * system's theme the page says both colours itself.
 *
 * @param {HTMLElement} root
 */
function tintWindow(root) {
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
    const own = meta.getAttribute("data-own") ?? meta.getAttribute("content") ?? "";
    setAttribute(meta, "data-own", own);
    const forced =
      root.dataset.theme && document.querySelector(`meta[name=theme-color][media*="${root.dataset.theme}"]`);
    setAttribute(
      meta,
      "content",
      forced ? (forced.getAttribute("data-own") ?? forced.getAttribute("content")) : own,
    );
  }
}
