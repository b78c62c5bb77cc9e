//! Letters to vendors about B-notices: which are due, and each as PDF while the caller reads.

use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;

use chrono::{NaiveDate, Utc};
use formfeed_domain::backup::BNotice;
use formfeed_domain::backup::notice::{Kind as NoticeKind, Standing, with_kinds};
use formfeed_domain::letter::{Addressee, BNoticeLetter, LetterError};
use formfeed_domain::payer::{Payer, PostalAddress};
use formfeed_domain::{BNoticeId, PayerId, VendorId};
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_report::render_letter;
use formfeed_runtime::{IntoStatus as _, Refusal, incident, reason};
use formfeed_store::vendor::VendorRecord;
use futures::{Stream, stream};
use tonic::Status;

use crate::Handlers;
use crate::b_notices;
use crate::organizations::given;
use crate::refusal::{not_found, store, valid};

/// Letters as they are written.
pub(crate) type Letters =
    Pin<Box<dyn Stream<Item = Result<pb::BNoticeLetter, Status>> + Send + 'static>>;

/// Notices read at once.
const PAGE: usize = 500;

/// What is asked for.
struct Wish {
    payer: PayerId,
    vendor: Option<VendorId>,
    notice: Option<BNoticeId>,
    date: NaiveDate,
}

/// A notice that a letter goes out about.
struct Due {
    notice: BNotice,
    kind: NoticeKind,
}

impl Handlers {
    /// The letters that a payer's notices call for. What keeps all of them from being written is told before the first.
    pub(crate) async fn write_b_notice_letters(
        &self,
        request: pb::WriteBNoticeLettersRequest,
    ) -> Result<Letters, Status> {
        let mut bad = Violations::new();
        let wish = wish(&mut bad, &request);
        let wish = valid(bad, wish)?;
        let payer = self.payer(&wish.payer).await?.payer;
        let due = match &wish.vendor {
            Some(vendor) => VecDeque::from([self.due_to(vendor, &wish).await?]),
            None => self.due_to_all(&wish).await?,
        };
        let (this, date) = (self.clone(), wish.date);
        let letters = stream::unfold(
            (this, payer, due),
            move |(this, payer, mut due)| async move {
                let next = due.pop_front()?;
                let letter = this.b_notice_letter(&payer, &next, date).await;
                // Behind a letter that could not be written there is none.
                if letter.is_err() {
                    due.clear();
                }
                Some((letter, (this, payer, due)))
            },
        );
        Ok(Box::pin(letters))
    }

    /// The notice asked for, or the vendor's last, if it is open.
    async fn due_to(&self, id: &VendorId, wish: &Wish) -> Result<Due, Status> {
        let vendor = self.vendor(id).await?.vendor;
        let all = self.b_notices_of(&[id.to_string()]).await?;
        if let Some(notice) = &wish.notice {
            let name = format!("vendors/{id}/bNotices/{notice}");
            let of_payer =
                |due: &Due| &due.notice.notice_id == notice && due.notice.payer_id == wish.payer;
            return all_due(&all)
                .find(of_payer)
                .ok_or_else(|| not_found(b_notices::KIND, &name));
        }
        let standing = Standing::of(&all, &wish.payer, &vendor.w9, wish.date);
        let latest = standing.latest.map(|latest| latest.notice_id.clone());
        let open = standing.uncured_first.or(standing.uncured_second);
        let is_open = |due: &Due| open.is_some_and(|open| open.notice_id == due.notice.notice_id);
        let due = all_due(&all).find(is_open);
        due.ok_or_else(|| {
            no_letter(match latest {
                None => format!("vendors/{id} has no B-notice of {} by then", wish.payer),
                Some(latest) => format!(
                    "vendors/{id} has answered its last B-notice, {latest}; name it to write the letter again"
                ),
            })
        })
    }

    /// Every open notice that something is sent about, by vendor.
    async fn due_to_all(&self, wish: &Wish) -> Result<VecDeque<Due>, Status> {
        let mut found = VecDeque::new();
        let mut after: Option<(String, String)> = None;
        let mut seen = BTreeSet::new();
        loop {
            let from = after
                .as_ref()
                .map(|(vendor, id)| (vendor.as_str(), id.as_str()));
            let page = self.store.b_notices_after(from, None, PAGE).await;
            let page = page.map_err(store)?;
            let Some(last) = page.last() else {
                return Ok(found);
            };
            let key = (
                last.value.vendor_id.to_string(),
                last.value.notice_id.to_string(),
            );
            after = Some(key);
            for stored in page {
                let notice = stored.value;
                if notice.payer_id != wish.payer || !seen.insert(notice.vendor_id.clone()) {
                    continue;
                }
                let vendor = self.vendor(&notice.vendor_id).await?.vendor;
                let all = self.b_notices_of(&[notice.vendor_id.to_string()]).await?;
                let standing = Standing::of(&all, &wish.payer, &vendor.w9, wish.date);
                let open = standing.uncured_first.or(standing.uncured_second);
                let is_open = |due: &Due| {
                    let sent = matches!(due.kind, NoticeKind::First | NoticeKind::Second);
                    sent && open.is_some_and(|open| open.notice_id == due.notice.notice_id)
                };
                found.extend(all_due(&all).find(is_open));
            }
        }
    }

    async fn b_notice_letter(
        &self,
        payer: &Payer,
        due: &Due,
        date: NaiveDate,
    ) -> Result<pb::BNoticeLetter, Status> {
        let record = self.vendor(&due.notice.vendor_id).await?;
        let address = self.postal_address(&record).await?;
        let addressee = Addressee {
            name: record.vendor.name.clone(),
            truncated_tin: record
                .tin
                .as_ref()
                .map(|tin| tin.truncated())
                .unwrap_or_default(),
            address: address.unwrap_or_default(),
        };
        let letter = BNoticeLetter::new(&due.notice, due.kind, payer, &addressee, date);
        let letter = letter.map_err(refused)?;
        let warnings = warnings(payer, &addressee, &due.notice, date);
        let written = tokio::task::spawn_blocking(move || render_letter(&letter)).await;
        let written = written.map_err(|error| incident::internal(&error))?;
        let pdf = written.map_err(|error| incident::internal(&error))?;
        Ok(pb::BNoticeLetter {
            b_notice: convert::b_notice_name(&due.notice),
            vendor_id: due.notice.vendor_id.to_string(),
            kind: convert::b_notice_kind_to(due.kind).into(),
            send_by: Some(convert::date_to(due.notice.send_by())),
            withhold_from: Some(convert::date_to(due.notice.withhold_from_as(due.kind))),
            warnings,
            pdf,
        })
    }

    /// Where the vendor's forms go.
    async fn postal_address(&self, record: &VendorRecord) -> Result<Option<PostalAddress>, Status> {
        let vendor = &record.vendor;
        let Some(code) = &vendor.address_code else {
            return Ok(None);
        };
        let found = self
            .store
            .vendor_address(vendor.vendor_id.as_str(), code.as_str());
        let found = found.await.map_err(store)?;
        Ok(found.map(|stored| stored.value.address))
    }
}

fn wish(bad: &mut Violations, request: &pb::WriteBNoticeLettersRequest) -> Option<Wish> {
    let payer = convert::read(bad, "payer_id", PayerId::new(&request.payer_id));
    let read = |bad: &mut Violations| {
        let vendor = given(&request.vendor_id).map(VendorId::new);
        convert::read(bad, "vendor_id", vendor.transpose())
    };
    let vendor = read(bad);
    let notice = given(&request.b_notice_id).map(BNoticeId::new);
    let notice = convert::read(bad, "b_notice_id", notice.transpose());
    if request.vendor_id.is_empty() && !request.b_notice_id.is_empty() {
        bad.add(
            "vendor_id",
            "is required: a notice's key is one within its vendor",
        );
    }
    let date = convert::entered_date(bad, "date", request.date.as_ref());
    Some(Wish {
        payer: payer?,
        vendor: vendor?,
        notice: notice?,
        date: date.unwrap_or_else(|| Utc::now().date_naive()),
    })
}

fn all_due(notices: &[BNotice]) -> impl Iterator<Item = Due> {
    with_kinds(notices).into_iter().map(|(notice, kind)| Due {
        notice: notice.clone(),
        kind,
    })
}

fn warnings(payer: &Payer, to: &Addressee, notice: &BNotice, date: NaiveDate) -> Vec<String> {
    let vendor = &notice.vendor_id;
    let mut warnings = Vec::new();
    if to.address == PostalAddress::default() {
        warnings.push(format!(
            "vendor {vendor} has no address: the letter shows none"
        ));
    }
    if payer.address == PostalAddress::default() {
        warnings.push(format!(
            "payer {} has no address to answer to",
            payer.payer_id
        ));
    }
    if payer.phone.is_empty() && payer.contact_email.is_empty() {
        warnings.push(format!(
            "payer {} has no telephone number and no mail address",
            payer.payer_id
        ));
    }
    if notice.send_by() < date {
        warnings.push(format!(
            "the letter to vendor {vendor} was due by {}",
            notice.send_by()
        ));
    }
    warnings
}

fn no_letter(why: String) -> Status {
    Refusal::failed_precondition(reason::NO_LETTER, why).into_status()
}

fn refused(error: LetterError) -> Status {
    match error {
        LetterError::Rule(error) => {
            Refusal::failed_precondition(reason::NO_RULE_FOR_YEAR, error.to_string()).into_status()
        }
        other => no_letter(other.to_string()),
    }
}
