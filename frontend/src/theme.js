// Before the first paint: the looks that were chosen, so that nobody's dark room flashes white and no column jumps. A
// classic script because modules run too late; everything else about it is view/appearance.js's. Without a choice the
// system's theme holds.
try {
  const { theme, density, text_size, list_width } = JSON.parse(
    localStorage.getItem("imtt.preferences") ?? "{}",
  );
  const { dataset, style } = document.documentElement;
  if (theme === "light" || theme === "dark") dataset.theme = theme;
  if (density === "compact") dataset.density = density;
  if (text_size >= 12 && text_size <= 20) style.setProperty("--text-px", text_size);
  if (list_width >= 220 && list_width <= 400) style.setProperty("--list-width", `${list_width}px`);
} catch {
  // Storage is forbidden or holds something else: the system's theme it is.
}
