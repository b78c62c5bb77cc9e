//! What staged records refer to: held against staged and stored records in the end, when all have come in.

use std::collections::{BTreeMap, HashMap, HashSet};

use formfeed_domain::OrgId;
use formfeed_domain::extract::File;
use formfeed_domain::organization::{self, Organization};
use tonic::Status;

use super::faults::Faults;
use super::keys::Keys;
use crate::references::{codes_of, undefined, unknown};
use crate::{Handlers, refusal};

/// A reference whose target had not been staged when it was met.
#[derive(Debug)]
struct Link {
    file: File,
    line: i32,
    column: &'static str,
    to: File,
    key: String,
}

/// References still open, and the staged part of the organization tree.
#[derive(Debug, Default)]
pub(super) struct Links {
    open: Vec<Link>,
    organizations: BTreeMap<OrgId, (Organization, i32)>,
}

impl Links {
    /// Notes a reference, unless its target is staged already.
    pub(super) fn add(
        &mut self,
        keys: &Keys,
        (file, line): (File, i32),
        (column, to, key): (&'static str, File, String),
    ) {
        if !key.is_empty() && !keys.has(to, &key) {
            self.open.push(Link {
                file,
                line,
                column,
                to,
                key,
            });
        }
    }

    /// Notes an organization.
    pub(super) fn add_organization(&mut self, organization: &Organization, line: i32) {
        let key = organization.org_id.clone();
        self.organizations.insert(key, (organization.clone(), line));
    }

    /// Faults of references to nothing, and of organizations that are their own ancestors.
    pub(super) async fn faults(
        mut self,
        handlers: &Handlers,
        keys: &Keys,
    ) -> Result<Faults, Status> {
        self.open.retain(|link| !keys.has(link.to, &link.key));
        let mut wanted: HashMap<File, HashSet<String>> = HashMap::new();
        for link in &self.open {
            wanted.entry(link.to).or_default().insert(link.key.clone());
        }
        let mut stored: HashMap<File, HashSet<String>> = HashMap::new();
        for (file, wanted) in wanted {
            let wanted: Vec<_> = wanted.into_iter().collect();
            let found = handlers
                .store
                .existing(file, &wanted)
                .await
                .map_err(refusal::store)?;
            stored.insert(file, found);
        }
        let defined = handlers
            .store
            .defined_relate_to_codes(None)
            .await
            .map_err(refusal::store)?;
        let mut codes = codes_of(1, defined.iter().chain(keys.of(File::RelateToCodes)));
        codes.sort();
        codes.dedup();
        let mut faults = Faults::default();
        self.open.sort_by_key(|link| (link.file, link.line));
        for link in &self.open {
            if stored
                .get(&link.to)
                .is_none_or(|stored| !stored.contains(&link.key))
            {
                let message = match link.key.strip_prefix("1/") {
                    Some(code) if link.to == File::RelateToCodes => undefined(code, &codes),
                    _ => unknown(link.to, &link.key),
                };
                faults.add(link.file, link.line, link.column, message);
            }
        }
        self.cycles(handlers, &mut faults).await?;
        Ok(faults)
    }

    async fn cycles(&self, handlers: &Handlers, faults: &mut Faults) -> Result<(), Status> {
        let mut tree = handlers
            .store
            .organization_tree()
            .await
            .map_err(refusal::store)?;
        for (key, (organization, _)) in &self.organizations {
            tree.insert(key.clone(), organization.clone());
        }
        for org_id in organization::cycles(&tree) {
            if let Some((_, line)) = self.organizations.get(&org_id) {
                let message = format!("organization {org_id} is its own ancestor; break the cycle");
                faults.add(File::Organizations, *line, "parent_org_id", message);
            }
        }
        Ok(())
    }
}
