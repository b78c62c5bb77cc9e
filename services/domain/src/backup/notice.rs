//! B-notices: the IRS telling a payer that a vendor's name and number do not match.
//!
//! Source: Pub. 1281; Treas. Reg. § 31.3406(d)-5.

use chrono::{Datelike as _, NaiveDate};

use crate::rules::is_business_day;
use crate::vendor::W9;
use crate::{BNoticeId, PayerId, TaxYear, VendorId};

/// Business days after the notice within which a B-notice is sent to the vendor.
const SEND_WITHIN: u32 = 15;
/// Business days after receipt from which on tax is withheld.
const WITHHOLD_AFTER: u32 = 30;
/// Calendar years that a second notice looks back over, its own included.
const CALENDAR_YEARS: i32 = 3;

/// A notice (CP2100, CP2100A, 972CG) about one vendor of one payer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BNotice {
    /// Whom it is about.
    pub vendor_id: VendorId,
    /// Key within the vendor.
    pub notice_id: BNoticeId,
    /// Whom the IRS told.
    pub payer_id: PayerId,
    /// Date on the notice.
    pub notice_date: NaiveDate,
    /// When the payer received it.
    pub received_date: NaiveDate,
    /// Year of the return it is about.
    pub tax_year: TaxYear,
    /// Free text.
    pub note: String,
}

/// Which notice it is within three calendar years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The first: a First B-notice and a Form W-9 go to the vendor.
    First,
    /// The second: a Second B-notice goes to the vendor, who has the number confirmed by the SSA or the IRS.
    Second,
    /// One more after a second: nothing goes to the vendor.
    Further,
    /// Of the same calendar year or the same tax year as an earlier one: the two count once.
    Repeated,
}

impl Kind {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Further => "further",
            Self::Repeated => "repeated",
        }
    }
}

/// A notice that is received before it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is before notice_date; a notice is received on its own day at the earliest")]
pub struct ReceivedTooEarly;

impl BNotice {
    /// Refuses a notice that is received before it is written.
    ///
    /// # Errors
    /// [`ReceivedTooEarly`].
    pub fn check_dates(notice: NaiveDate, received: NaiveDate) -> Result<(), ReceivedTooEarly> {
        match received < notice {
            true => Err(ReceivedTooEarly),
            false => Ok(()),
        }
    }

    /// The last day to send the vendor its B-notice: fifteen business days after the notice or its receipt, whichever is
    /// later.
    pub fn send_by(&self) -> NaiveDate {
        after_business_days(self.notice_date.max(self.received_date), SEND_WITHIN)
    }

    /// The first day from whose payments tax is withheld if no certified W-9 has come back: the day after thirty
    /// business days from receipt.
    pub fn withhold_from(&self) -> NaiveDate {
        let last_free = after_business_days(self.received_date, WITHHOLD_AFTER);
        last_free.succ_opt().unwrap_or(last_free)
    }
}

impl BNotice {
    /// The first day whose payments are withheld from if the vendor does not answer a notice of this kind: of a first
    /// [`BNotice::withhold_from`], of any later one the day of receipt.
    pub fn withhold_from_as(&self, kind: Kind) -> NaiveDate {
        match kind {
            Kind::First => self.withhold_from(),
            Kind::Second | Kind::Further | Kind::Repeated => self.received_date,
        }
    }
}

/// The notices in their order, each with its kind; a payer's notices count among themselves.
pub fn with_kinds(notices: &[BNotice]) -> Vec<(&BNotice, Kind)> {
    let mut ordered: Vec<_> = notices.iter().collect();
    ordered.sort_by_key(|n| (n.received_date, n.notice_date, n.notice_id.clone()));
    let mut counted: Vec<(&BNotice, Kind)> = Vec::new();
    let with_kind = |notice| {
        let kind = kind(notice, &counted);
        if kind != Kind::Repeated {
            counted.push((notice, kind));
        }
        (notice, kind)
    };
    ordered.into_iter().map(with_kind).collect()
}

fn kind(notice: &BNotice, counted: &[(&BNotice, Kind)]) -> Kind {
    let year = notice.received_date.year();
    let of_payer = || {
        counted
            .iter()
            .filter(|(earlier, _)| earlier.payer_id == notice.payer_id)
    };
    let counts_once = |(earlier, _): &(&BNotice, Kind)| {
        earlier.received_date.year() == year || earlier.tax_year == notice.tax_year
    };
    if of_payer().any(counts_once) {
        return Kind::Repeated;
    }
    let within =
        |(earlier, _): &&(&BNotice, Kind)| earlier.received_date.year() > year - CALENDAR_YEARS;
    match of_payer().filter(within).count() {
        0 => Kind::First,
        1 => Kind::Second,
        _ => Kind::Further,
    }
}

/// What the notices of one payer come to on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The last notice that counts; `None` if there is none.
    pub latest: Option<&'a BNotice>,
    /// The second notice within three calendar years (or one beyond) whose number has not been confirmed since.
    pub uncured_second: Option<&'a BNotice>,
    /// The first notice, if nothing certified has come back since and no second came.
    pub uncured_first: Option<&'a BNotice>,
}

impl<'a> Standing<'a> {
    /// Looks at one payer's notices received up to a day, and at the W-9 as it is.
    pub fn of(notices: &'a [BNotice], payer_id: &PayerId, w9: &W9, on: NaiveDate) -> Self {
        let is_so = |notice: &&BNotice| &notice.payer_id == payer_id && notice.received_date <= on;
        let with_kinds: Vec<_> = with_kinds(notices)
            .into_iter()
            .filter(|(notice, kind)| is_so(notice) && *kind != Kind::Repeated)
            .collect();
        let (latest, second) = match with_kinds.last() {
            None => (None, false),
            Some((notice, kind)) => (Some(*notice), *kind != Kind::First),
        };
        let cured_on = match second {
            true => w9.confirmed_on(),
            false => w9.certified_on(),
        };
        let uncured = latest.filter(|notice| {
            !cured_on.is_some_and(|cured| notice.received_date <= cured && cured <= on)
        });
        Self {
            latest,
            uncured_second: uncured.filter(|_| second),
            uncured_first: uncured.filter(|_| !second),
        }
    }

    /// Whether the mark "2nd TIN not." should stand: told twice within three calendar years, and not cured.
    pub fn suggests_mark(&self) -> bool {
        self.uncured_second.is_some()
    }

    /// Whether a payment of the day is under a first notice whose time to answer is over.
    pub fn is_first_overdue(&self, paid: NaiveDate) -> bool {
        self.uncured_first
            .is_some_and(|notice| notice.withhold_from() <= paid)
    }
}

/// The last of `days` business days that follow a date.
fn after_business_days(date: NaiveDate, days: u32) -> NaiveDate {
    let business = date.iter_days().skip(1).filter(|day| is_business_day(*day));
    let mut following = business.take(days as usize);
    following.by_ref().last().unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vendor::W9Status;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    fn notice(id: &str, payer: &str, received: NaiveDate, tax_year: i32) -> BNotice {
        BNotice {
            vendor_id: crate::VendorId::new("V1").unwrap(),
            notice_id: BNoticeId::new(id).unwrap(),
            payer_id: PayerId::new(payer).unwrap(),
            notice_date: received,
            received_date: received,
            tax_year: TaxYear::new(tax_year).unwrap(),
            note: String::new(),
        }
    }

    fn kinds(notices: &[BNotice]) -> Vec<Kind> {
        with_kinds(notices)
            .into_iter()
            .map(|(_, kind)| kind)
            .collect()
    }

    #[test]
    fn two_of_one_calendar_year_or_about_one_tax_year_count_once() {
        use Kind::{First, Further, Repeated, Second};
        let a = |received, tax_year| notice("a", "A", received, tax_year);
        let (spring, fall) = (day(2024, 4, 1), day(2024, 10, 1));
        assert_eq!(kinds(&[a(spring, 2022), a(fall, 2023)]), [First, Repeated]);
        assert_eq!(
            kinds(&[a(spring, 2023), a(day(2025, 4, 1), 2023)]),
            [First, Repeated]
        );
        assert_eq!(
            kinds(&[a(spring, 2022), a(day(2025, 4, 1), 2023)]),
            [First, Second]
        );
        assert_eq!(
            kinds(&[a(spring, 2022), a(day(2026, 12, 31), 2024)]),
            [First, Second]
        );
        assert_eq!(
            kinds(&[a(spring, 2022), a(day(2027, 1, 1), 2025)]),
            [First, First]
        );
        let three = [
            a(spring, 2022),
            a(day(2025, 4, 1), 2023),
            a(day(2026, 4, 1), 2024),
        ];
        assert_eq!(kinds(&three), [First, Second, Further]);
        let two_payers = [a(spring, 2022), notice("b", "B", day(2025, 4, 1), 2023)];
        assert_eq!(kinds(&two_payers), [First, First]);
    }

    #[test]
    fn a_second_notice_is_cured_by_a_confirmed_number_and_a_first_by_a_certified_w9() {
        let payer = PayerId::new("A").unwrap();
        let notices = [
            notice("1", "A", day(2024, 4, 1), 2022),
            notice("2", "A", day(2025, 4, 1), 2023),
        ];
        let on = day(2025, 9, 1);
        let standing = |notices, status, date| {
            let w9 = W9::new(status, date).unwrap();
            Standing::of(notices, &payer, &w9, on)
        };
        assert!(standing(&notices, W9Status::None, None).suggests_mark());
        let may = Some(day(2025, 5, 1));
        assert!(standing(&notices, W9Status::Certified, may).suggests_mark());
        assert!(!standing(&notices, W9Status::Confirmed, may).suggests_mark());
        let before = Some(day(2025, 3, 31));
        assert!(standing(&notices, W9Status::Confirmed, before).suggests_mark());
        let first = &notices[..1];
        assert!(!standing(first, W9Status::None, None).suggests_mark());
        assert!(standing(first, W9Status::None, None).is_first_overdue(on));
        assert!(!standing(first, W9Status::Certified, may).is_first_overdue(on));
        assert!(standing(first, W9Status::OnFile, may).is_first_overdue(on));
        let early = Standing::of(&notices, &payer, &W9::default(), day(2025, 3, 31));
        assert!(!early.suggests_mark(), "the second has not come yet");
    }

    #[test]
    fn deadlines_count_business_days_after_the_notice() {
        let mut of = notice("1", "A", day(2025, 9, 2), 2023);
        of.notice_date = day(2025, 8, 29);
        assert_eq!(of.send_by(), day(2025, 9, 23));
        // Columbus Day, October 13, is none.
        assert_eq!(of.withhold_from(), day(2025, 10, 16));
        assert!(BNotice::check_dates(of.received_date, of.notice_date).is_err());
    }

    proptest! {
        #[test]
        fn whatever_the_notices_the_first_of_a_payer_is_first_and_no_second_follows_alone(
            received in proptest::collection::vec((2015_i32..2030, 1_u32..13, 2010_i32..2030, any::<bool>()), 1..8)
        ) {
            let notices: Vec<_> = received.iter().enumerate().map(|(at, (year, month, tax_year, a))| {
                notice(&at.to_string(), if *a { "A" } else { "B" }, day(*year, *month, 3), *tax_year)
            }).collect();
            let mut before: Vec<(&BNotice, Kind)> = Vec::new();
            for (notice, kind) in with_kinds(&notices) {
                let same: Vec<_> = before.iter().filter(|(n, k)| n.payer_id == notice.payer_id && *k != Kind::Repeated).collect();
                let year = notice.received_date.year();
                let near = same.iter().filter(|(n, _)| n.received_date.year() >= year - 2).count();
                match kind {
                    Kind::First => prop_assert_eq!(near, 0),
                    Kind::Second => prop_assert_eq!(near, 1),
                    Kind::Further => prop_assert!(near >= 2),
                    Kind::Repeated => prop_assert!(!same.is_empty()),
                }
                before.push((notice, kind));
            }
        }
    }
}
