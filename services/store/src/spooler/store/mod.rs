//! What the daemon asks of storage.

mod access;
mod align;
mod approve;
mod console_sessions;
mod decide;
mod ending;
mod journal;
mod lease;
mod life;
mod news;
mod open;
mod overview;
mod place_in_line;
mod printers;
mod propose;
mod read;
mod rule;
mod split;
mod stock;
mod strangers;
mod submit;
mod work;

use chrono::{DateTime, Utc};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::acting;
use crate::audit::{Audited, Auditor, Chain, Details, Trail};
use crate::database::Migrations;
use crate::keys::{Keyed, Keys, MasterSource};
use crate::spooler::sealed_columns::SEALING;
use crate::{Database, Keyring, StoreError};

pub use console_sessions::ConsoleSession;
pub use decide::Recorded;
pub use journal::{Forgotten, Reconciled};
pub use lease::{Identity, Lease, LeaseChange, Tenure};
pub use life::Change;
pub use news::{Listener, News};
pub use open::OpenAttempts;
pub use overview::{Counts, PrinterPast, Question, QuestionKey, UnknownQuestion};
pub use printers::{NewPrinter, PrinterLine, PrinterStatus};
pub use propose::{Alone, Kept, Proposal, Quorum};
pub use read::{JobPage, JobView};
pub use rule::Once;
pub use stock::NewLoad;
pub use submit::{NewJob, SealedForm, Submitted};
pub use work::{Chosen, Opened, Reservation};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/spooler/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/spooler/postgres");
/// The spooler's migrations.
pub(crate) const MIGRATIONS: Migrations = Migrations {
    service: "spooler",
    sqlite: SQLITE,
    postgres: POSTGRES,
};

/// The spooler's tables and the key of its sealed forms.
pub struct SpoolerStore {
    database: Database,
    keyring: Keyring,
    master: MasterSource,
    auditor: Auditor,
    /// What this daemon's connections are called.
    application: String,
    /// The address of a database that other daemons may share.
    server: Option<String>,
}

/// Who acts, when and why: recorded with every action of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Key of the record; later acts have greater ones.
    pub id: String,
    /// Who.
    pub by: String,
    /// Why; may be blank where the verb needs no reason.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Audited for SpoolerStore {
    fn trail(&self) -> Trail<'_> {
        Trail::new(&self.database, &self.auditor)
    }
}

impl Keyed for SpoolerStore {
    fn keys(&self) -> Keys<'_> {
        Keys {
            sealing: SEALING,
            database: &self.database,
            auditor: &self.auditor,
            keyring: &self.keyring,
            master: &self.master,
        }
    }
}

impl SpoolerStore {
    /// Writes what somebody did into the audit trail, with the reason, last in its transaction.
    async fn note_act<C: Chain>(
        &self,
        connection: &mut C,
        action: &str,
        subject: String,
        act: &Act,
        details: Details,
    ) -> Result<(), StoreError> {
        let user = acting::current().and_then(|context| context.user);
        let details = match user.is_some_and(|user| user == act.by) {
            true => details,
            false => details.word("by", &act.by),
        };
        let details = details.text("reason", &act.reason);
        self.auditor
            .note(connection, action, subject, details)
            .await
    }
}
