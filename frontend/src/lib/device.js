// @ts-check
// What a browser calls itself, in the words that people know it by.

const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS = [
  [/\bAndroid\b/, "Android"],
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

/**
 * @param {string} agent  A User-Agent, or whatever else the device said.
 * @returns {string} Empty, if it said nothing.
 */
export function deviceName(agent) {
  const known = (/** @type {typeof BROWSERS} */ list) =>
    list.find(([pattern]) => /** @type {RegExp} */ (pattern).test(agent))?.[1];
  const names = [known(BROWSERS), known(SYSTEMS)].filter((name) => name !== undefined);
  return names.length > 0 ? names.join(" · ") : agent.slice(0, 60);
}
