//! One person under several vendor ids: whose amounts are tested together.

use std::borrow::Cow;
use std::collections::HashMap;

use formfeed_domain::VendorId;
use formfeed_domain::eligibility::Incomes;
use formfeed_proto::calculation::Information;
use formfeed_proto::vendor::Twins;
use formfeed_runtime::incident;
use tonic::Status;

use crate::decide::incomes;
use crate::peers::{Peers, VendorVersionRef};
use crate::recipients::{Found, Recipient};

/// The other recipients of the year with the same TIN, and their amounts.
#[derive(Default)]
pub(crate) struct Together {
    /// Who they are, by key.
    pub(crate) others: Vec<VendorId>,
    incomes: Incomes,
    rows: Vec<(VendorId, Vec<Information>)>,
}

impl Together {
    /// The recipient's own amounts with those of the others.
    pub(crate) fn with(&self, own: &Incomes) -> Incomes {
        let mut sum = own.clone();
        for (income_type, amount) in &self.incomes {
            *sum.entry(*income_type).or_default() += *amount;
        }
        sum
    }

    /// The recipient's own rows with those of some of the others.
    pub(crate) fn rows_of(
        &self,
        own: &[Information],
        is_wanted: impl Fn(&VendorId) -> bool,
    ) -> Vec<Information> {
        let others = self.rows.iter().filter(|(id, _)| is_wanted(id));
        let others = others.flat_map(|(_, rows)| rows.iter().cloned());
        own.iter().cloned().chain(others).collect()
    }
}

/// The twins of each recipient of a batch. They count when they are recipients of the same payer and year, by the
/// version of their record that their information was made from.
pub(crate) async fn of_batch(
    peers: &Peers,
    batch: &[Recipient],
    refs: &[VendorVersionRef],
) -> Result<Vec<Together>, Status> {
    let is_wanted = |recipient: &Recipient| matches!(recipient.found, Found::Information(_));
    let wanted = batch
        .iter()
        .zip(refs)
        .filter(|(recipient, _)| is_wanted(recipient));
    let asked: Vec<_> = wanted.map(|(_, version)| version.clone()).collect();
    let mut twins = peers.vendors.twins(asked).await?.into_iter();
    let mut known = Rows::new();
    for recipient in batch {
        if let Found::Information(rows) = &recipient.found {
            known.insert(recipient.vendor_id.to_string(), Cow::Borrowed(rows));
        }
    }
    let mut all = Vec::with_capacity(batch.len());
    for recipient in batch {
        all.push(match &recipient.found {
            Found::Skipped(_) => Together::default(),
            Found::Information(rows) => {
                let twins = twins.next().unwrap_or_default();
                fetch(peers, rows, &twins, &mut known).await?;
                together(twins, |id| known.get(id).map_or(&[], |rows| rows))?
            }
        });
    }
    Ok(all)
}

/// Rows of 1099 information by recipient: those of the batch, and those fetched beside it.
type Rows<'b> = HashMap<String, Cow<'b, [Information]>>;

/// Fetches the rows of twins that are not known yet, each once.
async fn fetch(
    peers: &Peers,
    rows: &[Information],
    twins: &Twins,
    known: &mut Rows<'_>,
) -> Result<(), Status> {
    let Some(row) = rows.first() else {
        return Ok(());
    };
    for twin in &twins.others {
        let id = twin.vendor_id.as_str();
        if !known.contains_key(id) {
            let of = (row.payer_id.as_str(), row.tax_year);
            let found = peers.calculation.information_of(of, id).await?;
            known.insert(id.to_owned(), Cow::Owned(found));
        }
    }
    Ok(())
}

/// Who of the twins has information that was made from a version with the same TIN.
fn together<'r>(
    twins: Twins,
    rows_of: impl Fn(&str) -> &'r [Information],
) -> Result<Together, Status> {
    let mut together = Together::default();
    for twin in twins.others {
        let rows = rows_of(&twin.vendor_id);
        let has_the_tin = |row: &Information| twin.versions.contains(&row.vendor_version);
        if !rows.first().is_some_and(has_the_tin) {
            continue;
        }
        let id = VendorId::new(twin.vendor_id).map_err(|error| incident::internal(&error))?;
        together.rows.push((id.clone(), rows.to_vec()));
        together.others.push(id);
        together.incomes = together.with(&incomes(rows)?);
    }
    Ok(together)
}

#[cfg(test)]
mod tests {
    use super::*;
    use formfeed_domain::{IncomeType, Money};
    use formfeed_proto::vendor::Twin;

    fn row(income_type: &str, cents: i64, vendor_version: i64) -> Information {
        Information {
            income_type: income_type.to_owned(),
            taxable_amount_cents: cents,
            vendor_version,
            ..Information::default()
        }
    }

    #[test]
    fn a_twin_counts_by_the_version_that_its_information_was_made_from() {
        let same = [row("rents", 300_00, 2), row("royalties", 1_00, 2)];
        let before = [row("rents", 500_00, 1)];
        let twin = |vendor_id: &str| Twin {
            vendor_id: vendor_id.to_owned(),
            versions: vec![2, 3],
        };
        let twins = Twins {
            others: vec![twin("V2"), twin("V3"), twin("V4")],
        };
        let together = together(twins, |id| match id {
            "V2" => &same,
            "V3" => &before,
            _ => &[],
        })
        .unwrap();
        assert_eq!(together.others, [VendorId::new("V2").unwrap()]);
        let own = Incomes::from([(IncomeType::Rents, Money::from_cents(400_00))]);
        let sum = together.with(&own);
        assert_eq!(sum[&IncomeType::Rents], Money::from_cents(700_00));
        assert_eq!(sum[&IncomeType::Royalties], Money::from_cents(1_00));
    }
}
