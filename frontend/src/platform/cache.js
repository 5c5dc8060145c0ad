// @ts-check
// Conversations, entries and people in IndexedDB, a database an account. It is a copy: whatever fails here
// is as if it had not been kept, and nobody waits long for it.

/**
 * @typedef {import("../state/keeping.js").Cache} Cache
 * @typedef {import("../state/keeping.js").Batch} Batch
 * @typedef {import("../state/keeping.js").Stored} Stored
 * @typedef {import("../net/wire.js").Message} Message
 */

const VERSION = 1;
/** Entries that are kept of a conversation, the newest ones. */
const ENTRIES_MOST = 1000;
/** Nothing waits longer than this for a disk. */
const PATIENCE = 1500;

/** @type {Stored} */
const NOTHING = { epoch: null, conversations: [], people: [] };

/** @param {number | string} account */
const nameOf = (account) => `imtt-${account}`;

/**
 * @param {number | string} account  A user's id; with more behind it where there is more than one server.
 * @param {IDBFactory} [factory]
 * @returns {Cache}
 */
export function openCache(account, factory = globalThis.indexedDB) {
  const opening = open(nameOf(account), factory);
  /**
   * @template T
   * @param {T} otherwise
   * @param {string[]} stores
   * @param {IDBTransactionMode} mode
   * @param {(stores: Record<string, IDBObjectStore>) => Promise<T> | T} run
   * @returns {Promise<T>}
   */
  async function within(otherwise, stores, mode, run) {
    const work = async () => {
      const database = await opening;
      const transaction = database.transaction(stores, mode);
      const done = finished(transaction);
      const answer = await run(
        Object.fromEntries(stores.map((name) => [name, transaction.objectStore(name)])),
      );
      await done;
      return answer;
    };
    return soon(work(), otherwise);
  }
  return {
    load: () => within(NOTHING, ["state", "conversations", "people"], "readonly", load),
    keep: (batch) =>
      within(undefined, ["state", "conversations", "entries", "people"], "readwrite", (stores) =>
        keep(stores, batch),
      ),
    before: (id, seq, limit) =>
      within([], ["entries"], "readonly", ({ entries }) =>
        before(/** @type {any} */ (entries), id, seq, limit),
      ),
    all: (id) => within([], ["entries"], "readonly", ({ entries }) => asked(entries?.getAll(allOf(id)))),
    begin: (epoch) =>
      within(undefined, ["state", "conversations", "entries"], "readwrite", (stores) => begin(stores, epoch)),
    close: () => void opening.then((database) => database.close()).catch(() => {}),
  };
}

/**
 * Removes everything that was kept of an account. Another tab that has it open lets go of it when it is asked to.
 *
 * @param {number | string} account
 * @param {IDBFactory} [factory]
 */
export async function wipeCache(account, factory = globalThis.indexedDB) {
  try {
    await soon(asked(factory.deleteDatabase(nameOf(account))), undefined);
  } catch {
    // There is no IndexedDB: nothing was kept.
  }
}

/**
 * @param {string} name
 * @param {IDBFactory} factory
 * @returns {Promise<IDBDatabase>}
 */
async function open(name, factory) {
  const request = factory.open(name, VERSION);
  request.onupgradeneeded = () => {
    const database = request.result;
    database.createObjectStore("state");
    database.createObjectStore("conversations", { keyPath: "key" });
    database.createObjectStore("entries", { keyPath: ["conversation_id", "seq"] });
    database.createObjectStore("people", { keyPath: "id" });
  };
  const database = await asked(request);
  // Somebody wipes it, from another tab.
  database.onversionchange = () => database.close();
  return database;
}

/** @param {Record<string, IDBObjectStore>} stores @returns {Promise<Stored>} */
async function load({ state, conversations, people }) {
  const lists = Promise.all([conversations, people].map((store) => asked(store?.getAll())));
  const epoch = await epochIn(state);
  const [kept, known] = await lists;
  return { epoch, conversations: kept, people: known };
}

/**
 * @param {Record<string, IDBObjectStore>} stores
 * @param {Batch} batch
 */
async function keep({ state, conversations, entries, people }, batch) {
  if ((await epochIn(state)) !== batch.epoch) {
    return;
  }
  for (const { key, id } of batch.lost) {
    conversations?.delete(key);
    if (id !== null) {
      entries?.delete(allOf(id));
    }
  }
  for (const entry of batch.entries) {
    entries?.put(entry);
  }
  for (const kept of batch.conversations) {
    // What another tab deleted for oneself stays deleted.
    const before = await asked(conversations?.get(kept.key));
    const deleted = before?.id === kept.id ? (before?.deleted ?? []) : [];
    conversations?.put(
      deleted.length > 0 ? { ...kept, deleted: [...new Set([...deleted, ...(kept.deleted ?? [])])] } : kept,
    );
    entries?.delete(range(kept.id, 0, kept.have - ENTRIES_MOST));
  }
  for (const user of batch.people) {
    people?.put(user);
  }
}

/**
 * Read from the newest down, and only as far as there is no hole: two tabs write here, and what one of them removed the
 * other may still believe in.
 *
 * @param {IDBObjectStore} entries
 * @param {number} id
 * @param {number} before
 * @param {number} limit
 * @returns {Promise<Message[]>}
 */
async function before(entries, id, before, limit) {
  /** @type {Message[]} */
  const kept = await asked(entries.getAll(range(id, Math.max(0, before - limit), before - 1)));
  const hole = kept.findLastIndex(({ seq }, at) => seq !== before - (kept.length - at));
  return kept.slice(hole + 1);
}

/**
 * @param {Record<string, IDBObjectStore>} stores
 * @param {string} epoch
 */
async function begin({ state, conversations, entries }, epoch) {
  if ((await epochIn(state)) !== epoch) {
    conversations?.clear();
    entries?.clear();
    state?.put(epoch, "epoch");
  }
}

/** @param {IDBObjectStore | undefined} state @returns {Promise<string | null>} */
async function epochIn(state) {
  return (await asked(state?.get("epoch"))) ?? null;
}

/** @param {number} id */
function allOf(id) {
  return range(id, 0, Number.MAX_SAFE_INTEGER);
}

/**
 * @param {number} id
 * @param {number} from
 * @param {number} to
 */
function range(id, from, to) {
  return IDBKeyRange.bound([id, Math.min(from, to)], [id, to]);
}

/**
 * @param {IDBRequest | undefined} request
 * @returns {Promise<any>}
 */
function asked(request) {
  return new Promise((resolve, reject) => {
    if (request) {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    } else {
      resolve(undefined);
    }
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/**
 * @template T
 * @param {Promise<T>} work
 * @param {T} otherwise
 * @returns {Promise<T>}
 */
function soon(work, otherwise) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(otherwise), PATIENCE);
    const settle = (/** @type {T} */ answer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    work.then(settle, () => settle(otherwise));
  });
}
