// @ts-check
// Text that other people wrote, cut and flattened without harm: never inside a grapheme, never with marks that would
// reorder what stands around it. Pure; no DOM.

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

/**
 * What a reader takes for single characters: a family emoji is one, and so is a letter with its accents.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function graphemes(text) {
  return segmenter ? Array.from(segmenter.segment(text), (part) => part.segment) : Array.from(text);
}

/**
 * Accents without end: more code points than this are not one character for any reader.
 */
export const LONGEST_GRAPHEME = 24;

/**
 * @param {string} text
 * @param {number} count  At most so many characters, as a reader counts.
 * @returns {string}
 */
export function clip(text, count) {
  if (text.length <= count) {
    return text;
  }
  // Segmenting a whole long message only to throw it away would cost milliseconds a row.
  const head = text.length > count * LONGEST_GRAPHEME ? text.slice(0, count * LONGEST_GRAPHEME) : text;
  const parts = graphemes(head);
  if (parts.length <= count && head === text) {
    return text;
  }
  return `${parts.slice(0, count).join("").trimEnd()}…`;
}

/**
 * One line for a preview: line breaks and runs of blanks become one blank.
 *
 * @param {string} text
 * @param {number} [count]
 */
export function oneLine(text, count = 120) {
  return clip(
    text
      .slice(0, count * LONGEST_GRAPHEME * 2)
      .replace(/\s+/gu, " ")
      .trim(),
    count,
  );
}

/**
 * A name inside a sentence that is only text (a label, a title): without the marks that switch direction.
 *
 * @param {string} name
 */
export function plainName(name) {
  return name.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "");
}

/**
 * Whether there is anything in it that can be seen.
 *
 * @param {string} text
 */
export function isBlank(text) {
  return text.trim() === "";
}

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[\d#*]\ufe0f?\u20e3)/u;

/**
 * How many emoji a text is made of, if it is made of nothing else and of no more than `most`; otherwise 0.
 *
 * @param {string} text
 * @param {number} most
 */
export function emojiCount(text, most) {
  const bare = text.trim();
  // Nearly everything has a letter in it: that is told much faster than characters are.
  if (bare.length > most * LONGEST_GRAPHEME || /\p{L}/u.test(bare)) {
    return 0;
  }
  const parts = graphemes(bare).filter((part) => part.trim() !== "");
  return parts.length <= most && parts.every((part) => EMOJI.test(part) && !/^[©®™]$/u.test(part))
    ? parts.length
    : 0;
}
