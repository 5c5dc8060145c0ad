// Before the first paint: the theme that was chosen, so that nobody's dark room flashes white. A classic script because
// modules run too late; everything else about the theme is view/app.js's. Without a choice the system's theme holds.
try {
  const { theme } = JSON.parse(localStorage.getItem("imtt.preferences") ?? "{}");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden or holds something else: the system's theme it is.
}
