//! Which modules a module imports, near and far. It reads the imports that the house writes, one shape of them,
//! and understands no more of the language: what it misses is only asked for later.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};

/// Everything that `entry` leads to without being asked for at run time (`import(…)`), nearest first, itself left
/// out.
pub fn imported_by<'f>(entry: &str, read: &impl Fn(&str) -> Option<Cow<'f, str>>) -> Vec<String> {
    let mut met = BTreeSet::from([entry.to_owned()]);
    let mut queue = VecDeque::from([entry.to_owned()]);
    let mut found = Vec::new();
    while let Some(name) = queue.pop_front() {
        let Some(source) = read(&name) else { continue };
        for path in specifiers(&source).filter_map(|path| resolve(&name, path)) {
            if read(&path).is_some() && met.insert(path.clone()) {
                found.push(path.clone());
                queue.push_back(path);
            }
        }
    }
    found
}

/// `import "./x.js";` and the end of `import { … } from "./x.js";` and of the like with `export`.
fn specifiers(source: &str) -> impl Iterator<Item = &str> {
    let lines = source.lines().map(str::trim).filter(|line| !line.starts_with(['/', '*']));
    let rests = lines.filter_map(|line| match line.strip_prefix("import \"") {
        Some(rest) => Some(rest),
        None => line.split_once(" from \"").map(|(_, rest)| rest),
    });
    rests.filter_map(|rest| rest.strip_suffix("\";")).filter(|path| path.starts_with('.'))
}

/// A path as it stands in `importer`, seen from the top; `None` where it leads out.
fn resolve(importer: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = importer.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_followed_nearest_first_and_each_once() {
        let read = |name: &str| {
            let source = match name {
                "main.js" => {
                    "import { a } from \"./view/a.js\";\nimport \"./b.js\";\nconst later = import(\"./later.js\");"
                }
                "view/a.js" => {
                    "// @ts-check\n/** @typedef {import(\"../types.js\").T} T */\nimport {\n  b,\n} from \"../b.js\";\nexport { c } from \"./c.js\";"
                }
                "b.js" => {
                    "// import \"./old.js\";\nimport { m } from \"./main.js\";\nimport x from \"../out.js\";\nimport y from \"bare\";"
                }
                "view/c.js" => "export const from = \"./b.js\";\nimport { gone } from \"./gone.js\";",
                "later.js" | "types.js" | "old.js" | "out.js" => "",
                _ => return None,
            };
            Some(Cow::Borrowed(source))
        };
        assert_eq!(imported_by("main.js", &read), ["view/a.js", "b.js", "view/c.js"]);
    }
}
