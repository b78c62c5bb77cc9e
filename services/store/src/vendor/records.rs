//! What the store answers: domain values with their stamps, and what may be seen of a TIN.

use chrono::{DateTime, Utc};
use formfeed_domain::payer::{Payer, PayerState};
use formfeed_domain::transmitter::Transmitter;
use formfeed_domain::vendor::Vendor;
use formfeed_domain::{TinKind, TinWarning, tin};

/// When a resource was made and changed, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Counts up by one with every change, from 1: what an etag is made of.
    pub revision: i64,
    /// When it was made.
    pub create_time: DateTime<Utc>,
    /// When it was last changed.
    pub update_time: DateTime<Utc>,
}

impl Stamp {
    /// Of a resource made now.
    pub(super) fn first(now: DateTime<Utc>) -> Self {
        Self {
            revision: 1,
            create_time: now,
            update_time: now,
        }
    }

    /// After a change made now.
    pub(super) fn next(&self, now: DateTime<Utc>) -> Self {
        Self {
            revision: self.revision + 1,
            create_time: self.create_time,
            update_time: now,
        }
    }
}

/// A resource as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    /// The resource.
    pub value: T,
    /// Its stamp.
    pub stamp: Stamp,
}

/// What may be seen of a sealed TIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TinLabel {
    /// Its kind.
    pub kind: TinKind,
    /// Its last four digits.
    pub last_four: String,
}

impl TinLabel {
    /// `XXX-XX-6789`, an EIN `XX-XXX6789`.
    pub fn truncated(&self) -> String {
        tin::truncated(self.kind, &self.last_four)
    }
}

/// A payer as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerRecord {
    /// The payer. Its `tin` is always `None`: numbers come out by [`super::VendorStore::open_payer_tin`] alone.
    pub payer: Payer,
    /// What may be seen of its number.
    pub tin: Option<TinLabel>,
    /// Its numbers with the states, by state.
    pub states: Vec<PayerState>,
    /// Its stamp.
    pub stamp: Stamp,
}

/// The transmitter as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransmitterRecord {
    /// The transmitter. Its `tin` is always `None`: the number comes out by
    /// [`super::VendorStore::open_transmitter_tin`] alone.
    pub transmitter: Transmitter,
    /// What may be seen of its number.
    pub tin: Option<TinLabel>,
    /// Its stamp.
    pub stamp: Stamp,
}

/// A vendor as it is stored, at one of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorRecord {
    /// The vendor. Its `tin` is always `None`: numbers come out by [`super::VendorStore::open_vendor_tins`] alone.
    pub vendor: Vendor,
    /// What may be seen of its number.
    pub tin: Option<TinLabel>,
    /// Why its number is probably wrong.
    pub tin_warnings: Vec<TinWarning>,
    /// Which version these fields are.
    pub version: i64,
    /// Whether the vendor is in use today.
    pub is_active: bool,
    /// The vendor's stamp, whatever the version.
    pub stamp: Stamp,
}
