// @ts-check
// How much is unread, where the page itself is not seen: on the tab's icon, and on that of an installed client.

const SIZE = 64;
const RED = "#d62d22";

export class Badge {
  #link = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=icon]"));
  #plain = this.#link?.getAttribute("href") ?? "";
  /** @type {Promise<HTMLImageElement> | null} */
  #drawing = null;
  #count = 0;

  /** @param {number} count */
  async show(count) {
    if (count === this.#count) {
      return;
    }
    this.#count = count;
    tellSystem(count);
    if (!this.#link) {
      return;
    }
    if (count === 0) {
      this.#link.type = "image/svg+xml";
      this.#link.href = this.#plain;
      return;
    }
    try {
      const picture = draw(await this.#icon(), count);
      // Another count may have come meanwhile.
      if (picture && count === this.#count) {
        this.#link.type = "image/png";
        this.#link.href = picture;
      }
    } catch {
      // The icon cannot be drawn here: the title has the number too.
    }
  }

  #icon() {
    this.#drawing ??= load(this.#plain);
    return this.#drawing;
  }
}

/** @param {number} count */
function tellSystem(count) {
  // Not for every installed client, and refused where it is none.
  const told = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  told?.catch(() => {});
}

/** @param {string} address */
async function load(address) {
  const image = new Image(SIZE, SIZE);
  image.src = address;
  await image.decode();
  return image;
}

/**
 * @param {HTMLImageElement} icon
 * @param {number} count
 * @returns {string | null} An address.
 */
function draw(icon, count) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (!pen) {
    return null;
  }
  const text = count > 99 ? "99" : String(count);
  const [x, y, radius] = [SIZE - 21, 21, 21];
  pen.drawImage(icon, 0, 8, SIZE - 8, SIZE - 8);
  pen.fillStyle = RED;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = "#ffffff";
  pen.font = `bold ${text.length > 1 ? 27 : 33}px sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, x, y + 2);
  return canvas.toDataURL("image/png");
}
