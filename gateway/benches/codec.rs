//! What frames cost: those of the server, and those of a client, whole and in fragments.

use bytes::{Bytes, BytesMut};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use gateway::websocket::decode::{Decoder, Incoming};
use gateway::websocket::encode;

/// An event, a message of some length, the most that a gateway takes.
const SIZES: [usize; 3] = [50, 1000, 64 * 1024];

fn main() {
    divan::main();
}

#[divan::bench(args = SIZES)]
fn encode_text(bencher: Bencher, size: usize) {
    let text = vec![b'a'; size];
    bencher.counter(BytesCount::new(size)).bench_local(|| encode::text(black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn decode_text(bencher: Bencher, size: usize) {
    decode(bencher, size, 1);
}

#[divan::bench(args = SIZES)]
fn decode_text_in_10_fragments(bencher: Bencher, size: usize) {
    decode(bencher, size, 10);
}

/// Text beyond ASCII, three bytes a character.
#[divan::bench(args = SIZES)]
fn decode_chinese(bencher: Bencher, size: usize) {
    let text = "你".repeat(size / 3);
    decode_frames(bencher, &frame(1, true, text.as_bytes()));
}

fn decode(bencher: Bencher, size: usize, fragments: usize) {
    let text = vec![b'a'; size];
    let parts: Vec<_> = text.chunks(size.div_ceil(fragments)).collect();
    let last = parts.len() - 1;
    let frames = parts.iter().enumerate().map(|(at, part)| frame(u8::from(at == 0), at == last, part));
    decode_frames(bencher, &frames.collect::<Vec<_>>().concat());
}

fn decode_frames(bencher: Bencher, frames: &[u8]) {
    bencher.counter(BytesCount::new(frames.len())).with_inputs(|| BytesMut::from(frames)).bench_local_values(
        |mut buffer| {
            let got = Decoder::default().next(&mut buffer, 64 * 1024);
            assert!(matches!(&got, Ok(Some(Incoming::Text(_)))), "a message");
            got
        },
    );
}

/// A client's frame, masked.
fn frame(opcode: u8, is_final: bool, payload: &[u8]) -> Vec<u8> {
    let mask = [0x5a, 0x01, 0xff, 0x81];
    let sound: Bytes = encode::text(payload);
    let head = sound.len() - payload.len();
    let mut bytes = sound[..head].to_vec();
    bytes[0] = opcode | if is_final { 0x80 } else { 0 };
    bytes[1] |= 0x80;
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
    bytes
}
