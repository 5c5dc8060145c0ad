//! Finding the few fields of a server's event that are checked, without building the event. Fields may come in any
//! order, with blanks between them; those that are not known are passed over, whatever is in them.

/// What was found. What is absent or null is zero or empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scanned<'a> {
    /// `event_type`.
    pub kind: &'a [u8],
    /// Where.
    pub conversation_id: i64,
    /// Its place there.
    pub seq: i64,
    /// Who wrote it, or whose connection this is.
    pub user_id: i64,
    /// In a direct conversation: to whom.
    pub receiver_id: i64,
    /// In a group: which.
    pub group_id: i64,
    /// The sender's id for it; 0 when there is none.
    pub client_message_id: u128,
    /// The number that the content begins with: when the message was to be sent.
    pub stamp: u64,
    /// Why something was refused.
    pub code: &'a [u8],
    /// `retry_after_ms` or `reconnect_in_ms`.
    pub wait_ms: i64,
    /// `heads`, as JSON.
    pub heads: &'a [u8],
    /// `conversations`, as JSON.
    pub conversations: &'a [u8],
}

/// Looks through one event; `None` for what is no JSON object.
#[must_use]
pub fn scan(text: &[u8]) -> Option<Scanned<'_>> {
    let mut cursor = Cursor { text, at: 0 };
    let mut found = Scanned::default();
    cursor.eat(b'{')?;
    if cursor.peek()? == b'}' {
        cursor.eat(b'}')?;
        return cursor.end(found);
    }
    loop {
        let key = cursor.string()?;
        cursor.eat(b':')?;
        cursor.field(key, &mut found)?;
        match cursor.next()? {
            b',' => {}
            b'}' => return cursor.end(found),
            _ => return None,
        }
    }
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn field(&mut self, key: &[u8], found: &mut Scanned<'a>) -> Option<()> {
        match key {
            b"event_type" => found.kind = self.string()?,
            b"conversation_id" => found.conversation_id = self.number()?,
            b"seq" => found.seq = self.number()?,
            b"user_id" => found.user_id = self.number()?,
            b"receiver_id" => found.receiver_id = self.number()?,
            b"group_id" => found.group_id = self.number()?,
            b"retry_after_ms" | b"reconnect_in_ms" => found.wait_ms = self.number()?,
            b"client_message_id" => {
                let value = self.value()?;
                let id = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
                found.client_message_id = id.and_then(uuid).unwrap_or(0);
            }
            b"content" => found.stamp = leading_number(self.string()?),
            b"code" => found.code = self.string()?,
            b"heads" => found.heads = self.value()?,
            b"conversations" => found.conversations = self.value()?,
            _ => {
                self.value()?;
            }
        }
        Some(())
    }

    /// The next byte that is no blank, without taking it.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.text.get(self.at)?, b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        Some(self.text[self.at])
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn eat(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    /// Nothing but blanks may follow.
    fn end(&mut self, found: Scanned<'a>) -> Option<Scanned<'a>> {
        self.peek().is_none().then_some(found)
    }

    /// What stands between quotes, its escapes left as they are.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.eat(b'"')?;
        let from = self.at;
        loop {
            match self.text.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(&self.text[from..self.at - 1])
    }

    /// A whole number; 0 for null.
    fn number(&mut self) -> Option<i64> {
        match self.value()? {
            b"null" => Some(0),
            digits => std::str::from_utf8(digits).ok()?.parse().ok(),
        }
    }

    /// Any value, as it stands there.
    fn value(&mut self) -> Option<&'a [u8]> {
        let first = self.peek()?;
        let from = self.at;
        match first {
            b'"' => {
                self.string()?;
            }
            b'{' | b'[' => self.nested()?,
            _ => {
                while !matches!(self.text.get(self.at), None | Some(b',' | b'}' | b']' | b' ' | b'\n')) {
                    self.at += 1;
                }
            }
        }
        (self.at > from).then(|| &self.text[from..self.at])
    }

    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_u32;
        loop {
            match self.text.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }
}

/// The number that a text begins with; 0 if it begins with none.
#[must_use]
pub fn leading_number(text: &[u8]) -> u64 {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number: u64, digit| number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
}

fn uuid(text: &[u8]) -> Option<u128> {
    Some(uuid::Uuid::try_parse_ascii(text).ok()?.as_u128())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use uuid::Uuid;

    const ID: &str = "018f0a3c-7d1e-7b52-9c44-3f0e5a6b7c8d";

    #[test]
    fn the_fields_of_an_entry_are_found_in_any_order_and_with_blanks() {
        let entry = json!({
            "event_type": "message", "user_id": 1, "receiver_id": null, "group_id": 5,
            "content": "123456 said \"so\" \\ {[", "message_id": 902, "conversation_id": 12, "seq": 7,
            "message_type": "text", "client_message_id": ID, "created_at": "2026-03-01T09:30:00.250Z",
        });
        let turned = format!(
            "{{ \"seq\" : 7,\n \"new\": [{{\"seq\": 9}}, \"]\"], \"client_message_id\":\"{ID}\",\
             \"group_id\":5,\"user_id\": 1 , \"conversation_id\":12 ,\"content\":\"123456 x\", \"event_type\":\"message\"}}"
        );
        for text in [entry.to_string(), serde_json::to_string_pretty(&entry).unwrap(), turned] {
            let found = scan(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.kind, b"message", "{text}");
            assert_eq!((found.conversation_id, found.seq, found.user_id), (12, 7, 1), "{text}");
            assert_eq!((found.receiver_id, found.group_id, found.stamp), (0, 5, 123_456), "{text}");
            assert_eq!(found.client_message_id, Uuid::parse_str(ID).unwrap().as_u128(), "{text}");
        }
    }

    #[test]
    fn nobody_writes_a_field_by_writing_it_into_the_content() {
        let text =
            json!({ "content": "\",\"seq\":99,\"x\":\"", "seq": 1, "event_type": "message" }).to_string();
        assert_eq!(scan(text.as_bytes()).unwrap().seq, 1);
    }

    #[test]
    fn it_finds_what_a_parser_finds_in_every_example_of_the_wire() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tests/wire/server");
        let mut seen = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let whole: Value = serde_json::from_str(&text).unwrap();
            let found = scan(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.kind, whole["event_type"].as_str().unwrap().as_bytes());
            for (name, number) in [
                ("conversation_id", found.conversation_id),
                ("seq", found.seq),
                ("user_id", found.user_id),
                ("group_id", found.group_id),
            ] {
                assert_eq!(number, whole[name].as_i64().unwrap_or(0), "{name} of {text}");
            }
            if whole["heads"].is_object() {
                assert_eq!(serde_json::from_slice::<Value>(found.heads).unwrap(), whole["heads"]);
            }
            seen += 1;
        }
        assert!(seen > 8, "only {seen} examples");
    }

    #[test]
    fn what_is_cut_off_or_no_object_is_nothing() {
        let text = json!({ "event_type": "ack", "seq": 1, "client_message_id": ID }).to_string();
        for length in 0..text.len() {
            assert_eq!(scan(&text.as_bytes()[..length]), None, "{}", &text[..length]);
        }
        for text in ["", "[]", "7", "{\"a\"}", "{\"a\":}", "{\"seq\":x}", "{} {}"] {
            assert_eq!(scan(text.as_bytes()), None, "{text}");
        }
        assert!(scan(b"{}").is_some());
    }
}
