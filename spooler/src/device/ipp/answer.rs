//! The bytes of an answer → its status and attributes (RFC 8010, section 3.1).

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ipp::model::StatusCode;
use ipp::parser::IppParser;
use ipp::prelude::IppAttributes;
use ipp::reader::IppReader;

/// Reads an answer.
///
/// # Errors
/// In words, when the bytes are none. The library takes the length within a text with its language at its word, and panics where it
/// leads beyond the value: no printer ends a spooler's task by that.
pub(super) fn read(bytes: Vec<u8>) -> Result<(StatusCode, IppAttributes), String> {
    let parse = || IppParser::new(IppReader::new(Cursor::new(bytes))).parse_parts();
    match catch_unwind(AssertUnwindSafe(parse)) {
        Ok(Ok((header, attributes, _))) => Ok((header.status_code(), attributes)),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("a length in it is wrong".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A successful answer of one operation attribute `a`.
    fn of(tag: u8, value: &[u8]) -> Vec<u8> {
        let head = [2, 0, 0, 0, 0, 0, 0, 1, 1, tag, 0, 1, b'a'];
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&head[..], &length, value, &[3]].concat()
    }

    #[test]
    fn an_answer_is_read_and_one_with_wrong_lengths_is_none() {
        let (status, attributes) = read(of(0x44, b"idle")).unwrap();
        assert!(status.is_success());
        assert_eq!(attributes.groups().len(), 1);
        // Text and name with language: of 300 bytes in five, and of none at all.
        for tag in [0x35, 0x36] {
            for value in [&[1, 44, b'e', b'n', 0][..], &[0, 2, b'e', b'n', 0, 9], &[]] {
                read(of(tag, value)).unwrap_err();
            }
        }
        let whole = of(0x44, b"idle");
        for end in 0..whole.len() {
            read(whole[..end].to_vec()).unwrap_err();
        }
    }
}
