// @ts-check
// What this client holds of one conversation's log, and how far it is without a hole: the heart of "nothing is missing".
// Entries go by `seq` alone. Knows nothing of the network, of drafts, or of who reads.

/**
 * @typedef {import("../net/wire.js").Message} Message
 * @typedef {import("../net/wire.js").Page} Page
 */

/** So many entries beyond a hole are kept aside; more will come with the fetch that the hole starts. */
const ASIDE_MOST = 500;

export class Log {
  /**
   * Everything readable up to here was taken in; null before anything is known. Below it entries may be *not loaded*
   * (history) or *missing* (holes), and both are known to be.
   *
   * @type {number | null}
   */
  have = null;
  /** @type {Message[]} Ascending `seq`. */
  entries = [];
  /** Entries (by `seq`) right before which something is missing. */
  holes = new Set();
  /** Whether nothing readable stands before the first entry. */
  from_start = false;
  /** @type {Map<number, Message>} */
  #aside = new Map();

  /** The first place that is held: history before it is fetched from here. */
  get first() {
    return this.entries[0]?.seq ?? (this.have ?? 0) + 1;
  }

  /** The highest place that was heard of, held or aside. */
  get highest() {
    return Math.max(this.have ?? 0, ...this.#aside.keys());
  }

  /**
   * An entry as it comes, live or by an `ack`.
   *
   * @param {Message} entry
   * @returns {"next" | "held" | "beyond"}  Taken in; known already; or kept aside, since something before it is missing.
   */
  add(entry) {
    if (this.have === null || entry.seq > this.have + 1) {
      if (this.#aside.size < ASIDE_MOST) {
        this.#aside.set(entry.seq, entry);
      }
      return "beyond";
    }
    if (entry.seq <= this.have) {
      return "held";
    }
    this.#append(entry);
    this.#take_aside();
    return "next";
  }

  /**
   * Nothing was known yet: everything up to `seq` counts as taken in without being loaded. It is history.
   *
   * @param {number} seq
   */
  begin(seq) {
    if (this.have === null) {
      this.have = seq;
      this.#take_aside();
    }
  }

  /**
   * The same over what is held, if that does not reach so far: it becomes history too.
   *
   * @param {number} seq
   */
  skip(seq) {
    if (seq > (this.have ?? -1)) {
      this.entries = [];
      this.holes = new Set();
      this.from_start = false;
      this.have = seq;
      this.#take_aside();
    }
  }

  /**
   * A page of `after_seq=have`: continues what is held.
   *
   * @param {Page} page
   */
  extend(page) {
    for (const message of page.messages) {
      if (message.seq > (this.have ?? 0)) {
        this.#append(message);
      }
    }
    this.have = Math.max(this.have ?? 0, page.through_seq);
    this.#take_aside();
  }

  /**
   * The newest page, over whatever lies between: that becomes a hole.
   *
   * @param {Page} page
   */
  jump(page) {
    const before = this.have ?? 0;
    const fresh = page.messages.filter(({ seq }) => seq > before);
    const first = fresh[0];
    if (first && first.seq > before + 1 && page.has_more && this.entries.length > 0) {
      this.holes.add(first.seq);
    }
    if (this.entries.length === 0) {
      this.from_start = !page.has_more;
    }
    this.extend({ ...page, messages: fresh });
  }

  /**
   * A page of `before_seq=before`: history before the first entry, or before a hole. While it was on its way, the log may
   * have been trimmed or have jumped; then it belongs nowhere any more, and is dropped.
   *
   * @param {number} before
   * @param {Pick<Page, "messages" | "has_more">} page
   */
  insert(before, page) {
    if (before !== this.first && !this.holes.has(before)) {
      return;
    }
    const at = this.entries.findIndex(({ seq }) => seq >= before);
    const end = at < 0 ? this.entries.length : at;
    const lower = this.entries[end - 1]?.seq ?? 0;
    const fresh = page.messages.filter(({ seq }) => seq > lower && seq < before);
    this.entries.splice(end, 0, ...fresh);
    // Reached when the page overlaps with what is held below, or touches it, or when nothing readable is left.
    const first = page.messages[0]?.seq ?? before;
    const closed = !page.has_more || first <= lower + 1;
    if (lower === 0) {
      this.from_start ||= !page.has_more;
    }
    if (this.holes.delete(before) && !closed && fresh[0]) {
      this.holes.add(fresh[0].seq);
    }
  }

  /**
   * Lets go of old entries; they are history again.
   *
   * @param {number} keep  How many stay.
   */
  trim(keep) {
    const gone = this.entries.splice(0, Math.max(0, this.entries.length - keep));
    if (gone.length > 0) {
      this.from_start = false;
      const { first } = this;
      this.holes = new Set([...this.holes].filter((seq) => seq > first));
    }
  }

  #take_aside() {
    for (
      let next = this.#aside.get((this.have ?? 0) + 1);
      next;
      next = this.#aside.get((this.have ?? 0) + 1)
    ) {
      this.#append(next);
    }
    for (const seq of this.#aside.keys()) {
      if (seq <= (this.have ?? 0)) {
        this.#aside.delete(seq);
      }
    }
  }

  /** @param {Message} entry */
  #append(entry) {
    this.entries.push(entry);
    this.have = entry.seq;
  }
}
