// @ts-check
// A face as a picture, for what shows no elements of a page: the system's notifications. Fetched when the first is shown.

import { avatarAddress, avatarHue, initials } from "../lib/avatar.js";

/** In pixels: as large as any system shows it. */
const SIZE = 128;

/**
 * Initials on their colour, as lists show them, and over them the picture, if there is one that loads.
 *
 * @param {import("./notifications.js").Portrayed} face
 * @returns {Promise<string>} A PNG, as a `data:` address.
 */
export async function portraitOf({ seed, name, avatar = "" }) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const brush = canvas.getContext("2d");
  if (!brush) {
    throw new Error("there is no canvas");
  }
  const style = getComputedStyle(document.body);
  brush.arc(SIZE / 2, SIZE / 2, SIZE / 2, 0, 2 * Math.PI);
  brush.clip();
  brush.fillStyle = style.getPropertyValue(`--hue-${avatarHue(seed)}`);
  brush.fillRect(0, 0, SIZE, SIZE);
  brush.fillStyle = style.getPropertyValue("--on-avatar");
  brush.font = `500 ${SIZE * 0.4}px ${style.fontFamily}`;
  brush.textAlign = "center";
  const letters = initials(name);
  const { actualBoundingBoxAscent: above, actualBoundingBoxDescent: below } = brush.measureText(letters);
  brush.fillText(letters, SIZE / 2, (SIZE + above - below) / 2, SIZE * 0.9);
  const picture = await pictureAt(avatarAddress(avatar));
  if (picture) {
    brush.drawImage(picture, 0, 0, SIZE, SIZE);
  }
  return canvas.toDataURL();
}

/** @param {string | null} address */
async function pictureAt(address) {
  if (!address) {
    return null;
  }
  const picture = new Image();
  picture.src = address;
  return await picture.decode().then(
    () => picture,
    () => null,
  );
}
