//! How an answer may be packed: what the client takes (RFC 9110 §12.5.3), and the packing.

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use salvo::http::HeaderMap;
use salvo::http::header::ACCEPT_ENCODING;
use std::io::Write;

/// Of 11. Our files are many and small: 9 takes ten times as long for a hundredth fewer bytes, and somebody waits.
const BROTLI_QUALITY: u32 = 5;

/// The window that brotli looks back through: 2^18 bytes, more than any of our files has.
const BROTLI_WINDOW: u32 = 18;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Identity,
    Gzip,
    Brotli,
}

impl Coding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }

    /// Packs; gives it back as it is where that fails, which memory cannot.
    pub fn pack(self, plain: &Bytes) -> Bytes {
        let packed = match self {
            Self::Identity => return plain.clone(),
            Self::Gzip => {
                let mut writer = GzEncoder::new(Vec::new(), Compression::best());
                writer.write_all(plain).and_then(|()| writer.finish())
            }
            Self::Brotli => {
                let mut writer =
                    brotli::CompressorWriter::new(Vec::new(), 4096, BROTLI_QUALITY, BROTLI_WINDOW);
                writer.write_all(plain).map(|()| writer.into_inner())
            }
        };
        packed.map_or_else(|_| plain.clone(), Bytes::from)
    }
}

/// The coding that the client likes best of those that it takes. Who takes none, not even the plain file, gets the
/// plain file: that is better than nothing.
pub fn wanted(headers: &HeaderMap) -> Coding {
    let weights = Weights::of(headers);
    let codings =
        [Coding::Brotli, Coding::Gzip].into_iter().map(|coding| (coding, weights.of_coding(coding)));
    // Of equals the smaller file; the plain one counts only if it is named.
    let best = codings.rev().filter(|(_, weight)| *weight > 0).max_by_key(|(_, weight)| *weight);
    match best {
        Some((coding, weight)) if weight >= weights.named("identity").unwrap_or(0) => coding,
        _ => Coding::Identity,
    }
}

/// What the client wrote: codings with their weights, in thousandths; 0 means never.
struct Weights(Vec<(String, u16)>);

impl Weights {
    fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        Self(values.flat_map(|value| value.split(',')).filter_map(weighted).collect())
    }

    fn named(&self, name: &str) -> Option<u16> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, weight)| *weight)
    }

    fn of_coding(&self, coding: Coding) -> u16 {
        self.named(coding.name()).or_else(|| self.named("*")).unwrap_or(0)
    }
}

/// `gzip;q=0.5`. What cannot be read is as if it were not there.
fn weighted(element: &str) -> Option<(String, u16)> {
    let mut parts = element.split(';').map(str::trim);
    let name = parts.next()?.to_ascii_lowercase();
    let weight = match parts.next() {
        None => 1000,
        Some(part) => {
            let (key, value) = part.split_once('=')?;
            let value: f32 = value.trim().parse().ok()?;
            let known = key.trim().eq_ignore_ascii_case("q") && (0.0..=1.0).contains(&value);
            // Between 0 and 1000 by the line above.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            known.then_some((value * 1000.0) as u16)?
        }
    };
    Some((name, weight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use salvo::http::header::HeaderValue;

    #[test]
    fn the_best_coding_that_the_client_takes_is_chosen() {
        let cases = [
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip, deflate", Coding::Gzip),
            ("br;q=0.5, gzip;q=0.8", Coding::Gzip),
            ("br;q=0, gzip;q=0", Coding::Identity),
            ("br ; q=0 , GZIP", Coding::Gzip),
            ("*", Coding::Brotli),
            ("*, br;q=0", Coding::Gzip),
            ("*;q=0", Coding::Identity),
            ("gzip;q=0.5, identity", Coding::Identity),
            ("gzip, identity;q=0.5", Coding::Gzip),
            ("identity;q=0", Coding::Identity),
            ("deflate", Coding::Identity),
            ("gzip;q=much, gzip;x=1, gzip;q=2, gzip;q=-1, gzip;q=NaN, gzip;", Coding::Identity),
            ("xgzip, gzipx, br-", Coding::Identity),
            ("", Coding::Identity),
        ];
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            assert_eq!(wanted(&headers), Coding::Identity);
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
            assert_eq!(wanted(&headers), expected, "{value}");
        }
    }
}
