// What a page must never do, watched from before its first line runs: errors in the console, reports of its policy,
// and windows that only a script which got in would open. A test that ends with one of these on the list has failed.

/** What Chromium itself writes about a network that a test has cut, or about a refusal that the page shows. */
const OF_THE_NETWORK = [
  /^Failed to load resource/,
  /^WebSocket connection to .* failed/,
  // By plain http from another machine.
  /^The Cross-Origin-Opener-Policy header has been ignored/,
];

/**
 * @param {import("playwright-core").Page} page
 * @param {string[]} faults  Grows.
 * @param {string} who
 */
export async function watch(page, faults, who) {
  page.on("pageerror", (error) => faults.push(`${who}: ${error.name}: ${error.message}\n${error.stack}`));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !OF_THE_NETWORK.some((known) => known.test(text))) {
      faults.push(`${who}: console: ${text}`);
    }
  });
  page.on("dialog", (dialog) => {
    // The page's own "leave with unsent messages?" is a thing of the browser, not of a script that got in.
    if (dialog.type() !== "beforeunload") {
      faults.push(`${who}: a dialog: ${dialog.type()} ${dialog.message()}`);
    }
    dialog.accept().catch(() => {});
  });
  await page.addInitScript(report);
}

/** Runs in the page. */
function report() {
  addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  for (const name of /** @type {const} */ (["alert", "confirm", "prompt"])) {
    window[name] = /** @type {any} */ (
      (/** @type {unknown[]} */ ...words) => console.error(`${name} was called: ${words}`)
    );
  }
}
