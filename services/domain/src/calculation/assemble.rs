//! From the plain records of a page of the history to one [`RecipientHistory`] per recipient.
//!
//! A page covers a range of recipients. Its [`Records`] must hold, for every
//! recipient of the range:
//! - each payment of the payer and year that reached it, by pay vendor or by an application, or settled a
//!   voucher of which it is the vendor of record, with all the payment's applications and the headers of
//!   their vouchers;
//! - each voucher those applications name, with all its lines, all its applications of any year, payer and
//!   recipient, and the payments of these.
//!
//! More than that does no harm; a recipient outside the range may come out
//! incomplete and must not be asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::chart::Chart;
use super::exception::Exception;
use super::history::{
    AppliedPayment, PaymentHistory, RecipientHistory, VendorFacts, VoucherHistory,
};
use super::standing::Standing;
use super::{RunContext, withholding};
use crate::history::{Payment, PaymentApplication, Voucher, VoucherLine};
use crate::{CashAccountId, PayerId, PaymentId, VendorId, VoucherId};

/// What the run asks of the vendor service's records: who is who, and who owns which cash account.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Every vendor that the records name.
    pub vendors: HashMap<VendorId, VendorFacts>,
    /// Payer of every cash account whose organization has one.
    pub payers: Arc<HashMap<CashAccountId, PayerId>>,
    /// What accounts and codes mean.
    pub chart: Arc<Chart>,
}

impl Directory {
    fn vendor(&self, vendor_id: &VendorId) -> Result<&VendorFacts, Dangling> {
        self.vendors
            .get(vendor_id)
            .ok_or_else(|| Dangling::Vendor(vendor_id.clone()))
    }
}

/// The plain records of a page, in any order, each once.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// Voucher headers.
    pub vouchers: Vec<Voucher>,
    /// Voucher lines.
    pub lines: Vec<VoucherLine>,
    /// Payments.
    pub payments: Vec<Payment>,
    /// Applications of payments to vouchers.
    pub applications: Vec<PaymentApplication>,
}

/// A record names another that the page does not hold: the page was loaded incompletely.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Dangling {
    /// A vendor is missing.
    #[error("vendor {0} is named by the history but not known")]
    Vendor(VendorId),
    /// A voucher is missing.
    #[error("voucher {0} is named by a payment but not known")]
    Voucher(VoucherId),
    /// A payment is missing.
    #[error("payment {0} is named by an application but not known")]
    Payment(PaymentId),
}

/// Who received the money of an application: the pay vendor; without one the pay vendor of the voucher's
/// vendor, else that vendor. One hop: a pay vendor's own pay vendor is not followed.
///
/// Income is reported to the vendor that received the money, not to the one on the voucher.
pub fn recipient_of<'a>(payment: &'a Payment, voucher_vendor: &'a VendorFacts) -> &'a VendorId {
    payment
        .pay_vendor_id
        .as_ref()
        .or(voucher_vendor.pay_vendor_id.as_ref())
        .unwrap_or(&voucher_vendor.vendor_id)
}

/// The vendor of record of a voucher: the vendor on it, unless another is named.
pub fn vendor_of_record(voucher: &Voucher) -> &VendorId {
    let named = voucher.vendor_of_record_id.as_ref();
    named.unwrap_or(&voucher.vendor_id)
}

/// The records of a range of recipients, indexed.
#[derive(Debug)]
pub struct Page<'a> {
    directory: &'a Directory,
    vouchers: HashMap<&'a VoucherId, VoucherHistory<'a>>,
    payments: HashMap<&'a PaymentId, PaymentHistory<'a>>,
    recipients: BTreeMap<&'a VendorId, Work<'a>>,
    exceptions: Vec<Exception>,
}

/// The keys of what one recipient was paid.
#[derive(Debug, Default)]
struct Work<'a> {
    vouchers: BTreeSet<&'a VoucherId>,
    payments: BTreeSet<&'a PaymentId>,
}

impl<'a> Page<'a> {
    /// Links the records to each other and finds each recipient's share of them.
    ///
    /// # Errors
    /// [`Dangling`] when an application, voucher or payment names what is not there.
    pub fn new(
        context: &RunContext,
        directory: &'a Directory,
        records: &'a Records,
    ) -> Result<Self, Dangling> {
        let mut page = Self {
            directory,
            vouchers: HashMap::with_capacity(records.vouchers.len()),
            payments: HashMap::with_capacity(records.payments.len()),
            recipients: BTreeMap::new(),
            exceptions: Vec::new(),
        };
        page.add_headers(records)?;
        page.add_applications(records)?;
        page.add_recipients(context, records);
        Ok(page)
    }

    /// Everybody who was paid by the payer in the year, by key.
    pub fn recipients(&self) -> impl Iterator<Item = &'a VendorId> {
        self.recipients.keys().copied()
    }

    /// What the calculation looks at for one recipient; `None` if nothing of the page reached it.
    ///
    /// # Errors
    /// [`Dangling::Vendor`] when the directory does not know the recipient.
    pub fn history(
        &self,
        recipient_id: &VendorId,
    ) -> Result<Option<RecipientHistory<'a>>, Dangling> {
        let Some(work) = self.recipients.get(recipient_id) else {
            return Ok(None);
        };
        Ok(Some(RecipientHistory {
            vendor: self.directory.vendor(recipient_id)?,
            chart: &self.directory.chart,
            vouchers: work
                .vouchers
                .iter()
                .map(|id| self.vouchers[id].clone())
                .collect(),
            payments: work
                .payments
                .iter()
                .map(|id| self.payments[id].clone())
                .collect(),
        }))
    }

    /// Exceptions of payments that reached nobody: no pay vendor, and no application that says who was paid.
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    fn add_headers(&mut self, records: &'a Records) -> Result<(), Dangling> {
        for voucher in &records.vouchers {
            let vendor = self.directory.vendor(&voucher.vendor_id)?;
            let history = VoucherHistory {
                voucher,
                default_income_type: vendor.default_income_type,
                lines: Vec::new(),
                applications: Vec::new(),
            };
            self.vouchers.insert(&voucher.voucher_id, history);
        }
        for line in &records.lines {
            let voucher = self.vouchers.get_mut(&line.voucher_id);
            let missing = || Dangling::Voucher(line.voucher_id.clone());
            voucher.ok_or_else(missing)?.lines.push(line);
        }
        for payment in &records.payments {
            let history = PaymentHistory {
                payment,
                applications: Vec::new(),
            };
            self.payments.insert(&payment.payment_id, history);
        }
        Ok(())
    }

    fn add_applications(&mut self, records: &'a Records) -> Result<(), Dangling> {
        for application in &records.applications {
            let missing = || Dangling::Voucher(application.voucher_id.clone());
            let voucher = self.vouchers.get_mut(&application.voucher_id);
            let voucher = voucher.ok_or_else(missing)?;
            let missing = || Dangling::Payment(application.payment_id.clone());
            let paid = self.payments.get_mut(&application.payment_id);
            let paid = paid.ok_or_else(missing)?;
            let vendor = self.directory.vendor(&voucher.voucher.vendor_id)?;
            let recipient_id = recipient_of(paid.payment, vendor);
            paid.applications.push((application, recipient_id));
            voucher.applications.push(AppliedPayment {
                application,
                payment: paid.payment,
                recipient_id,
                payer_id: self.directory.payers.get(&paid.payment.cash_account_id),
            });
        }
        Ok(())
    }

    fn add_recipients(&mut self, context: &RunContext, records: &'a Records) {
        for payment in &records.payments {
            let payer_id = self.directory.payers.get(&payment.cash_account_id);
            let of_the_year = context.tax_year.contains(payment.payment_date);
            if of_the_year && payer_id == Some(&context.payer_id) {
                self.add_payment(context, payment);
            }
        }
    }

    /// Enters a payment of the payer and year with everybody it reached.
    fn add_payment(&mut self, context: &RunContext, payment: &'a Payment) {
        let paid = &self.payments[&payment.payment_id];
        let counts = Standing::of(payment, context.tax_year) == Standing::ThisYear;
        let by_record = context.method.goes_by_vendor_of_record();
        for (application, recipient_id) in &paid.applications {
            let work = self.recipients.entry(recipient_id).or_default();
            work.payments.insert(&payment.payment_id);
            let work = match by_record {
                true => {
                    let voucher = self.vouchers[&application.voucher_id].voucher;
                    let of_record = vendor_of_record(voucher);
                    self.recipients.entry(of_record).or_default()
                }
                false => work,
            };
            if counts {
                work.vouchers.insert(&application.voucher_id);
                work.payments.insert(&payment.payment_id);
            }
        }
        match &payment.pay_vendor_id {
            Some(pay_vendor_id) => {
                let work = self.recipients.entry(pay_vendor_id).or_default();
                work.payments.insert(&payment.payment_id);
            }
            None => self
                .exceptions
                .extend(withholding::exceptions_without_recipient(context, paid)),
        }
    }
}
