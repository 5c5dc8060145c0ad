// @ts-check
// Pieces of a text that was read, put together: neighbouring texts become one, and no line is left empty beside a box.

/** @typedef {import("./markdown.js").RichNode} RichNode */

/**
 * Without the line breaks at its ends.
 *
 * @param {RichNode[]} nodes
 */
export function trimmed(nodes) {
  const all = merge(nodes);
  const [first, last] = [all[0], all.at(-1)];
  if (first?.kind === "text") {
    first.text = first.text.replace(/^\n+/, "");
  }
  if (last?.kind === "text") {
    last.text = last.text.replace(/\n+$/, "");
  }
  return all.filter((node) => node.kind !== "text" || node.text !== "");
}

/** Nodes that stand in a box of their own. @param {RichNode | undefined} node */
const isBox = (node) => node?.kind === "block" || node?.kind === "quote" || node?.kind === "list";

/**
 * Neighbouring texts become one; next to a box its line break is already there.
 *
 * @param {RichNode[]} nodes
 * @returns {RichNode[]}
 */
export function merge(nodes) {
  /** @type {RichNode[]} */
  const merged = [];
  for (const node of nodes) {
    const last = merged.at(-1);
    if (node.kind === "text" && last?.kind === "text") {
      last.text += node.text;
    } else {
      merged.push(node.kind === "text" ? { ...node } : node);
    }
  }
  merged.forEach((node, index) => {
    if (node.kind === "text") {
      node.text = isBox(merged[index - 1]) ? node.text.replace(/^\n+/, "") : node.text;
      node.text = isBox(merged[index + 1]) ? node.text.replace(/\n+$/, "") : node.text;
    }
  });
  return merged.filter((node) => node.kind !== "text" || node.text !== "");
}
