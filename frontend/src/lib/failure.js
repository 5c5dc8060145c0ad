// @ts-check
// The one kind of error that callers are expected to handle: something was refused, or nobody answered.

/** Codes after which the same request may well succeed. */
const PASSING = new Set(["network", "unavailable", "too_fast", "internal"]);

/** @param {string} code */
export function isPassing(code) {
  return PASSING.has(code);
}

export class Failure extends Error {
  /**
   * @param {string} code  A code of docs/protocol.md, or `network`: no answer came.
   * @param {{ message?: string, retry_after_ms?: number, request_id?: string }} [more]
   */
  constructor(code, more = {}) {
    super(more.message ?? code);
    this.name = "Failure";
    this.code = code;
    this.retry_after_ms = more.retry_after_ms;
    this.request_id = more.request_id;
  }

  /** Whether trying again later makes sense. */
  get passing() {
    return isPassing(this.code);
  }

  /**
   * Whatever was thrown, as a Failure; a bug in this client becomes `internal` and is reported.
   *
   * @param {unknown} error
   */
  static of(error) {
    if (error instanceof Failure) {
      return error;
    }
    console.error(error);
    return new Failure("internal", { message: String(error) });
  }
}
