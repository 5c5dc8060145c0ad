// @ts-check
// What the desktop app's shell puts into the page, as far as it is used. Nothing else calls it: a page in a browser
// finds none.

/**
 * @typedef {object} Shell
 * @property {(command: string, given?: Record<string, unknown>) => Promise<any>} invoke
 * @property {(topic: string, hear: () => void) => void} listen
 * @property {(plugin: string, topic: string, hear: (news: any) => void) => void} listenTo
 */

/** @returns {Shell | null} Null in a browser. */
export function findShell() {
  const found = /** @type {any} */ (globalThis).__TAURI__;
  if (!found?.core) {
    return null;
  }
  const { core, event } = found;
  return {
    invoke: (command, given) => core.invoke(command, given),
    listen: (topic, hear) => void event.listen(topic, hear),
    listenTo: (plugin, topic, hear) => void core.addPluginListener(plugin, topic, hear),
  };
}
