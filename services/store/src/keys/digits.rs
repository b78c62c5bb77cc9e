//! A key as bytes, or written as digits: hexadecimal or base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{KEY_BYTES, KeyBytes};

/// Reads a key. What is wrong is told without what stands there.
pub(super) fn key(bytes: &[u8]) -> Result<KeyBytes, String> {
    // Random bytes are never all letters and digits: those are half a key, written.
    let written = bytes.iter().all(u8::is_ascii_graphic);
    if let Some(key) = KeyBytes::try_from_slice(bytes).filter(|_| !written) {
        return Ok(key);
    }
    let text = std::str::from_utf8(bytes).map(str::trim).unwrap_or("");
    let read = hex::decode(text)
        .ok()
        .or_else(|| STANDARD.decode(text).ok());
    let read = Zeroizing::new(read.unwrap_or_default());
    KeyBytes::try_from_slice(&read).ok_or_else(|| {
        format!(
            "{} bytes are no key: it takes {KEY_BYTES} bytes, or these as {} hexadecimal digits or in base64",
            bytes.len(),
            2 * KEY_BYTES
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_bytes_as_hexadecimal_digits_and_as_base64() {
        let raw = [7_u8; KEY_BYTES];
        let ways = [
            raw.to_vec(),
            format!("{}\n", "07".repeat(KEY_BYTES)).into_bytes(),
            format!("{}\n", STANDARD.encode(raw)).into_bytes(),
        ];
        for way in ways {
            assert_eq!(key(&way).unwrap().as_slice(), raw);
        }
        assert!(key("0707".repeat(8).as_bytes()).is_err());
        let refused = key(b"correct horse battery staple").err().unwrap();
        assert!(!refused.contains("horse") && refused.contains("64 hexadecimal"));
    }
}
