// @ts-check
// Figures beside their goals. Nothing fails for being slow: figures depend on the machine, and are looked at.

/** @type {{ what: string, figure: string, goal: string, ok: boolean }[]} */
const table = [];

/** @param {string} what @param {number} figure @param {string} unit @param {["<" | ">=", number]} goal */
export function note(what, figure, unit, [sign, limit]) {
  const rounded = figure >= 100 ? Math.round(figure) : Math.round(figure * 1000) / 1000;
  const ok = sign === "<" ? figure < limit : figure >= limit;
  table.push({ what, figure: `${rounded} ${unit}`.trim(), goal: `${sign} ${limit} ${unit}`.trim(), ok });
}

/** @param {number[]} all @param {number} share */
export function quantile(all, share) {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function print() {
  const wide = Math.max(...table.map(({ what }) => what.length));
  for (const { what, figure, goal, ok } of table) {
    console.log(
      `| ${what.padEnd(wide)} | ${figure.padStart(12)} | ${goal.padStart(12)} | ${ok ? "met" : "MISSED"} |`,
    );
  }
}
