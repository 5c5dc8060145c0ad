// @ts-check
// Says whether the server behind this page answers, and which version it is.

const line = /** @type {HTMLElement} */ (document.querySelector(".live"));
const text = /** @type {HTMLElement} */ (document.querySelector("#live"));

/**
 * @param {"up" | "down"} state
 * @param {string} words
 */
function show(state, words) {
  line.dataset.state = state;
  text.textContent = words;
}

try {
  const answer = await fetch("/api/openapi.json", { signal: AbortSignal.timeout(5000) });
  const { info } = await answer.json();
  show("up", `The server answers: version ${info.version}.`);
} catch {
  show("down", "The server does not answer.");
}
