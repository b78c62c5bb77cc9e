//! The published history, as readers see it.

use std::collections::HashMap;

use formfeed_domain::history::{Payment, PaymentApplication, Voucher, VoucherLine};
use formfeed_domain::{PaymentId, VendorId, VoucherId};

use super::CalculationStore;
use crate::StoreError;
use crate::calculation::{PaymentFilter, PaymentWithApplications, VoucherWithLines};

impl CalculationStore {
    /// One voucher with its lines.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn voucher(
        &self,
        voucher_id: &VoucherId,
    ) -> Result<Option<VoucherWithLines>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            let voucher = q::vouchers::current(c, voucher_id.as_str()).await?;
            let lines = q::voucher_lines::current(c, &[voucher_id.as_str()]).await?;
            Ok(with_lines(voucher, lines).pop())
        })
    }

    /// Vouchers after a key, by key; of one vendor or of all.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn vouchers_after(
        &self,
        after: &str,
        vendor_id: Option<&VendorId>,
        limit: i64,
    ) -> Result<Vec<VoucherWithLines>, StoreError> {
        let vendor_id = vendor_id.map_or("", VendorId::as_str);
        on_read!(self.database, calculation, |c, q| {
            let vouchers = q::vouchers::page_after(c, after, vendor_id, limit).await?;
            let keys: Vec<_> = vouchers.iter().map(|v| v.voucher_id.as_str()).collect();
            let lines = q::voucher_lines::current(c, &keys).await?;
            Ok(with_lines(vouchers, lines))
        })
    }

    /// One payment with its applications.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn payment(
        &self,
        payment_id: &PaymentId,
    ) -> Result<Option<PaymentWithApplications>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            let payment = q::payments::current(c, payment_id.as_str()).await?;
            let applied = q::applications::current(c, &[payment_id.as_str()]).await?;
            Ok(with_applications(payment, applied).pop())
        })
    }

    /// Payments after a key, by key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn payments_after(
        &self,
        after: &str,
        filter: &PaymentFilter,
        limit: i64,
    ) -> Result<Vec<PaymentWithApplications>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            let payments = q::payments::page_after(c, after, filter, limit).await?;
            let keys: Vec<_> = payments.iter().map(|p| p.payment_id.as_str()).collect();
            let applied = q::applications::current(c, &keys).await?;
            Ok(with_applications(payments, applied))
        })
    }
}

fn with_lines(
    vouchers: impl IntoIterator<Item = Voucher>,
    lines: Vec<VoucherLine>,
) -> Vec<VoucherWithLines> {
    let mut of = HashMap::<VoucherId, Vec<VoucherLine>>::new();
    for line in lines {
        of.entry(line.voucher_id.clone()).or_default().push(line);
    }
    let with = |voucher: Voucher| VoucherWithLines {
        lines: of.remove(&voucher.voucher_id).unwrap_or_default(),
        voucher,
    };
    vouchers.into_iter().map(with).collect()
}

fn with_applications(
    payments: impl IntoIterator<Item = Payment>,
    applications: Vec<PaymentApplication>,
) -> Vec<PaymentWithApplications> {
    let mut of = HashMap::<PaymentId, Vec<PaymentApplication>>::new();
    for application in applications {
        let applied = of.entry(application.payment_id.clone()).or_default();
        applied.push(application);
    }
    let with = |payment: Payment| PaymentWithApplications {
        applications: of.remove(&payment.payment_id).unwrap_or_default(),
        payment,
    };
    payments.into_iter().map(with).collect()
}
