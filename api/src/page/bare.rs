//! Scripts without what only their readers need: comments that have lines to themselves, indentation, empty lines.
//!
//! This knows nothing of the language but what the house keeps to (the client's `house-rules.test.js` sees to it): no
//! string and no template goes over a line. So what begins a line with `//` or `/*` is a comment.

/// The script without them.
pub fn bare(source: &str) -> String {
    let mut bare = String::with_capacity(source.len());
    let mut inside = false;
    for text in source.lines().map(str::trim).filter(|text| !text.is_empty()) {
        let opens = text.starts_with("/*");
        let closed = text.find("*/").map(|at| at + "*/".len() == text.len());
        if inside {
            // The house ends a line with the comment.
            inside = closed.is_none();
        } else if opens && closed.is_none() {
            inside = true;
        } else if !(text.starts_with("//") || opens && closed == Some(true)) {
            bare.push_str(text);
            bare.push('\n');
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_with_lines_to_themselves_and_indentation_go() {
        let source = "// @ts-check\n/** @param {string} a */\nexport function f(a) {\n  /**\n   * Why `x`.\n   */\n\n  \
                      const b = /** @type {any} */ (a); // kept\n  /* a */ b();\n  c(); /* d */\n}\n";
        let wanted = "export function f(a) {\nconst b = /** @type {any} */ (a); // kept\n/* a */ b();\nc(); /* d */\n}\n";
        assert_eq!(bare(source), wanted);
    }

    #[test]
    fn what_looks_like_a_comment_within_a_line_is_code() {
        let source = "const url = \"https://example.org\";\nconst glob = `a/*b`;\nreturn a\n* b;\n";
        assert_eq!(bare(source), source);
        assert_eq!(bare(""), "");
    }
}
