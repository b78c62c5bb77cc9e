//! A list of another service, read page by page, entry by entry.

use std::collections::VecDeque;

use tonic::Status;

/// A list that comes in pages, by recipient.
pub(crate) trait Pages: Send + Sync {
    /// What it lists.
    type Entry: Send;

    /// The page of a token (blank for the first), and the token of the next (blank after the last).
    fn page(
        &self,
        token: String,
    ) -> impl Future<Output = Result<(Vec<Self::Entry>, String), Status>> + Send;

    /// Whom an entry is about.
    fn recipient(entry: &Self::Entry) -> &str;
}

/// Where reading stands in a list: never more than a page in memory.
pub(crate) struct Feed<P: Pages> {
    pages: P,
    entries: VecDeque<P::Entry>,
    token: String,
    next: Option<String>,
}

impl<P: Pages> Feed<P> {
    /// Begins with the page of a token.
    pub(crate) fn new(pages: P, token: String) -> Self {
        Self {
            pages,
            entries: VecDeque::new(),
            token: token.clone(),
            next: Some(token),
        }
    }

    /// Whom the next entry is about; none at the end.
    pub(crate) async fn head(&mut self) -> Result<Option<&str>, Status> {
        while self.entries.is_empty() {
            let Some(token) = self.next.take() else {
                return Ok(None);
            };
            let (entries, next) = self.pages.page(token.clone()).await?;
            self.entries = entries.into();
            self.token = token;
            self.next = Some(next).filter(|next| !next.is_empty());
        }
        Ok(self.entries.front().map(P::recipient))
    }

    /// Takes the entry that [`Feed::head`] has told of.
    pub(crate) fn take(&mut self) -> Option<P::Entry> {
        self.entries.pop_front()
    }

    /// The token of the page that the next entry is on, once [`Feed::head`] has told of it.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }
}
