// @ts-check
// Keys that work everywhere: Alt+Up and Alt+Down go to the neighbouring conversation, F6 to the next column, Esc one
// step out. Dialogs and menus take their Esc before it comes here.

/** @typedef {import("./context.js").ClientPage} ClientPage */

/**
 * @param {ClientPage} page
 * @param {HTMLElement} workspace
 * @returns {() => void} Ends it.
 */
export function handleKeys(page, workspace) {
  /** @param {KeyboardEvent} event */
  function onKey(event) {
    // Esc that takes back a composition is the input method's.
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) {
      return;
    }
    const handled =
      (event.key === "Escape" && stepOut(page, workspace)) ||
      (event.altKey && !event.ctrlKey && !event.metaKey && toNeighbour(page, event.key)) ||
      (event.key === "F6" && !event.ctrlKey && toNextColumn(workspace, event.shiftKey ? -1 : 1));
    if (handled) {
      event.preventDefault();
    }
  }
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

/**
 * From the conversation to its row in the list; where only one column fits, the conversation closes.
 *
 * @param {ClientPage} page
 * @param {HTMLElement} workspace
 */
function stepOut({ client }, workspace) {
  if (!client.current) {
    return false;
  }
  if (matchMedia("(max-width: 639.98px)").matches) {
    client.close();
  } else {
    focusRow(workspace);
  }
  return true;
}

/** @param {HTMLElement} workspace */
export function focusRow(workspace) {
  const rows = [...workspace.querySelectorAll("[role=option]")];
  const row = rows.find((option) => option.getAttribute("tabindex") === "0");
  if (row instanceof HTMLElement) {
    row.focus();
  }
}

/**
 * @param {ClientPage} page
 * @param {string} key
 */
function toNeighbour({ client }, key) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  const { rows } = client.conversations;
  if (!step || rows.length === 0) {
    return false;
  }
  const at = rows.findIndex((row) => row.key === client.current);
  const to = at < 0 ? 0 : at + step;
  if (rows[to]) {
    client.open(rows[to].key);
  }
  return true;
}

/**
 * @param {HTMLElement} workspace
 * @param {number} step
 */
function toNextColumn(workspace, step) {
  const stops = [
    "nav button",
    "[role=option][tabindex='0']",
    ".composer__form:not([hidden]) .composer__input",
    ".members button",
  ]
    .map((selector) => /** @type {HTMLElement | null} */ (workspace.querySelector(selector)))
    .filter((stop) => stop?.checkVisibility?.() ?? stop);
  const columns = stops.map((stop) => stop?.closest("nav, .conversations, .members, .conversation"));
  const at = columns.findIndex((column) => column?.contains(document.activeElement));
  stops[(at + step + stops.length) % stops.length]?.focus();
  return true;
}
