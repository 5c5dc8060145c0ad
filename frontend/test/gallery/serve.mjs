// @ts-check
// Serves the page of src/index.html with the gallery's own main.js in the place of the real one, under the same policy
// as the server's. For looking at it by hand (`node test/gallery/serve.mjs`) and for the screenshot tests.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const FRONTEND = fileURLToPath(new URL("../..", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** The real page, so that its list of style sheets is tried too. */
async function galleryPage() {
  const page = await readFile(join(FRONTEND, "src/index.html"), "utf8");
  return page.replaceAll('"./main.js"', '"/test/gallery/main.js"').replaceAll('"./', '"/src/');
}

/**
 * @param {number} port  0: a free one.
 * @param {"kept" | "fresh"} files  Kept by the browser, a page takes a third of the time; fresh, one sees what one changed.
 */
export async function serveGallery(port = 0, files = "kept") {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://gallery").pathname);
    try {
      const body = path.startsWith("/gallery") ? await galleryPage() : await readFile(join(FRONTEND, path));
      const type =
        TYPES[/** @type {keyof typeof TYPES} */ (extname(path) || ".html")] ?? "application/octet-stream";
      response.writeHead(200, {
        "Content-Type": type,
        "Content-Security-Policy": POLICY,
        "Cache-Control": files === "kept" ? "max-age=3600" : "no-store",
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(null)));
  const { port: given } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${given}`, close: () => server.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await serveGallery(Number(process.env.PORT ?? 8090), "fresh");
  console.log(`${address}/gallery/?state=conversation&theme=light`);
}
