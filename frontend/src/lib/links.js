// @ts-check
// Finding addresses in what people write, and which of them may become links. Chinese is written without blanks, so an
// address also ends where its letters do. Pure.

/** What may be opened. Everything else, scripts first of all, stays text. */
const ALLOWED = new Set(["http:", "https:", "mailto:"]);

const ADDRESS =
  /(?:https?:\/\/|www\.)[^\s<>"'\x60\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…]+|[\w.+-]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){0,8}\.[a-z]{2,24}/iu;

/**
 * @typedef {{ text: string, href: string | null }} Piece
 */

/**
 * @param {string} address
 * @returns {string | null} Where a link to it leads; null: nowhere, it is text.
 */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return ALLOWED.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * An address that the text begins with.
 *
 * @param {string} text
 * @returns {Piece | null}
 */
export function addressAt(text) {
  const found = ADDRESS.exec(text);
  return found && found.index === 0 ? pieceOf(found[0]) : null;
}

/**
 * @param {string} text
 * @returns {Piece[]} Together they are the text.
 */
export function findLinks(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let rest = text;
  for (let found = ADDRESS.exec(rest); found; found = ADDRESS.exec(rest)) {
    const piece = pieceOf(found[0]);
    const end = found.index + (piece?.text ?? found[0]).length;
    if (piece) {
      push(pieces, { text: rest.slice(0, found.index), href: null });
      push(pieces, piece);
    } else {
      push(pieces, { text: rest.slice(0, end), href: null });
    }
    rest = rest.slice(end);
  }
  push(pieces, { text: rest, href: null });
  return pieces;
}

/** @param {Piece[]} pieces @param {Piece} piece */
function push(pieces, piece) {
  if (piece.text !== "") {
    pieces.push(piece);
  }
}

/**
 * @param {string} found
 * @returns {Piece | null}
 */
function pieceOf(found) {
  const text = withoutEnd(found);
  const lower = text.toLowerCase();
  const whole = lower.startsWith("www.")
    ? `https://${text}`
    : /^https?:/.test(lower)
      ? text
      : `mailto:${text}`;
  const href = safeAddress(whole);
  return href && /[^./:]/.test(text.replace(/^(https?:\/\/|www\.)/i, "")) ? { text, href } : null;
}

/**
 * The full stop after an address is the sentence's, and so is a bracket that was opened before it.
 *
 * @param {string} text
 */
function withoutEnd(text) {
  const opened = { ")": count(text, "("), "]": count(text, "["), "}": count(text, "{") };
  const closed = { ")": count(text, ")"), "]": count(text, "]"), "}": count(text, "}") };
  let end = text.length;
  for (; end > 0; end -= 1) {
    const last = text[end - 1];
    if (last === ")" || last === "]" || last === "}") {
      if (opened[last] >= closed[last]) {
        break;
      }
      closed[last] -= 1;
    } else if (!/[.,;:!?*_~]/.test(last)) {
      break;
    }
  }
  return text.slice(0, end);
}

/** @param {string} text @param {string} letter */
const count = (text, letter) => text.split(letter).length - 1;
