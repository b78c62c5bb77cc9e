//! References from one resource to another: whether what is named exists.

use std::collections::BTreeSet;

use formfeed_domain::extract::{File, listed};
use formfeed_domain::ids::check_id;
use formfeed_domain::relate_to::Position;
use formfeed_proto::convert::Violations;
use tonic::Status;

use crate::{Handlers, refusal};

impl Handlers {
    /// Notes a field that names a resource that does not exist. Blank names nothing; a malformed key is noted already.
    pub(crate) async fn check_reference(
        &self,
        bad: &mut Violations,
        field: &str,
        file: File,
        key: &str,
    ) -> Result<(), Status> {
        if key.is_empty() || check_id(key).is_err() {
            return Ok(());
        }
        let found = self.store.existing(file, &[key.to_owned()]).await;
        if found.map_err(refusal::store)?.is_empty() {
            bad.add(field, unknown(file, key));
        }
        Ok(())
    }

    /// As [`Handlers::check_reference`] for a Relate To code of one of these positions; the note lists the defined codes.
    pub(crate) async fn check_relate_to(
        &self,
        bad: &mut Violations,
        field: &str,
        code: &str,
        positions: &[Position],
    ) -> Result<(), Status> {
        if code.is_empty() || check_id(code).is_err() {
            return Ok(());
        }
        let defined = self.store.defined_relate_to_codes(None).await;
        let defined = defined.map_err(refusal::store)?;
        let is_defined = |position| defined.contains(&format!("{position}/{code}"));
        if !positions.iter().any(is_defined) {
            let codes = positions
                .iter()
                .flat_map(|p| codes_of(p.number(), &defined));
            let codes: Vec<_> = codes.collect::<BTreeSet<_>>().into_iter().collect();
            bad.add(field, undefined(code, &codes));
        }
        Ok(())
    }
}

/// What to say of a key that names nothing.
pub(crate) fn unknown(file: File, key: &str) -> String {
    let word = match file {
        File::Payers => "payer",
        File::Organizations => "organization",
        File::CashAccounts => "cash account",
        File::Accounts => "account",
        File::RelateToCodes => "Relate To code",
        _ => "vendor",
    };
    format!("unknown {word} {key}: add it first, or name another")
}

/// What to say of a code that is not defined.
pub(crate) fn undefined(code: &str, defined: &[String]) -> String {
    format!(
        "undefined Relate To code {code}: define it first, or use one of {}",
        listed(defined)
    )
}

/// The codes of one position among keys such as `1/CC`.
pub(crate) fn codes_of<'a>(
    position: i32,
    keys: impl IntoIterator<Item = &'a String>,
) -> Vec<String> {
    let prefix = format!("{position}/");
    let code = |key: &'a String| key.strip_prefix(&prefix).map(str::to_owned);
    keys.into_iter().filter_map(code).collect()
}
