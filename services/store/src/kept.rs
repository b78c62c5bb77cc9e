//! Statements that a connection keeps prepared.
//!
//! Diesel has every update, and all that is written as SQL, read anew by the database each time, for their text may be
//! another one the next time. Where it is not, that is most of the time a small statement takes.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// Adds [`KeepPrepared::kept`] to statements.
pub(crate) trait KeepPrepared: Sized {
    /// Has the connection keep the statement prepared. Its text must be one of a few: each is kept for ever.
    fn kept(self) -> Kept<Self> {
        Kept(self)
    }
}

impl<S> KeepPrepared for S {}

/// See [`KeepPrepared::kept`].
#[derive(Debug, Clone)]
pub(crate) struct Kept<S>(S);

impl<S: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Kept<S> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

/// Found again by its text.
impl<S> QueryId for Kept<S> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S: Query> Query for Kept<S> {
    type SqlType = S::SqlType;
}
