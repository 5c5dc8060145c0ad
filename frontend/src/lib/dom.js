// @ts-check
// Making and keeping elements: one way to build them, one way to end their listeners, one keyed reconcile for all
// lists. Text goes in as text only; nothing here knows what is shown.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(node, name, value);
  }
  for (const child of children) {
    if (child || child === "") {
      node.append(child);
    }
  }
  return node;
}

/**
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {...SVGElement} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(node, name, value);
  }
  node.append(...children);
  return node;
}

/**
 * Touches the element only where something differs, so that updates are cheap and observers stay quiet.
 * `true` sets an empty attribute, `false` and null remove it.
 *
 * @param {Element} node
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) {
      node.removeAttribute(name);
    }
    return;
  }
  const text = value === true ? "" : String(value);
  if (node.getAttribute(name) !== text) {
    node.setAttribute(name, text);
  }
}

/**
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/**
 * A name that somebody chose, kept apart so that its direction marks cannot reorder what stands around it.
 *
 * @param {string} name
 * @param {Attributes} [attributes]
 */
export function bdi(name, attributes = {}) {
  return h("bdi", { dir: "auto", ...attributes }, name);
}

/** What a view holds on to until it is destroyed: listeners, timers, children. */
export class Lifetime {
  #abort = new AbortController();
  /** @type {Set<() => void>} */
  #ends = new Set();

  get ended() {
    return this.#abort.signal.aborted;
  }

  /**
   * @template {keyof HTMLElementEventMap} Type
   * @overload
   * @param {EventTarget} target
   * @param {Type} type
   * @param {(event: HTMLElementEventMap[Type]) => void} handle
   * @param {AddEventListenerOptions} [options]
   * @returns {void}
   */
  /**
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: any) => void} handle
   * @param {AddEventListenerOptions} [options]
   */
  listen(target, type, handle, options = {}) {
    target.addEventListener(type, handle, { ...options, signal: this.#abort.signal });
  }

  /** @param {() => void} end */
  add(end) {
    this.#ends.add(end);
  }

  /**
   * @param {number} milliseconds
   * @param {() => void} run
   * @returns {() => void} Takes it back.
   */
  after(milliseconds, run) {
    const timer = setTimeout(() => {
      this.#ends.delete(cancel);
      run();
    }, milliseconds);
    const cancel = () => {
      clearTimeout(timer);
      this.#ends.delete(cancel);
    };
    this.#ends.add(cancel);
    return cancel;
  }

  /**
   * @param {number} milliseconds
   * @param {() => void} run
   */
  every(milliseconds, run) {
    const timer = setInterval(run, milliseconds);
    this.#ends.add(() => clearInterval(timer));
  }

  end() {
    this.#abort.abort();
    for (const end of [...this.#ends]) {
      end();
    }
    this.#ends.clear();
  }
}

/**
 * A mounted item of a list.
 *
 * @template Item
 * @typedef {{ node: HTMLElement, update(item: Item): void, destroy?(): void }} ItemView
 */

/** @type {WeakMap<Element, Map<string, ItemView<any>>>} */
const mounted = new WeakMap();

/**
 * Makes the parent's children show the items in their order. A key's element stays the same one for as long as the key
 * is there, and as few elements as possible are moved, so focus, selection and scroll survive.
 *
 * @template Item
 * @param {Element} parent  Has no other children.
 * @param {Item[]} items
 * @param {(item: Item) => string} keyOf  Different for each item.
 * @param {(item: Item) => ItemView<Item>} create  Must not yet show the item: update follows.
 */
export function reconcile(parent, items, keyOf, create) {
  const views = mounted.get(parent) ?? new Map();
  mounted.set(parent, views);
  const keys = new Set(items.map(keyOf));
  for (const [key, view] of views) {
    if (keys.has(key)) {
      continue;
    }
    view.destroy?.();
    view.node.remove();
    views.delete(key);
  }
  const wanted = items.map((item) => {
    const key = keyOf(item);
    const view = views.get(key) ?? create(item);
    views.set(key, view);
    view.update(item);
    return view.node;
  });
  arrange(parent, wanted);
}

/**
 * Ends all items of a list.
 *
 * @param {Element} parent
 */
export function unmountItems(parent) {
  for (const view of mounted.get(parent)?.values() ?? []) {
    view.destroy?.();
  }
  mounted.delete(parent);
}

/**
 * @param {Element} parent
 * @param {HTMLElement[]} wanted
 */
function arrange(parent, wanted) {
  const place = new Map([...parent.children].map((node, index) => [/** @type {Element} */ (node), index]));
  const resting = restingPlaces(wanted.map((node) => place.get(node) ?? -1));
  const focused = document.activeElement;
  /** @type {HTMLElement | null} */
  let next = null;
  for (let index = wanted.length - 1; index >= 0; index -= 1) {
    if (!resting.has(index)) {
      put(parent, wanted[index], next);
    }
    next = wanted[index];
  }
  if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
}

/**
 * `moveBefore`, where there is one, keeps focus and scroll of what is moved.
 *
 * @param {any} parent
 * @param {HTMLElement} node
 * @param {HTMLElement | null} before
 */
function put(parent, node, before) {
  if (node.parentNode === parent && parent.isConnected && parent.moveBefore) {
    parent.moveBefore(node, before);
  } else {
    parent.insertBefore(node, before);
  }
}

/**
 * The indexes whose elements may stay where they are: a longest increasing run of the old places. -1 is a new element.
 *
 * @param {number[]} places
 * @returns {Set<number>}
 */
export function restingPlaces(places) {
  /** @type {number[]} For each length of a run, the index at which the best one ends. */
  const ends = [];
  /** @type {number[]} */
  const before = new Array(places.length).fill(-1);
  places.forEach((place, index) => {
    if (place < 0) {
      return;
    }
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[ends[middle]] < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low > 0) {
      before[index] = ends[low - 1];
    }
    ends[low] = index;
  });
  const resting = new Set();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at]) {
    resting.add(at);
  }
  return resting;
}
