//! The answer to a WebSocket's handshake, RFC 6455 §4.2.2.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};
use std::io::{self, ErrorKind};

/// The longest head of a request.
const HEAD: usize = 8 * 1024;
/// RFC 6455 §1.3.
const MAGIC: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The answer to the request that these bytes begin with, and how long that is; `None` when it is not whole yet.
///
/// # Errors
/// It is no such request.
pub fn answer(bytes: &[u8]) -> io::Result<Option<(Vec<u8>, usize)>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() > HEAD { Err(ErrorKind::InvalidData.into()) } else { Ok(None) };
    };
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| ErrorKind::InvalidData)?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("sec-websocket-key").then(|| value.trim().to_owned())
    };
    let key = head.lines().find_map(header).ok_or(ErrorKind::InvalidData)?;
    let accept = STANDARD.encode(Sha1::digest(format!("{key}{MAGIC}")));
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    Ok(Some((answer.into_bytes(), end + 4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_the_one_of_the_rfc() {
        // RFC 6455 §1.3.
        let request =
            b"GET / HTTP/1.1\r\nHost: a\r\nsec-websocket-key:  dGhlIHNhbXBsZSBub25jZQ== \r\n\r\nrest";
        let (given, used) = answer(request).unwrap().unwrap();
        assert!(String::from_utf8_lossy(&given).contains("Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        assert_eq!(&request[used..], b"rest");
        assert!(answer(&request[..60]).unwrap().is_none(), "it is not whole");
        assert!(answer(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").is_err(), "it asks for something else");
        assert!(answer(&[b'x'; HEAD + 1]).is_err());
    }
}
