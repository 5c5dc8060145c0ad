// @ts-check
// A dialog in which one types and picks: the field keeps the focus, arrows move in the list under it, Enter and a press
// choose. What typing finds, and what choosing does, is its owner's, who may come later than the first letters.

import { h, setAttribute } from "../../lib/dom.js";
import { openDialog } from "./dialog.js";

/**
 * @typedef {object} Does
 * @property {(typed: string) => void} search
 * @property {(index: number, byKey?: boolean) => void} choose  One of the options.
 *
 * @typedef {ReturnType<typeof openFinder>} Finder
 */

/**
 * @param {import("../context.js").Page} page
 * @param {{ name: string, title: string, placeholder: string, results: string, typed?: string }} asked  `results`: what
 *   the list is called.
 */
export function openFinder(page, { name, title, placeholder, results, typed = "" }) {
  const dialog = openDialog(page, { title, name });
  const input = h("input", {
    class: "field__input finder__input",
    type: "text",
    role: "combobox",
    dir: "auto",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    maxlength: 100,
    placeholder,
    "aria-label": title,
    "aria-autocomplete": "list",
    "aria-controls": "finder-list",
  });
  input.value = typed;
  const list = h("div", { class: "finder__list", id: "finder-list", role: "listbox", "aria-label": results });
  const beside = h("div", { class: "finder__beside" });
  const said = h("div", { class: "hidden", role: "status" });
  dialog.node.classList.add("finder");
  dialog.body.append(input, list, beside, said);
  /** @type {Does} */
  let does = { search() {}, choose() {} };
  let at = 0;

  /** @param {number} index */
  function mark(index) {
    at = Math.max(0, Math.min(list.children.length - 1, index));
    [...list.children].forEach((option, place) => {
      setAttribute(option, "aria-selected", String(place === at));
    });
    setAttribute(input, "aria-activedescendant", list.children[at]?.id);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {HTMLElement[]} options
   * @param {string} says  How many were found.
   * @param {Node | null} [notice]  What stands under the list, or in its place.
   */
  function show(options, says, notice = null) {
    options.forEach((option, index) => {
      setAttribute(option, "role", "option");
      option.id = `finder-${index}`;
    });
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    setAttribute(input, "aria-expanded", String(!list.hidden));
    beside.replaceChildren(...(notice ? [notice] : []));
    beside.hidden = notice === null;
    said.textContent = says;
    mark(0);
  }

  dialog.life.listen(input, "input", () => does.search(input.value));
  dialog.life.listen(input, "keydown", (event) => {
    // Enter that ends a composition is the input method's.
    if (event.isComposing || event.keyCode === 229) {
      return;
    }
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 7, PageUp: at - 7 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      does.choose(at, true);
    } else if (step !== undefined) {
      event.preventDefault();
      mark(step);
    }
  });
  dialog.life.listen(list, "click", (event) => {
    const option = /** @type {Element} */ (event.target).closest("[role=option]");
    if (option) {
      does.choose([...list.children].indexOf(option));
    }
  });
  show([], "");
  input.focus();
  return {
    dialog,
    input,
    show,
    /** From now on it does this, beginning with what was typed already. @param {Does} given */
    use(given) {
      does = given;
      does.search(input.value);
    },
    clear() {
      input.value = "";
      does.search("");
      input.focus();
    },
  };
}
