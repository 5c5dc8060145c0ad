// Hostile texts. The attacks are after OWASP's cheat sheet on filter evasion; the oddities are what people really send.

export const ATTACKS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  '"><script>alert(1)</script>',
  "'-alert(1)-'",
  "javascript:alert(1)",
  '<a href="javascript:alert(1)">click</a>',
  "<a href='data:text/html,<script>alert(1)</script>'>click</a>",
  "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
  "<math><mtext></table></math><img src onerror=alert(1)>",
  "<style>@import'http://127.0.0.1:1/x.css';</style>",
  "<base href=//127.0.0.1:1/>",
  "<meta http-equiv=refresh content=0;url=javascript:alert(1)>",
  "<form action=javascript:alert(1)><button>go</button></form>",
  "<template><script>alert(1)</script></template>",
  "<details open ontoggle=alert(1)>x</details>",
  "<body onload=alert(1)>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
  "[x](javascript:alert(1))",
  '![x](x"onerror=alert(1))',
  "`<img src=x onerror=alert(1)>`",
  '<!--<img src="--><img src=x onerror=alert(1)//">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "$" + "{alert(1)}",
  "{{7*7}}",
  "__proto__",
  "constructor",
  "toString",
  "null",
  '{"event_type":"message"}',
];

/** How a log shows a text of these: what stands between backticks is code, without them. @param {string} text */
export const shown = (text) => text.trim().replace(/^`([^`]*)`$/, "$1");

const ZALGO = [..."zalgo"]
  .map((letter) => letter + "\u0335\u0321\u0322\u0301\u0300\u0302\u0336".repeat(12))
  .join("");

export const ODDITIES = [
  "\u202egnirts desrever\u202c",
  "\u2066isolated\u2069 and \u200fright\u200e",
  "مرحبا بالعالم",
  "שלום עולם, abc 123",
  "W".repeat(10_000),
  "字".repeat(3_000),
  ZALGO,
  "👩‍👩‍👧‍👦 👨🏿‍🚀 🏳️‍🌈 🇨🇳 1️⃣ ❤️‍🔥",
  "👍",
  "a\u0000b".replace("\u0000", "\u0001"),
  "line one\nline two\n\nline four",
  "tabs\tand   many   spaces",
  "https://example.org/" + "a".repeat(400),
];
