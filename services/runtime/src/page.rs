//! Pages of a list: their size, and opaque tokens tied to the query.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use formfeed_proto::convert::Violations;
use sha2::{Digest, Sha256};

use crate::reason;

/// Entries of a page when the caller names none.
pub const DEFAULT_SIZE: usize = 100;
/// Most entries of a page.
pub const MAX_SIZE: usize = 1000;
const HASH_BYTES: usize = 8;

/// The query a page token belongs to: the method's name and every filter of the request.
#[derive(Debug, Clone)]
pub struct Query(Sha256);

impl Query {
    /// A query of a list, such as `vendors`.
    pub fn new(list: &str) -> Self {
        Self(Sha256::new()).filter("", list)
    }

    /// A filter of the request, given or not; the order matters.
    #[must_use]
    pub fn filter(mut self, name: &str, value: impl ToString) -> Self {
        let value = value.to_string();
        for text in [name, &value] {
            self.0.update((text.len() as u64).to_be_bytes());
            self.0.update(text.as_bytes());
        }
        self
    }

    /// The token of the page after the entry with this key.
    pub fn token_after(&self, key: &str) -> String {
        let mut bytes = self.hash();
        bytes.extend_from_slice(key.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The key the page starts after; `None` on the first page (blank token). A token of another query, or none of
    /// ours, is noted as a violation of `page_token` with the reason `PAGE_TOKEN_INVALID`.
    pub fn key_after(&self, violations: &mut Violations, token: &str) -> Option<String> {
        if token.is_empty() {
            return None;
        }
        let key = URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .filter(|bytes| bytes.starts_with(&self.hash()))
            .and_then(|bytes| String::from_utf8(bytes[HASH_BYTES..].to_vec()).ok());
        if key.is_none() {
            invalid_token(violations);
        }
        key
    }

    fn hash(&self) -> Vec<u8> {
        self.0.clone().finalize()[..HASH_BYTES].to_vec()
    }
}

/// Entries of a page: 0 means [`DEFAULT_SIZE`], more than [`MAX_SIZE`] means that; negative is noted as a violation of `page_size`.
pub fn size(violations: &mut Violations, page_size: i32) -> usize {
    match usize::try_from(page_size) {
        Ok(0) => DEFAULT_SIZE,
        Ok(size) => size.min(MAX_SIZE),
        Err(_) => {
            violations.add("page_size", "is negative; 0 means 100, at most 1000");
            DEFAULT_SIZE
        }
    }
}

/// Cuts a page of entries read one beyond `size`, and answers the key of its last entry when more follow.
pub fn cut<T>(entries: &mut Vec<T>, size: usize, key: impl FnOnce(&T) -> String) -> Option<String> {
    if entries.len() <= size {
        return None;
    }
    entries.truncate(size);
    entries.last().map(key)
}

/// Notes a page token that leads nowhere.
pub fn invalid_token(violations: &mut Violations) {
    violations.add_because(
        reason::PAGE_TOKEN_INVALID,
        "page_token",
        "is not of this query; repeat the first page's filters, or start without a token",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(payer: &str) -> Query {
        Query::new("vendors").filter("payer_id", payer)
    }

    #[test]
    fn a_token_leads_on_within_its_own_query() {
        let token = query("A").token_after("V-00012/ä");
        let mut bad = Violations::new();
        assert_eq!(
            query("A").key_after(&mut bad, &token),
            Some("V-00012/ä".to_owned())
        );
        assert_eq!(query("A").key_after(&mut bad, ""), None);
        assert!(bad.is_empty());
    }

    #[test]
    fn a_token_of_another_query_or_of_nobody_is_refused() {
        let token = query("A").token_after("V1");
        for (query, token) in [
            (query("B"), token.as_str()),
            (query("A"), "!!"),
            (query("A"), "AA"),
        ] {
            assert_refused(&query, token);
        }
        assert_refused(&Query::new("payers").filter("payer_id", "A"), &token);
    }

    fn assert_refused(query: &Query, token: &str) {
        let mut bad = Violations::new();
        assert_eq!(query.key_after(&mut bad, token), None);
        assert_eq!(bad.list()[0].field, "page_token");
        assert_eq!(bad.reason(), Some(reason::PAGE_TOKEN_INVALID));
    }

    #[test]
    fn filters_do_not_run_into_each_other() {
        let one = Query::new("l").filter("a", "bc").filter("d", "");
        let two = Query::new("l").filter("a", "b").filter("cd", "");
        assert_refused(&two, &one.token_after("k"));
    }

    #[test]
    fn page_sizes_have_a_default_and_a_limit() {
        let mut violations = Violations::new();
        assert_eq!(size(&mut violations, 0), 100);
        assert_eq!(size(&mut violations, 7), 7);
        assert_eq!(size(&mut violations, 5000), 1000);
        assert!(violations.is_empty());
        size(&mut violations, -1);
        assert_eq!(violations.list()[0].field, "page_size");
    }

    #[test]
    fn a_page_ends_with_a_key_only_when_more_follow() {
        let mut entries = vec![1, 2, 3];
        assert_eq!(cut(&mut entries, 2, i32::to_string), Some("2".to_owned()));
        assert_eq!(entries, [1, 2]);
        assert_eq!(cut(&mut entries, 2, i32::to_string), None);
    }
}
