// @ts-check
// Where the refresh token is between two starts. In a browser the server keeps it in a cookie that no script reads;
// the desktop app's keyring is platform/desktop/tokens.js.

/** @typedef {import("./wire.js").Session} SessionAnswer */

/**
 * @typedef {object} Tokens
 * @property {{ session?: "cookie" }} log_in  What a log-in and a registration say about it.
 * @property {() => boolean | Promise<boolean>} held  Whether there may be one.
 * @property {() => Promise<{ body: { refresh_token: string } } | undefined>} call  What a refresh and a log-out bring
 *   along; a Failure `unauthorized` when there is nothing to bring.
 * @property {(answer: SessionAnswer) => Promise<void>} keep  The next one.
 * @property {() => Promise<void>} forget
 */

/** @type {Tokens} */
export const cookieTokens = {
  log_in: { session: "cookie" },
  held: () => true,
  call: async () => undefined,
  keep: async () => {},
  forget: async () => {},
};
