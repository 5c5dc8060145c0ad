//! The files of this build and its page. Read once: what is served does not change under a page. A debug build
//! reads them from the working copy when it starts, any other carries them in itself.

use super::bare::bare;
use super::modules;
use super::piece::Piece;
use rust_embed::RustEmbed;
use salvo::http::header::HeaderValue;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

const INDEX: &str = "index.html";

/// The module that the page starts.
const ENTRY: &str = "main.js";

/// The folder of what others wrote.
const OTHERS: &str = "vendor/";

/// The script that keeps the page for when nothing answers.
const WORKER: &str = "sw.js";

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../frontend/src"]
struct Files;

/// How many bytes of a hash are a name. In hexadecimal it is twice as long.
const NAME: usize = 8;
pub(super) const NAME_LENGTH: usize = 2 * NAME;

/// What is served.
pub struct Build {
    /// Names the build: the hash of all its files.
    pub(super) name: String,
    pub(super) files: BTreeMap<String, Piece>,
    /// `index.html`, its references led to this build.
    pub(super) page: Piece,
    /// `sw.js`, which is told its build in the same way.
    pub(super) worker: Piece,
    /// Names the page. It is weak because the same page goes out packed in several ways.
    pub(super) tag: HeaderValue,
}

impl Build {
    /// This program's own.
    #[must_use]
    pub fn load() -> Self {
        Self::load_with(&[])
    }

    /// This program's own with other files in it, and so another build.
    #[must_use]
    pub fn load_with(more: &[(&str, &str)]) -> Self {
        let names = Files::iter().map(std::borrow::Cow::into_owned);
        let mut files: BTreeMap<String, Vec<u8>> =
            names.filter_map(|name| Some((name.clone(), served(&name, &Files::get(&name)?.data)))).collect();
        files.extend(more.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())));
        Self::of(files)
    }

    fn of(files: BTreeMap<String, Vec<u8>>) -> Self {
        let name = hash(files.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]));
        let page = page(&name, &files);
        let tag = format!("W/\"{}\"", hash([page.as_bytes()]));
        Self {
            tag: HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("W/\"\"")),
            page: Piece::new(INDEX, page.into_bytes()),
            worker: Piece::new(WORKER, worker(&name, &files).into_bytes()),
            files: files.into_iter().map(|(name, bytes)| (name.clone(), Piece::new(&name, bytes))).collect(),
            name,
        }
    }

    /// A file of a build. Looked up among the names that there are: no path leads out of the folder.
    pub(super) fn find(&self, build: &str, file: &str) -> Option<&Piece> {
        self.files.get(file).filter(|_| build == self.name)
    }
}

/// Own scripts go out without their comments; what others wrote goes as it came.
fn served(name: &str, bytes: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(source) if name.ends_with(".js") && !name.starts_with(OTHERS) => bare(source).into_bytes(),
        _ => bytes.to_vec(),
    }
}

fn hash<'b>(parts: impl IntoIterator<Item = &'b [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize()[..NAME].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The page names its files relative to itself, as the desktop app needs it: here they are led to the build. And
/// it names every module that will be imported, so that the browser asks for all of them at once and not for
/// one level after the other. What may be imported later it names too, for the worker to keep; nothing asks for
/// that yet.
fn page(build: &str, files: &BTreeMap<String, Vec<u8>>) -> String {
    let read = |name: &str| files.get(name).map(|bytes| String::from_utf8_lossy(bytes));
    let mut preloads = String::new();
    let modules = modules::imported_by(ENTRY, &read);
    for module in &modules.first {
        // Writing to a String cannot fail.
        let _ = write!(preloads, "  <link rel=\"modulepreload\" href=\"./{module}\">\n  ");
    }
    for module in &modules.later {
        let _ = write!(preloads, "  <meta name=\"later\" content=\"./{module}\">\n  ");
    }
    let index = read(INDEX).unwrap_or_default();
    led_to(build, &index.replacen("</head>", &format!("{preloads}</head>"), 1))
}

/// The worker has to lie at the top to have the page in its scope, where no path says which build it is of.
fn worker(build: &str, files: &BTreeMap<String, Vec<u8>>) -> String {
    led_to(build, &files.get(WORKER).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default())
}

/// Whatever is named relative to the page, led to the build.
fn led_to(build: &str, text: &str) -> String {
    text.replace("\"./", &format!("\"/b/{build}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_client_is_of_a_known_kind_and_the_page_names_the_build() {
        let build = Build::load();
        assert!(build.files.contains_key(INDEX) && build.files.contains_key(ENTRY));
        for (name, piece) in &build.files {
            assert!(piece.is_of_a_known_kind(), "{name}");
        }
        let page = String::from_utf8(build.page.plain().to_vec()).unwrap();
        assert!(page.contains(&format!("\"/b/{}/{ENTRY}\"", build.name)) && !page.contains("\"./"), "{page}");
        let worker = String::from_utf8(build.worker.plain().to_vec()).unwrap();
        assert!(worker.contains(&format!("\"/b/{}/\"", build.name)) && !worker.contains("\"./"), "{worker}");
    }

    fn small(main: &str) -> BTreeMap<String, Vec<u8>> {
        let page = "<head><script type=\"module\" src=\"./main.js\"></script></head>";
        let worker = "const OWN = \"./\";";
        let files =
            [(INDEX, page), (ENTRY, main), (WORKER, worker), ("net/wire.js", "export {};"), ("lazy.js", "")];
        files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into()
    }

    #[test]
    fn the_page_asks_for_all_modules_at_once() {
        let main = "import { a } from \"./net/wire.js\";\nawait import(\"./lazy.js\");\n";
        let build = Build::of(small(main));
        let page = String::from_utf8(build.page.plain().to_vec()).unwrap();
        let at = format!("/b/{}", build.name);
        assert_eq!(
            page,
            format!(
                "<head><script type=\"module\" src=\"{at}/main.js\"></script>  \
                 <link rel=\"modulepreload\" href=\"{at}/net/wire.js\">\n    \
                 <meta name=\"later\" content=\"{at}/lazy.js\">\n  </head>"
            )
        );
    }

    #[test]
    fn own_scripts_go_out_without_comments_and_all_else_as_it_is() {
        let source = b"// why\nlet a;\n";
        assert_eq!(served("net/wire.js", source), b"let a;\n");
        assert_eq!(served("vendor/marked.js", source), source);
        assert_eq!(served("styles/base.css", source), source);
    }

    #[test]
    fn any_change_of_any_file_is_another_build_with_another_page_and_another_worker() {
        let (one, other) = (Build::of(small("1")), Build::of(small("2")));
        assert!(one.name != other.name && one.tag != other.tag);
        assert!(one.worker.plain() != other.worker.plain());
        let told = format!("const OWN = \"/b/{}/\";", one.name);
        assert_eq!(one.worker.plain(), told.as_bytes());
        let same = Build::of(small("1"));
        assert!(one.name == same.name && one.tag == same.tag);
        assert!(one.find(&one.name, ENTRY).is_some());
        assert!(one.find(&other.name, ENTRY).is_none() && one.find(&one.name, "nothing.js").is_none());
    }
}
