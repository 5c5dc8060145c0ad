// What the browser keeps for the page, wherever it can keep anything.

import { eventually } from "./eventually.js";

/** Everything that the browser keeps for this page, as one text. @param {import("playwright-core").Page} page */
export async function kept(page) {
  return page.evaluate(async () => {
    const found = [
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
      document.cookie,
    ];
    for (const { name } of await indexedDB.databases()) {
      found.push(`database ${name}`);
      const database = await new Promise((resolve, reject) => {
        const asked = indexedDB.open(/** @type {string} */ (name));
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
      for (const store of database.objectStoreNames) {
        const all = await new Promise((resolve) => {
          const asked = database.transaction(store).objectStore(store).getAll();
          asked.onsuccess = () => resolve(asked.result);
        });
        found.push(JSON.stringify(all));
      }
      database.close();
    }
    for (const name of (await globalThis.caches?.keys()) ?? []) {
      found.push(`cache ${name}`);
    }
    return found.join("\n");
  });
}

/**
 * The cache is written with a little delay.
 *
 * @param {import("./person.js").Person} person
 * @param {string} text
 */
export async function isKept(person, text) {
  await eventually(`${person.name}'s browser keeps ${text}`, async () =>
    (await kept(person.page)).includes(text),
  );
}
