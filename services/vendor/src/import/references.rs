//! Keys that the other half of an extract refers to.

use std::collections::BTreeSet;

use formfeed_domain::extract::File;
use formfeed_proto::vendor as pb;
use tonic::Status;

use super::message::check_import_id;
use crate::references::codes_of;
use crate::{Handlers, refusal};

impl Handlers {
    pub(super) async fn check_references(
        &self,
        request: pb::CheckReferencesRequest,
    ) -> Result<pb::CheckReferencesResponse, Status> {
        check_import_id(&request.import_id)?;
        let id = request.import_id.as_str();
        let codes_1 = self.unknown_codes(id, 1, request.relate_to_1_codes).await?;
        let codes_2 = self.unknown_codes(id, 2, request.relate_to_2_codes).await?;
        let mut defined = BTreeSet::new();
        if !codes_1.is_empty() || !codes_2.is_empty() {
            let keys = self.store.defined_relate_to_codes(Some(id)).await;
            let keys = keys.map_err(refusal::store)?;
            for (position, unknown) in [(1, &codes_1), (2, &codes_2)] {
                if !unknown.is_empty() {
                    defined.extend(codes_of(position, &keys));
                }
            }
        }
        Ok(pb::CheckReferencesResponse {
            vendor_ids: self.unknown(id, File::Vendors, request.vendor_ids).await?,
            cash_account_ids: self
                .unknown(id, File::CashAccounts, request.cash_account_ids)
                .await?,
            account_ids: self
                .unknown(id, File::Accounts, request.account_ids)
                .await?,
            relate_to_1_codes: codes_1,
            relate_to_2_codes: codes_2,
            defined_relate_to_codes: defined.into_iter().collect(),
        })
    }

    async fn unknown_codes(
        &self,
        import_id: &str,
        position: i32,
        codes: Vec<String>,
    ) -> Result<Vec<String>, Status> {
        let keys = codes
            .iter()
            .map(|code| format!("{position}/{code}"))
            .collect();
        let unknown = self.unknown(import_id, File::RelateToCodes, keys).await?;
        Ok(codes_of(position, &unknown))
    }

    /// Those of the keys that are neither stored nor staged, in the order asked for.
    async fn unknown(
        &self,
        import_id: &str,
        file: File,
        mut keys: Vec<String>,
    ) -> Result<Vec<String>, Status> {
        let found = self.store.existing_or_staged(import_id, file, &keys).await;
        let found = found.map_err(refusal::store)?;
        keys.retain(|key| !found.contains(key));
        Ok(keys)
    }
}
