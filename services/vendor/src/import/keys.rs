//! Keys of the staged records: each once in its file.

use std::collections::HashMap;

use formfeed_domain::extract::File;

/// The keys staged so far, each with its line; the parts of a composite key are joined by `/`.
#[derive(Debug, Default)]
pub(super) struct Keys {
    seen: HashMap<File, HashMap<String, i32>>,
}

impl Keys {
    /// Notes a key.
    ///
    /// # Errors
    /// The earlier line when the key has been seen.
    pub(super) fn add(&mut self, file: File, key: &str, line: i32) -> Result<(), i32> {
        let seen = self.seen.entry(file).or_default();
        match seen.get(key) {
            Some(first) => Err(*first),
            None => {
                seen.insert(key.to_owned(), line);
                Ok(())
            }
        }
    }

    /// Whether a key is staged.
    pub(super) fn has(&self, file: File, key: &str) -> bool {
        self.seen
            .get(&file)
            .is_some_and(|seen| seen.contains_key(key))
    }

    /// Every staged key of a file.
    pub(super) fn of(&self, file: File) -> impl Iterator<Item = &String> {
        self.seen.get(&file).into_iter().flat_map(HashMap::keys)
    }
}
