// @ts-check
// What the measurements run within the page. Each function is sent there as its text: it knows nothing of this file.

/** Adds up what moved without anybody's doing, as CLS does: the worst five seconds. */
export function watchShifts() {
  let [worst, sum, began, last] = [0, 0, 0, 0];
  new PerformanceObserver((list) => {
    for (const entry of /** @type {any[]} */ (list.getEntries())) {
      if (entry.hadRecentInput) {
        continue;
      }
      if (entry.startTime - last > 1000 || entry.startTime - began > 5000) {
        [sum, began] = [0, entry.startTime];
      }
      last = entry.startTime;
      sum += entry.value;
      worst = Math.max(worst, sum);
    }
    Object.assign(window, { worstShift: worst });
  }).observe({ type: "layout-shift", buffered: true });
}

export function shifts() {
  return /** @type {any} */ (window).worstShift ?? 0;
}

/** When the first message was painted, counted from the navigation. */
export function watchFirst() {
  const look = () => {
    if (document.querySelector(".entry[data-seq]")) {
      requestAnimationFrame(() =>
        setTimeout(() => Object.assign(window, { firstMessage: performance.now() })),
      );
    } else {
      requestAnimationFrame(look);
    }
  };
  look();
}

/**
 * Two conversations of so many messages, as people write them: short, some long, some with marks.
 *
 * @param {number} count
 */
export async function fillTwo(count) {
  const { client } = /** @type {any} */ (window).gallery;
  const words = [
    "好的",
    "see you at nine",
    "**really?** I thought that `main` was fine",
    "👍",
    "https://example.org/a/page",
  ];
  const fill = (/** @type {string} */ key, /** @type {number} */ peer) => {
    const entries = Array.from({ length: count }, (_, index) => ({
      id: index + 1,
      conversation_id: peer,
      seq: index + 1,
      sender_id: index % 7 < 3 ? 1 : peer,
      receiver_id: peer,
      group_id: null,
      content: `${words[index % words.length]} ${"and a few words more ".repeat((index * 7) % 11)}${index + 1}`,
      message_type: "text",
      client_message_id: `${peer}-${index}`,
      created_at: new Date(Date.UTC(2026, 10, 24, 14) - (count - index) * 40_000).toISOString(),
    }));
    const view = client.log(key);
    client.logs.set(key, { ...view, entries, have: count, read_seq: count, peer_read_seq: count - 5 });
  };
  fill("u:2", 2);
  fill("u:3", 3);
  client.open("u:2");
  await new Promise((resolve) => setTimeout(resolve, 500));
}

/**
 * @param {number} times
 * @returns {Promise<number[]>} Milliseconds from the press to the picture.
 */
export async function switchBetween(times) {
  const { client } = /** @type {any} */ (window).gallery;
  const painted = () =>
    new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))));
  const spent = [];
  for (let time = 0; time < times; time += 1) {
    const start = performance.now();
    client.open(time % 2 === 0 ? "u:3" : "u:2");
    await painted();
    while (!document.querySelector(`.entry[data-seq="${client.log(client.current).entries.length}"]`)) {
      await painted();
    }
    spent.push(Number(await painted()) - start);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return spent;
}

/**
 * @param {number} times
 * @returns {Promise<number[]>} Milliseconds from Enter to the picture with the bubble.
 */
export async function send(times) {
  const input = /** @type {HTMLTextAreaElement} */ (document.querySelector(".composer__input"));
  const spent = [];
  for (let time = 0; time < times; time += 1) {
    input.value = `message ${time}`;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    const before = document.querySelectorAll("[data-draft]").length;
    const start = performance.now();
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    while (document.querySelectorAll("[data-draft]").length === before) {
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }
    spent.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  return spent;
}

/**
 * Scrolls up by a step a frame until the first message is in sight, or for so many frames.
 *
 * @param {{ step: number, most: number }} asked  The step in px.
 */
export async function scrollUp({ step, most }) {
  const log = /** @type {HTMLElement} */ (document.querySelector(".log"));
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const frames = [];
  let nodes = 0;
  log.scrollTop = log.scrollHeight;
  await new Promise((resolve) => setTimeout(resolve, 500));
  let last = Number(await frame());
  for (let count = 0; count < most && log.scrollTop > 0; count += 1) {
    log.scrollTop -= step;
    const now = Number(await frame());
    frames.push(now - last);
    last = now;
    if (count % 10 === 0) {
      nodes = Math.max(nodes, document.querySelectorAll("*").length);
      last = Number(await frame());
    }
  }
  await frame();
  await frame();
  nodes = Math.max(nodes, document.querySelectorAll("*").length);
  const reached = document.querySelector('.entry[data-seq="1"]') !== null;
  return { frames, nodes, reached };
}
