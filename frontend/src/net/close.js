// @ts-check
// What a connection's close code asks of the client: the table of docs/protocol.md. A test compares the two.

/**
 * @typedef {"again" | "slower" | "token" | "closed" | "replaced"} Answer
 *   `again`: come back. `slower`: come back, but not soon. `token`: with a new token, if there is one to be had.
 *   `closed`: the account is. `replaced`: stay away until somebody asks.
 */

/** @type {Map<number, Answer>} */
const ANSWERS = new Map([
  [4401, "token"],
  [4409, "slower"],
  [4429, "slower"],
  [4501, "token"],
  [4502, "token"],
  [4503, "closed"],
  [4504, "replaced"],
]);

/** The frame that this client sent is larger than the server takes. */
export const TOO_BIG = 1009;

/**
 * A code that a newer server invented is read by its range: below 4500 come back, from there on do not. A bug on either
 * side (1002, 1003, 1007) is no reason to leave somebody without messages.
 *
 * @param {number} code
 * @returns {Answer}
 */
export function answerTo(code) {
  return ANSWERS.get(code) ?? (code >= 4500 && code < 5000 ? "replaced" : "again");
}
