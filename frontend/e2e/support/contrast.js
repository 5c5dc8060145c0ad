// The contrast of every text that is on the screen, as the browser computed its colours. axe leaves out what is scrolled,
// overlapped or half transparent; the pairs of tokens by themselves are in test/unit/view-contrast.test.js.

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<{ texts: number, weak: string[] }>}  How many texts were looked at, and which are too weak.
 */
export function contrast(page) {
  return page.evaluate(measure);
}

/** Runs in the page. The ratios are WCAG 2.2's: 4.5, or 3 for large text; what is disabled is free. */
function measure() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const brush = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );

  /** Colours over one another, the lowest first, as the browser itself mixes them. @param {string[]} layers */
  function mixed(layers) {
    brush.fillStyle = "white";
    brush.fillRect(0, 0, 1, 1);
    for (const layer of layers) {
      brush.fillStyle = layer;
      brush.fillRect(0, 0, 1, 1);
    }
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }

  /** @param {number[]} colour */
  function luminance(colour) {
    const [red, green, blue] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * Number(red) + 0.7152 * Number(green) + 0.0722 * Number(blue);
  }

  /** @param {Element} element */
  function grounds(element) {
    const layers = [];
    for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
      layers.unshift(getComputedStyle(at).backgroundColor);
    }
    return layers;
  }

  /** @param {Element} element */
  function isShown(element) {
    const { width, height } = element.getBoundingClientRect();
    const free = element.closest("[aria-disabled=true], :disabled, .hidden");
    return width > 1 && height > 1 && !free && element.checkVisibility({ visibilityProperty: true });
  }

  const weak = [];
  let texts = 0;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = /** @type {Element} */ (walk.currentNode.parentElement);
    if (!walk.currentNode.textContent?.trim() || !isShown(element)) {
      continue;
    }
    texts += 1;
    const style = getComputedStyle(element);
    const under = grounds(element);
    const [light, dark] = [luminance(mixed([...under, style.color])), luminance(mixed(under))].sort(
      (a, b) => b - a,
    );
    const ratio = (Number(light) + 0.05) / (Number(dark) + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < needed) {
      weak.push(`.${element.className} ${style.color} on ${mixed(under)}: ${ratio.toFixed(2)}`);
    }
  }
  return { texts, weak };
}
