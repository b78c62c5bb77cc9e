//! Lists that come a page at a time.

use std::future::Future;

use crate::errors::CliError;

/// Entries asked for at once: the most a service gives.
pub(crate) const PAGE_SIZE: i32 = 1_000;

/// Every entry of a list; `page` takes a page token and answers entries and the next token.
///
/// # Errors
/// When a page fails.
pub(crate) async fn all<T, F, P>(mut page: F) -> Result<Vec<T>, CliError>
where
    F: FnMut(String) -> P,
    P: Future<Output = Result<(Vec<T>, String), CliError>>,
{
    let mut entries = Vec::new();
    let mut token = String::new();
    loop {
        let (more, next) = page(token).await?;
        entries.extend(more);
        if next.is_empty() {
            return Ok(entries);
        }
        token = next;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn every_page_is_asked_for_once() {
        let pages = |token: String| async move {
            Ok(match token.as_str() {
                "" => (vec![1, 2], "b".to_owned()),
                "b" => (vec![3], "c".to_owned()),
                _ => (vec![], String::new()),
            })
        };
        assert_eq!(all(pages).await.unwrap(), [1, 2, 3]);
    }
}
