//! What other daemons of the same database change, as they commit it.

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use formfeed_domain::spool::{JobId, PrinterId};
use futures::StreamExt as _;

use super::SpoolerStore;
use crate::StoreError;
use crate::postgres;
use crate::spooler::SpoolError;

/// Something changed by another hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A job, its sheets or its events.
    Job(JobId),
    /// A printer, or the stock in it.
    Printer(PrinterId),
    /// Who drives a printer.
    Lease(PrinterId),
}

/// An ear at the database, on a connection of its own.
pub struct Listener {
    connection: AsyncPgConnection,
    /// What the daemon's own connections are called: it knows its own changes.
    own: String,
}

impl SpoolerStore {
    /// Whether other daemons may work on the same database.
    pub fn is_shared(&self) -> bool {
        self.server.is_some()
    }

    /// Listens from now on; `None` where no other daemon works on the database.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn listen(&self) -> Result<Option<Listener>, SpoolError> {
        let Some(url) = &self.server else {
            return Ok(None);
        };
        let connection = postgres::establish(url).await;
        let mut connection = connection.map_err(StoreError::from)?;
        connection.batch_execute("LISTEN formfeed_spooler").await?;
        Ok(Some(Listener {
            connection,
            own: self.application.clone(),
        }))
    }
}

impl Listener {
    /// Waits for the next change by another daemon.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database went away: changes may have been missed.
    pub async fn next(&mut self) -> Result<News, SpoolError> {
        let mut told = std::pin::pin!(self.connection.notifications_stream());
        loop {
            let Some(told) = told.next().await.transpose()? else {
                let gone = std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
                return Err(StoreError::Unavailable(Box::new(gone)).into());
            };
            if let Some(news) = read(&told.payload, &self.own) {
                return Ok(news);
            }
        }
    }
}

/// `{application} job|printer|lease {id}`; nothing where it is the daemon's own.
fn read(payload: &str, own: &str) -> Option<News> {
    let mut words = payload.rsplitn(3, ' ');
    let (id, kind, by) = (words.next()?, words.next()?, words.next()?);
    if by == own {
        return None;
    }
    match kind {
        "job" => JobId::new(id).ok().map(News::Job),
        "printer" => PrinterId::new(id).ok().map(News::Printer),
        "lease" => PrinterId::new(id).ok().map(News::Lease),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_does_not_hear_itself() {
        let laser = PrinterId::new("laser").unwrap();
        assert_eq!(read("ff-1 printer laser", "ff-1"), None);
        assert_eq!(
            read("ff-2 lease laser", "ff-1"),
            Some(News::Lease(laser.clone()))
        );
        assert_eq!(read(" printer laser", "ff-1"), Some(News::Printer(laser)));
        assert_eq!(read("ff-2 coffee laser", "ff-1"), None);
    }
}
