//! Vendors for other services: all of them as a stream, or some at given versions.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

use formfeed_domain::VendorId;
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_store::vendor::{VendorFilter, VendorStore, VersionRef};
use futures::Stream;
use tonic::Status;

use crate::refusal::{not_found, store, valid};
use crate::{Handlers, vendor_addresses, vendors};

/// Vendors of one message of the stream.
const PAGE: usize = 500;
/// Versions of one request.
const MOST_REFS: usize = 1000;

/// The stream of all vendors.
pub(crate) type Vendors =
    Pin<Box<dyn Stream<Item = Result<pb::StreamVendorsResponse, Status>> + Send>>;

impl Handlers {
    /// Every vendor in its current version, inactive ones too, in order of keys.
    pub(crate) fn stream_vendors(&self) -> Vendors {
        let start = (self.store.clone(), Some(String::new()));
        Box::pin(futures::stream::try_unfold(
            start,
            |(store, after)| async move {
                let Some(after) = after else { return Ok(None) };
                let (page, next) = next_page(&store, &after).await?;
                Ok((!page.vendors.is_empty()).then_some((page, (store, next))))
            },
        ))
    }

    pub(crate) async fn batch_get_vendor_versions(
        &self,
        request: pb::BatchGetVendorVersionsRequest,
    ) -> Result<pb::BatchGetVendorVersionsResponse, Status> {
        let mut bad = Violations::new();
        let refs = version_refs(&mut bad, "refs", &request.refs);
        if request.refs.is_empty() {
            bad.add("refs", "is required");
        }
        let refs = valid(bad, Some(refs))?;
        let found = self.store.vendor_versions(&refs).await.map_err(store)?;
        let mut ids: Vec<_> = refs.iter().map(|r| r.vendor_id.to_string()).collect();
        ids.sort();
        ids.dedup();
        let mut addresses = HashMap::new();
        for part in ids.chunks(PAGE) {
            for address in self.store.addresses_of(part).await.map_err(store)? {
                let value = &address.value;
                let key = (value.vendor_id.clone(), value.address_code.to_string());
                addresses.insert(key, address);
            }
        }
        let mut versions = Vec::with_capacity(refs.len());
        for ((wanted, found), sent) in refs.iter().zip(found).zip(&request.refs) {
            let record = found.ok_or_else(|| missing(wanted))?;
            let own = record
                .vendor
                .address_code
                .as_ref()
                .map(|code| code.to_string());
            let code = match sent.address_code.is_empty() {
                true => own.unwrap_or_default(),
                false => sent.address_code.clone(),
            };
            let address = addresses.get(&(wanted.vendor_id.clone(), code));
            versions.push(pb::VendorVersion {
                vendor: Some(vendors::message(&record)),
                address: address.map(vendor_addresses::message),
            });
        }
        Ok(pb::BatchGetVendorVersionsResponse { versions })
    }
}

async fn next_page(
    store: &Arc<VendorStore>,
    after: &str,
) -> Result<(pb::StreamVendorsResponse, Option<String>), Status> {
    let all = VendorFilter {
        include_inactive: true,
        ..VendorFilter::default()
    };
    let after = Some(after).filter(|after| !after.is_empty());
    let found = store
        .vendors_after(after, &all, PAGE)
        .await
        .map_err(crate::refusal::store)?;
    let full = found.len() == PAGE;
    let last = found.last().map(|last| last.vendor.vendor_id.to_string());
    let vendors = found.iter().map(vendors::message).collect();
    Ok((pb::StreamVendorsResponse { vendors }, last.filter(|_| full)))
}

/// Reads references to versions: 1 to 1000 of them.
pub(crate) fn version_refs(
    bad: &mut Violations,
    field: &str,
    sent: &[pb::VendorVersionRef],
) -> Vec<VersionRef> {
    if sent.len() > MOST_REFS {
        bad.add(
            field,
            format!("holds {} references; at most {MOST_REFS}", sent.len()),
        );
        return Vec::new();
    }
    let mut refs = Vec::with_capacity(sent.len());
    for (at, sent) in sent.iter().enumerate() {
        let id = VendorId::new(&sent.vendor_id);
        let id = convert::read(bad, &format!("{field}[{at}].vendor_id"), id);
        if sent.version < 0 {
            bad.add(
                format!("{field}[{at}].version"),
                "is negative; 0 means the current one",
            );
        }
        refs.extend(id.map(|vendor_id| VersionRef {
            vendor_id,
            version: sent.version,
        }));
    }
    refs
}

/// NOT_FOUND for a version.
pub(crate) fn missing(wanted: &VersionRef) -> Status {
    let name = match wanted.version {
        0 => format!("vendors/{}", wanted.vendor_id),
        version => format!("vendors/{} of version {version}", wanted.vendor_id),
    };
    not_found(vendors::KIND, &name)
}
