//! Which modules a module imports, near and far. It reads the imports that the house writes, one shape of them,
//! and understands no more of the language: what it misses is only asked for later.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};

/// What a module leads to.
#[derive(Debug, PartialEq, Eq)]
pub struct Imported {
    /// Without being asked for at run time, nearest first.
    pub first: Vec<String>,
    /// What is asked for at run time (`await import(…)`), and what that leads to.
    pub later: Vec<String>,
}

/// Everything that `entry` leads to, itself left out, and what only the desktop app has.
pub fn imported_by<'f>(entry: &str, read: &impl Fn(&str) -> Option<Cow<'f, str>>) -> Imported {
    let mut met = BTreeSet::from([entry.to_owned()]);
    let mut asked = Vec::new();
    let first = closure(entry.to_owned(), &mut met, &mut asked, read);
    let mut later = Vec::new();
    while let Some(path) = asked.pop() {
        if read(&path).is_some() && !path.contains(DESKTOP) && met.insert(path.clone()) {
            later.push(path.clone());
            later.extend(closure(path, &mut met, &mut asked, read));
        }
    }
    later.sort_unstable();
    Imported { first, later }
}

/// Folders of this name are for the desktop app, which has its own copy of everything.
const DESKTOP: &str = "/desktop/";

/// What `start` leads to and was not met yet; what is asked for at run time goes to `asked`.
fn closure<'f>(
    start: String,
    met: &mut BTreeSet<String>,
    asked: &mut Vec<String>,
    read: &impl Fn(&str) -> Option<Cow<'f, str>>,
) -> Vec<String> {
    let mut queue = VecDeque::from([start]);
    let mut found = Vec::new();
    while let Some(name) = queue.pop_front() {
        let Some(source) = read(&name) else { continue };
        asked.extend(requests(&source).filter_map(|path| resolve(&name, path)));
        for path in specifiers(&source).filter_map(|path| resolve(&name, path)) {
            if read(&path).is_some() && met.insert(path.clone()) {
                found.push(path.clone());
                queue.push_back(path);
            }
        }
    }
    found
}

/// The lines that are no comment.
fn code(source: &str) -> impl Iterator<Item = &str> {
    source.lines().map(str::trim).filter(|line| !line.starts_with(['/', '*']))
}

/// `await import("./x.js")`, one in a line.
fn requests(source: &str) -> impl Iterator<Item = &str> {
    code(source)
        .filter_map(|line| line.split_once("await import(\"")?.1.split_once("\")").map(|(path, _)| path))
}

/// `import "./x.js";` and the end of `import { … } from "./x.js";` and of the like with `export`.
fn specifiers(source: &str) -> impl Iterator<Item = &str> {
    let rests = code(source).filter_map(|line| match line.strip_prefix("import \"") {
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
    fn imports_are_followed_nearest_first_and_each_once_and_what_comes_later_is_told_apart() {
        let read = |name: &str| {
            let source = match name {
                "main.js" => {
                    "import { a } from \"./view/a.js\";\nimport \"./b.js\";\nconst { l } = await import(\"./later.js\");\nconst d = a && (await import(\"./view/desktop/d.js\"));"
                }
                "view/a.js" => {
                    "// @ts-check\n/** @typedef {import(\"../types.js\").T} T */\nimport {\n  b,\n} from \"../b.js\";\nexport { c } from \"./c.js\";"
                }
                "b.js" => {
                    "// import { o } from \"./old.js\";\nimport { m } from \"./main.js\";\nimport x from \"../out.js\";\nimport y from \"bare\";\nimport \"./d.js\";"
                }
                "view/c.js" => "export const from = \"./b.js\";\nimport { gone } from \"./gone.js\";",
                "later.js" => "import { a } from \"./view/a.js\";\nimport \"./late.js\";",
                "late.js" | "d.js" | "view/desktop/d.js" | "types.js" | "old.js" | "out.js" | "bare" => "",
                _ => return None,
            };
            Some(Cow::Borrowed(source))
        };
        let imported = imported_by("main.js", &read);
        assert_eq!(imported.first, ["view/a.js", "b.js", "view/c.js", "d.js"]);
        assert_eq!(imported.later, ["late.js", "later.js"]);
    }
}
