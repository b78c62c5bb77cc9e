//! Requests that changed or made something, with what they were answered.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::schema::requests;

/// A request of a user.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// Who asks.
    pub(crate) user: &'a str,
    /// The user's id of it.
    pub(crate) request_id: &'a str,
    /// Digest of its method and content.
    pub(crate) fingerprint: &'a str,
}

/// Whether a request came before.
pub(crate) enum Before {
    /// Never.
    No,
    /// With this content; what it was answered.
    Same(Vec<u8>),
    /// With other content.
    Other,
}

/// Looks the request up.
pub(crate) async fn before(conn: &mut Conn, request: Request<'_>) -> Result<Before, StoreError> {
    let found: Option<(String, Vec<u8>)> = requests::table
        .find((request.user, request.request_id))
        .select((requests::fingerprint, requests::answer))
        .first(conn)
        .await
        .optional()?;
    Ok(match found {
        None => Before::No,
        Some((first, answer)) if first == request.fingerprint => Before::Same(answer),
        Some(_) => Before::Other,
    })
}

/// Keeps a request with its answer.
pub(crate) async fn insert(
    conn: &mut Conn,
    request: Request<'_>,
    answer: &[u8],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(requests::table)
        .values((
            requests::user_name.eq(request.user),
            requests::request_id.eq(request.request_id),
            requests::fingerprint.eq(request.fingerprint),
            requests::answer.eq(answer),
            requests::create_time.eq(column::instant(now)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
