//! Configurations of backup withholding, by effective date.

use chrono::{NaiveDate, Utc};
use formfeed_domain::backup::Configuration;
use formfeed_domain::extract::File;
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{etag, reason};
use formfeed_store::vendor::Stored;
use prost::Message as _;
use tonic::Status;

use crate::Handlers;
use crate::create::{answer, create_request, present};
use crate::mask::{Changes, Field, fields};
use crate::refusal::{Kind, kept, not_found, store, valid};
use crate::stamp::stamp;

const KIND: Kind = Kind {
    word: "withholding configuration",
    collection: "withholdingConfigurations",
    not_found: reason::WITHHOLDING_CONFIGURATION_NOT_FOUND,
};
const FIELDS: &[Field<pb::WithholdingConfiguration>] = fields![pb::WithholdingConfiguration:
    rate_basis_points, remit_to_vendor_id, posting_code, object_code, further_types
];

impl Handlers {
    pub(crate) async fn get_withholding_configuration(
        &self,
        request: pb::GetWithholdingConfigurationRequest,
    ) -> Result<pb::WithholdingConfiguration, Status> {
        let mut bad = Violations::new();
        let date = key_in(&mut bad, "name", &request.name);
        Ok(message(&self.configuration(valid(bad, date)?).await?))
    }

    pub(crate) async fn list_withholding_configurations(
        &self,
        request: pb::ListWithholdingConfigurationsRequest,
    ) -> Result<pb::ListWithholdingConfigurationsResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = Query::new("withholdingConfigurations");
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let after = after.and_then(|key| convert::configuration_key(&key).ok());
        let found = self
            .store
            .withholding_configurations_after(after, size + 1)
            .await;
        let mut found = found.map_err(store)?;
        let more = page::cut(&mut found, size, |last| {
            last.value.effective_date.to_string()
        });
        Ok(pb::ListWithholdingConfigurationsResponse {
            withholding_configurations: found.iter().map(message).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_withholding_configuration(
        &self,
        request: pb::CreateWithholdingConfigurationRequest,
    ) -> Result<pb::WithholdingConfiguration, Status> {
        let mut bad = Violations::new();
        let field = "withholding_configuration";
        let sent = present(&mut bad, field, request.withholding_configuration);
        let id = &request.request_id;
        let created = create_request(&mut bad, "CreateWithholdingConfiguration", id, &sent);
        let configuration = self.checked_configuration(&mut bad, &sent).await?;
        let configuration = valid(bad, configuration)?;
        let encode = |made| message(&made).encode_to_vec();
        let made = self
            .store
            .create_withholding_configuration(&created, &configuration, Utc::now(), encode)
            .await;
        let name = convert::configuration_name(configuration.effective_date);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    pub(crate) async fn update_withholding_configuration(
        &self,
        request: pb::UpdateWithholdingConfigurationRequest,
    ) -> Result<pb::WithholdingConfiguration, Status> {
        let mut bad = Violations::new();
        let field = "withholding_configuration";
        let sent = present(&mut bad, field, request.withholding_configuration);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let date = key_in(&mut bad, "withholding_configuration.name", &sent.name);
        etag::require(&mut bad, "withholding_configuration.etag", &sent.etag);
        let read = self.configuration(valid(bad, date)?).await?;
        let mut merged = message(&read);
        etag::check(&sent.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let mut bad = Violations::new();
        let configuration = self.checked_configuration(&mut bad, &merged).await?;
        let configuration = valid(bad, configuration)?;
        let made = self
            .store
            .replace_withholding_configuration(&configuration, &read.stamp, Utc::now())
            .await;
        Ok(message(&made.map_err(|error| kept(error, &sent.name, ""))?))
    }

    async fn configuration(&self, date: NaiveDate) -> Result<Stored<Configuration>, Status> {
        let found = self.store.withholding_configuration(date).await;
        let found = found.map_err(store)?;
        found.ok_or_else(|| not_found(KIND, &convert::configuration_name(date)))
    }

    /// Reads a configuration; those it remits to must exist.
    async fn checked_configuration(
        &self,
        bad: &mut Violations,
        sent: &pb::WithholdingConfiguration,
    ) -> Result<Option<Configuration>, Status> {
        let read = convert::configuration_from(sent);
        let read = read
            .map_err(|wrong| bad.extend_below("withholding_configuration", wrong))
            .ok();
        let field = "withholding_configuration.remit_to_vendor_id";
        self.check_reference(bad, field, File::Vendors, &sent.remit_to_vendor_id)
            .await?;
        for (at, further) in sent.further_types.iter().enumerate() {
            let field = format!("withholding_configuration.further_types[{at}].remit_to_vendor_id");
            self.check_reference(bad, &field, File::Vendors, &further.remit_to_vendor_id)
                .await?;
        }
        Ok(read)
    }
}

fn key_in(bad: &mut Violations, field: &str, name: &str) -> Option<NaiveDate> {
    convert::key_in(
        bad,
        field,
        KIND.collection,
        name,
        convert::configuration_key,
    )
}

fn message(stored: &Stored<Configuration>) -> pb::WithholdingConfiguration {
    let name = convert::configuration_name(stored.value.effective_date);
    convert::configuration_to(&stored.value, stamp(&name, &stored.stamp))
}
