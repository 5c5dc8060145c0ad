// @ts-check
// localStorage as small pieces of JSON. A browser that refuses it (private windows, full disks) forgets, and works.

/**
 * @param {string} name
 * @returns {any} Null: nothing, or nothing that can be read.
 */
export function readJson(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value  Null removes it.
 */
export function writeJson(name, value) {
  try {
    if (value === null) {
      localStorage.removeItem(name);
    } else {
      localStorage.setItem(name, JSON.stringify(value));
    }
  } catch {
    // Full, or not allowed: what matters is in memory.
  }
}

/**
 * @param {string} prefix
 * @returns {string[]}
 */
export function namesWith(prefix) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}
