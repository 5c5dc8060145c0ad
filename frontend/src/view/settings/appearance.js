// @ts-check
// Settings: theme, density, and how large the text is, each to be seen at once.

import { createChoice } from "../parts/choice.js";
import { createSlider } from "../parts/slider.js";

/** @type {[number, number]} */
const SIZES = [12, 20];

/** @type {import("../dialogs/settings.js").Section} */
export const appearance = {
  id: "appearance",
  icon: "palette",
  label: ({ t }) => t("settings.appearance"),
  build({ preferences, t }) {
    const row = { layout: /** @type {const} */ ("row") };
    const theme = createChoice(
      t("settings.theme"),
      [
        { value: "system", label: t("settings.theme_system") },
        { value: "light", label: t("settings.theme_light") },
        { value: "dark", label: t("settings.theme_dark") },
      ],
      row,
    );
    const density = createChoice(
      t("settings.density"),
      [
        { value: "cosy", label: t("settings.density_cosy") },
        { value: "compact", label: t("settings.density_compact") },
      ],
      row,
    );
    const size = createSlider(t("settings.text_size"), {
      range: SIZES,
      say: (value) => t("settings.text_size_px", { count: value }),
      set: (value) => preferences.set("text_size", value),
    });
    theme.set(preferences.get("theme"));
    density.set(preferences.get("density"));
    size.update(preferences.get("text_size"));
    theme.onChoice((value) => preferences.set("theme", /** @type {any} */ (value)));
    density.onChoice((value) => preferences.set("density", /** @type {any} */ (value)));
    return [theme.node, density.node, size.node];
  },
};
