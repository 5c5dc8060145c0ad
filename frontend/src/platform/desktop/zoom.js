// @ts-check
// How large everything is: Ctrl and +, - or 0, as in browsers. Kept for the next start.

/** The steps that browsers have. */
const STEPS = [0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];

/**
 * @param {import("./shell.js").Shell} shell
 * @param {import("./choices.js").DesktopChoices} choices
 */
export function followZoom(shell, choices) {
  const apply = () => {
    shell
      .invoke("plugin:webview|set_webview_zoom", { label: "main", value: choices.get("zoom") })
      .catch((error) => console.warn(`zoom: ${error}`));
  };
  choices.on("change", (name) => name === "zoom" && apply());
  if (choices.get("zoom") !== 1) {
    apply();
  }
  addEventListener("keydown", (event) => {
    const asked = wantedBy(event);
    if (asked !== null) {
      event.preventDefault();
      choices.set("zoom", nextZoom(choices.get("zoom"), asked));
    }
  });
}

/**
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">} event
 * @returns {-1 | 0 | 1 | null}
 */
export function wantedBy({ key, ctrlKey, metaKey, altKey }) {
  if (altKey || ctrlKey === metaKey) {
    return null;
  }
  // "=" is the key that "+" is on, and nobody holds Shift for it.
  return /** @type {Record<string, -1 | 0 | 1>} */ ({ "+": 1, "=": 1, "-": -1, _: -1, 0: 0 })[key] ?? null;
}

/**
 * @param {number} now
 * @param {-1 | 0 | 1} step  0: as it was made.
 */
export function nextZoom(now, step) {
  if (step === 0) {
    return 1;
  }
  const next = step > 0 ? STEPS.find((one) => one > now) : STEPS.findLast((one) => one < now);
  return next ?? STEPS[step > 0 ? STEPS.length - 1 : 0];
}
