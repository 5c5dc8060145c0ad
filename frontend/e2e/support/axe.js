// Asks axe, in the page as it stands.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const SOURCE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Off, each for its reason: the initials in a face are a picture, and a row of the list says what it shows in an order
 * that is good to hear, beginning with its title.
 */
const EXCEPTIONS = ["label-content-name-mismatch"];

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>} What is wrong, a line each.
 */
export async function violations(page) {
  await page.evaluate(SOURCE);
  return page.evaluate(
    async ({ runOnly, exceptions }) => {
      const axe = /** @type {any} */ (window).axe;
      const rules = Object.fromEntries(exceptions.map((name) => [name, { enabled: false }]));
      const { violations } = await axe.run(document, { runOnly, rules, resultTypes: ["violations"] });
      return violations.flatMap((/** @type {any} */ rule) =>
        rule.nodes.map(
          (/** @type {any} */ node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`,
        ),
      );
    },
    { runOnly: RULES, exceptions: EXCEPTIONS },
  );
}
