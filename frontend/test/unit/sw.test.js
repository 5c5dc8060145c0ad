// @ts-check
// The worker behind the page, run over stand-ins of what a browser gives it: what it keeps, what it answers, and that
// two builds never mix.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const SOURCE = readFileSync(new URL("../../src/sw.js", import.meta.url), "utf8");
const HOST = "http://im.example";

/** @param {string} build */
const pageOf = (build) =>
  `<script src="/b/${build}/theme.js"></script><script src="/b/${build}/main.js"></script>`;

/** What answers. */
class Net {
  build = "one";
  /** What is said instead. @type {(() => Promise<Response>) | null} */
  instead = null;
  /** @type {string[]} */
  asked = [];

  /** @param {string | { url: string }} what */
  async fetch(what) {
    const path = (typeof what === "string" ? what : what.url).replace(HOST, "");
    this.asked.push(path);
    if (this.instead) {
      return this.instead();
    }
    const [, , build] = path.split("/");
    if (path === "/") {
      return new Response(pageOf(this.build));
    }
    return build === this.build ? new Response(`${path} from the net`) : new Response("", { status: 404 });
  }
}

/** Caches by their names, shared by the workers of one browser. */
class Caches {
  /** @type {Map<string, Map<string, Response>>} */
  all = new Map();
  /** @param {Net} net */
  constructor(net) {
    this.net = net;
  }

  /** @param {string} name */
  async open(name) {
    const kept = this.all.get(name) ?? new Map();
    this.all.set(name, kept);
    const { net } = this;
    return {
      /** @param {string[]} paths */
      async addAll(paths) {
        const answers = await Promise.all(paths.map((path) => net.fetch(path)));
        assert.ok(answers.every(({ ok }) => ok));
        paths.forEach((path, index) => {
          kept.set(path, answers[index]);
        });
      },
      put: async (/** @type {string} */ path, /** @type {Response} */ answer) => void kept.set(path, answer),
    };
  }
  /** @param {string | { url: string }} what @param {{ cacheName: string }} options */
  async match(what, { cacheName }) {
    const path = (typeof what === "string" ? what : what.url).replace(HOST, "");
    return this.all.get(cacheName)?.get(path)?.clone();
  }
  async keys() {
    return [...this.all.keys()];
  }
  /** @param {string} name */
  async delete(name) {
    this.all.delete(name);
  }
}

/** @param {string} build @param {Net} net @param {Caches} caches */
function workerOf(build, net, caches) {
  /** @type {Record<string, (event: any) => void>} */
  const hears = {};
  const context = createContext({
    addEventListener: (/** @type {string} */ type, /** @type {(event: any) => void} */ hear) => {
      hears[type] = hear;
    },
    skipWaiting() {},
    clients: { claim: async () => {} },
    location: { origin: HOST },
    fetch: net.fetch.bind(net),
    caches,
    Response,
    URL,
    Set,
    setTimeout: (/** @type {() => void} */ run) => setTimeout(run, 20),
  });
  runInContext(SOURCE.replaceAll('"./', `"/b/${build}/`), context);
  /** @param {string} type @returns {Promise<unknown>} */
  const told = (type) => new Promise((resolve) => hears[type]({ waitUntil: resolve }));
  return {
    install: () => told("install"),
    activate: () => told("activate"),
    /** What it answers; null: it leaves it to the browser. @param {string} path @param {object} [more] */
    async answer(path, more = {}) {
      /** @type {Promise<Response>[]} */
      const given = [];
      const request = {
        url: path.startsWith("http") ? path : HOST + path,
        method: "GET",
        mode: "cors",
        ...more,
      };
      hears.fetch({
        request,
        respondWith: (/** @type {Promise<Response>} */ answer) => given.push(answer),
      });
      const answer = (await given[0]) ?? null;
      return answer && { status: answer.status, text: await answer.text() };
    },
  };
}

async function installed() {
  const net = new Net();
  const caches = new Caches(net);
  const worker = workerOf("one", net, caches);
  await worker.install();
  await worker.activate();
  return { net, caches, worker };
}

const opening = { mode: "navigate" };

test("it keeps the page and the files that the page names, and nothing else", async () => {
  const { caches } = await installed();
  const [[, kept], ...others] = [...caches.all];
  assert.deepEqual([...kept.keys()].sort(), ["/", "/b/one/main.js", "/b/one/theme.js"]);
  assert.equal(others.length, 0);
});

test("a page of another build is not kept: all of one build, or nothing", async () => {
  const net = new Net();
  const caches = new Caches(net);
  net.build = "two";
  await assert.rejects(workerOf("one", net, caches).install());
  assert.equal(caches.all.size, 0);
  net.build = "one";
  const fetch = net.fetch.bind(net);
  net.fetch = async (what) =>
    String(what).endsWith("theme.js") ? new Response("", { status: 404 }) : fetch(what);
  await assert.rejects(workerOf("one", net, caches).install());
  assert.equal(
    [...caches.all.values()].reduce((sum, kept) => sum + kept.size, 0),
    0,
  );
});

test("the API, what is written, and what is elsewhere are left to the browser", async () => {
  const { worker } = await installed();
  const left = [
    worker.answer("/api/conversations"),
    worker.answer("/api/docs/index.html", opening),
    worker.answer("/", { ...opening, method: "POST" }),
    worker.answer("/b/one/main.js", { method: "HEAD" }),
    worker.answer("/b/two/main.js"),
    worker.answer("https://elsewhere.example/", opening),
  ];
  assert.deepEqual(await Promise.all(left), [null, null, null, null, null, null]);
});

test("while something answers the page is the server's, also when that is a newer one", async () => {
  const { net, worker } = await installed();
  net.build = "two";
  assert.deepEqual(await worker.answer("/", opening), { status: 200, text: pageOf("two") });
  net.instead = async () => new Response("no such page", { status: 404 });
  assert.equal((await worker.answer("/", opening))?.status, 404, "what is answered is an answer");
});

test("the page that was kept opens when nothing answers, or a proxy says that nothing does, or it takes for ever", async () => {
  const { net, worker } = await installed();
  const silent = [
    () => Promise.reject(new TypeError("no network")),
    async () => new Response("bad gateway", { status: 502 }),
    () => /** @type {Promise<Response>} */ (new Promise(() => {})),
  ];
  for (const instead of silent) {
    net.instead = instead;
    assert.deepEqual(await worker.answer("/", opening), { status: 200, text: pageOf("one") });
    assert.equal((await worker.answer("/b/one/main.js"))?.text, "/b/one/main.js from the net");
  }
});

test("a file that is kept is not asked for again; one that is not comes from the net", async () => {
  const { net, worker } = await installed();
  net.asked = [];
  await worker.answer("/b/one/main.js");
  assert.deepEqual(net.asked, []);
  assert.equal((await worker.answer("/b/one/later.js"))?.text, "/b/one/later.js from the net");
});

test("a newer worker takes the place of the older one's build, and of nothing else", async () => {
  const { net, caches } = await installed();
  await caches.open("somebody else's");
  net.build = "two";
  const next = workerOf("two", net, caches);
  await next.install();
  await next.activate();
  assert.deepEqual(await caches.keys(), ["somebody else's", "im-tt-shell /b/two/"]);
  net.instead = () => Promise.reject(new TypeError("no network"));
  assert.deepEqual(await next.answer("/", opening), { status: 200, text: pageOf("two") });
});
