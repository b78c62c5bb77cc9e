//! The vendor service: payers, vendors as they were, and the full TINs for forms.

use formfeed_domain::payer::{Payer, PayerState, PostalAddress};
use formfeed_domain::{PayerId, Tin, TinKind};
use formfeed_efile as efile;
use formfeed_proto::convert::payer_from;
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::payer_service_client::PayerServiceClient;
use formfeed_proto::vendor::transmitter_service_client::TransmitterServiceClient;
use formfeed_proto::vendor::twin_service_client::TwinServiceClient;
use formfeed_proto::vendor::vendor_service_client::VendorServiceClient;
use formfeed_runtime::{Connector, incident, sized};
use tonic::Status;
use zeroize::Zeroizing;

use super::explained;

pub(crate) use pb::VendorVersionRef;

/// The way to the vendor service.
#[derive(Debug, Clone)]
pub(crate) struct Vendors(pub(super) Connector);

/// Full numbers, in the order asked for; `None` where there is none.
pub(crate) struct Released {
    pub(crate) vendors: Vec<Option<Tin>>,
    pub(crate) payer: Option<Tin>,
}

impl Vendors {
    /// The payer without its number, its numbers with state tax offices, and whether it has a TIN.
    pub(crate) async fn payer(
        &self,
        payer_id: &PayerId,
    ) -> Result<(Payer, Vec<PayerState>, bool), Status> {
        let message = self.payer_message(payer_id).await?;
        let has_tin = !message.truncated_tin.is_empty();
        let (payer, states) = payer_from(&message).map_err(|bad| incident::internal(&bad))?;
        Ok((payer, states, has_tin))
    }

    /// The payer without its number, and the number truncated; blank if there is none.
    pub(crate) async fn filer(&self, payer_id: &PayerId) -> Result<(Payer, String), Status> {
        let message = self.payer_message(payer_id).await?;
        let (payer, _) = payer_from(&message).map_err(|bad| incident::internal(&bad))?;
        Ok((payer, message.truncated_tin))
    }

    async fn payer_message(&self, payer_id: &PayerId) -> Result<pb::Payer, Status> {
        let request = pb::GetPayerRequest {
            name: format!("payers/{payer_id}"),
        };
        let mut client = sized!(PayerServiceClient::new(self.0.channel()), self.0.limits());
        let answered = client.get_payer(request).await;
        let answered = answered.map_err(|status| explained(&self.0, status))?;
        Ok(answered.into_inner())
    }

    /// Vendors as they were at some versions, at most 1000, in the order asked for.
    pub(crate) async fn versions(
        &self,
        refs: Vec<VendorVersionRef>,
    ) -> Result<Vec<pb::VendorVersion>, Status> {
        let wanted = refs.len();
        if wanted == 0 {
            return Ok(Vec::new());
        }
        let request = pb::BatchGetVendorVersionsRequest { refs };
        let answered = self.client().batch_get_vendor_versions(request).await;
        let versions = answered
            .map_err(|status| explained(&self.0, status))?
            .into_inner()
            .versions;
        match versions.len() == wanted {
            true => Ok(versions),
            false => Err(wrong_number()),
        }
    }

    /// Full TINs of some vendor versions, at most 1000, and of the payer.
    pub(crate) async fn release_tins(
        &self,
        vendors: Vec<VendorVersionRef>,
        payer_id: &PayerId,
        purpose: String,
    ) -> Result<Released, Status> {
        self.release(vendors, payer_id.to_string(), purpose).await
    }

    /// Full TINs of some vendor versions, at most 1000.
    pub(crate) async fn release_vendor_tins(
        &self,
        vendors: Vec<VendorVersionRef>,
        purpose: String,
    ) -> Result<Vec<Option<Tin>>, Status> {
        let released = self.release(vendors, String::new(), purpose).await?;
        Ok(released.vendors)
    }

    async fn release(
        &self,
        vendors: Vec<VendorVersionRef>,
        payer_id: String,
        purpose: String,
    ) -> Result<Released, Status> {
        let wanted = vendors.len();
        let request = pb::ReleaseTinsRequest {
            vendors,
            payer_id,
            purpose,
            transmitter: false,
        };
        let answered = self.client().release_tins(request).await;
        let message = answered
            .map_err(|status| explained(&self.0, status))?
            .into_inner();
        if message.vendors.len() != wanted {
            return Err(wrong_number());
        }
        let vendors: Result<_, Status> = message.vendors.into_iter().map(tin_from).collect();
        Ok(Released {
            vendors: vendors?,
            payer: message.payer.map(tin_from).transpose()?.flatten(),
        })
    }

    /// Who sends electronic files, with its full TIN, and the software it sends by.
    pub(crate) async fn transmitter(
        &self,
        purpose: String,
    ) -> Result<(efile::Transmitter, efile::Software), Status> {
        let mut client = sized!(
            TransmitterServiceClient::new(self.0.channel()),
            self.0.limits()
        );
        let found = client.get_transmitter(pb::GetTransmitterRequest {}).await;
        let found = found
            .map_err(|status| explained(&self.0, status))?
            .into_inner();
        let request = pb::ReleaseTinsRequest {
            purpose,
            transmitter: true,
            ..pb::ReleaseTinsRequest::default()
        };
        let released = self.client().release_tins(request).await;
        let released = released
            .map_err(|status| explained(&self.0, status))?
            .into_inner();
        let tin = released.transmitter.map(tin_from).transpose()?;
        let missing = || incident::internal_because("the transmitter has no TIN");
        let tin = tin.flatten().ok_or_else(missing)?;
        let address = found.address.map(address_from).unwrap_or_default();
        let transmitter = efile::Transmitter {
            control_code: found.control_code,
            name: efile::FiledName::from_line(&found.display_name, Some(tin.kind())),
            company: found.display_name,
            foreign: address.foreign_country().is_some(),
            address,
            contact: efile::Contact {
                name: found.contact_name,
                phone: found.contact_phone,
                email: found.contact_email,
            },
            tin,
        };
        let software = efile::Software {
            id: found.software_id,
            vendor: None,
        };
        Ok((transmitter, software))
    }

    /// Who shares a TIN with some vendor versions, at most 1000, in the order asked for.
    pub(crate) async fn twins(
        &self,
        refs: Vec<VendorVersionRef>,
    ) -> Result<Vec<pb::Twins>, Status> {
        let wanted = refs.len();
        if wanted == 0 {
            return Ok(Vec::new());
        }
        let mut client = sized!(TwinServiceClient::new(self.0.channel()), self.0.limits());
        let answered = client
            .batch_get_twins(pb::BatchGetTwinsRequest { refs })
            .await;
        let twins = answered
            .map_err(|status| explained(&self.0, status))?
            .into_inner()
            .twins;
        match twins.len() == wanted {
            true => Ok(twins),
            false => Err(wrong_number()),
        }
    }

    fn client(&self) -> VendorServiceClient<formfeed_runtime::client::AuthChannel> {
        sized!(VendorServiceClient::new(self.0.channel()), self.0.limits())
    }
}

/// A postal address from its message.
pub(crate) fn address_from(message: pb::PostalAddress) -> PostalAddress {
    PostalAddress {
        line_1: message.line_1,
        line_2: message.line_2,
        city: message.city,
        state: message.state,
        postal_code: message.postal_code,
        country: message.country,
    }
}

/// Reads a number, and wipes the message's own copy of it.
fn tin_from(released: pb::ReleasedTin) -> Result<Option<Tin>, Status> {
    let digits = Zeroizing::new(released.digits);
    if digits.is_empty() {
        return Ok(None);
    }
    let kind = released.tin_type.parse::<TinKind>();
    kind.and_then(|kind| Tin::parse(kind, &digits))
        .map(Some)
        .map_err(|_| incident::internal_because("the vendor service released what is no TIN"))
}

fn wrong_number() -> Status {
    incident::internal_because("the vendor service answered another number of vendors than asked")
}
