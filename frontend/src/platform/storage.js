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
 * Everything whose name begins with that.
 *
 * @param {string} prefix
 */
export function storeUnder(prefix) {
  const names = () => namesWith(prefix);
  return {
    /** @returns {[string, any][]} */
    all: () => names().map((name) => [name.slice(prefix.length), readJson(name)]),
    /** @param {string} name @param {unknown} value  Null removes it. */
    write: (name, value) => writeJson(`${prefix}${name}`, value),
    clear() {
      for (const name of names()) {
        writeJson(name, null);
      }
    },
    /** What other tabs write. @param {(name: string, value: any) => void} changed */
    follow(changed) {
      const hear = (/** @type {StorageEvent} */ { key }) => {
        if (key?.startsWith(prefix)) {
          changed(key.slice(prefix.length), readJson(key));
        }
      };
      addEventListener("storage", hear);
      return () => removeEventListener("storage", hear);
    },
  };
}

/** @param {string} prefix */
function namesWith(prefix) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}
