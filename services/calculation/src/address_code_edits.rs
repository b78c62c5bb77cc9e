//! Edits of the address code of a recipient's forms.

use formfeed_domain::AddressCode;
use formfeed_domain::edit::{self, ChangeKind};
use formfeed_proto::calculation as pb;
use formfeed_proto::convert::information::PayerYear;
use formfeed_proto::convert::{Violations, read};
use formfeed_runtime::{IntoStatus, Refusal, access, detached, etag, request_id};
use formfeed_store::calculation::{AddressCodeChange, EditRequest, InformationEntry};
use prost::Message as _;
use tonic::{Request, Response, Status};

use crate::answer::information_to;
use crate::edit_request::{answer, check_any, edit_request, fields, recipient_name};
use crate::edit_service::EditHandlers;
use crate::error::{edit_status, not_allowed};

impl EditHandlers {
    /// Changes the address code of a recipient.
    pub(crate) async fn change_address(
        &self,
        request: Request<pb::EditAddressCodeRequest>,
    ) -> Result<Response<pb::EditAddressCodeResponse>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let message = request.into_inner();
        let mut bad = Violations::new();
        let key = fields!(message, None).key(&mut bad);
        let code = read(
            &mut bad,
            "address_code",
            AddressCode::new(&message.address_code),
        );
        etag::require(&mut bad, "etag", &message.etag);
        request_id::require(&mut bad, &message.request_id);
        let read = bad.finish(key.zip(code)).map_err(IntoStatus::into_status)?;
        let (key, code) = read;
        let request = edit_request(
            &key,
            user,
            ("EditAddressCode", &message),
            &message.reason,
            &message.request_id,
        );
        if let Some(before) = self.answered(&request).await? {
            return Ok(before);
        }
        self.vendors
            .address_exists(&key.recipient_id, &code)
            .await?;
        let of = key.of.clone();
        let decide = move |rows: &[InformationEntry], _: Option<&str>| {
            if rows.is_empty() {
                let error = edit::EditError::NoSuchRow;
                return Err(not_allowed(&error, &recipient_name(&key)));
            }
            check_any(&key, rows, &message.etag)?;
            Ok(AddressCodeChange {
                kind: ChangeKind::AddressCodeEdited,
                address_code: Some(code.to_string()),
            })
        };
        let kept = self.change_address_code(of, request, decide, |information| {
            pb::EditAddressCodeResponse { information }.encode_to_vec()
        });
        answer(&kept.await?)
    }

    /// The way back to the vendor's own address code.
    pub(crate) async fn revert_address_code(
        &self,
        request: Request<pb::RevertInformationRequest>,
    ) -> Result<Response<pb::RevertInformationResponse>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let message = request.into_inner();
        let mut bad = Violations::new();
        let key = fields!(message, None).key(&mut bad);
        request_id::require(&mut bad, &message.request_id);
        let key = bad.finish(key).map_err(IntoStatus::into_status)?;
        let request = edit_request(
            &key,
            user,
            ("RevertInformation", &message),
            &message.reason,
            &message.request_id,
        );
        let (of, sent) = (key.of.clone(), message.etag);
        let decide = move |rows: &[InformationEntry], edited: Option<&str>| {
            if edited.is_none() {
                let error = edit::EditError::NotEdited;
                return Err(not_allowed(&error, &recipient_name(&key)));
            }
            if !rows.is_empty() {
                check_any(&key, rows, &sent)?;
            }
            Ok(AddressCodeChange {
                kind: ChangeKind::AddressCodeReverted,
                address_code: None,
            })
        };
        let kept = self.change_address_code(of, request, decide, |information| {
            pb::RevertInformationResponse { information }.encode_to_vec()
        });
        answer(&kept.await?)
    }

    /// Decides about the address code of a recipient and keeps what was decided, even when the caller leaves meanwhile.
    async fn change_address_code(
        &self,
        of: PayerYear,
        request: EditRequest,
        decide: impl Fn(&[InformationEntry], Option<&str>) -> Result<AddressCodeChange, Refusal>
        + Send
        + Sync
        + 'static,
        answer: impl Fn(Vec<pb::Information>) -> Vec<u8> + Send + Sync + 'static,
    ) -> Result<Vec<u8>, Status> {
        let store = self.store.clone();
        detached::finish(async move {
            let answered = |rows: &[InformationEntry]| {
                answer(rows.iter().map(|row| information_to(&of, row)).collect())
            };
            let kept = store.edit_address_code(&request, decide, answered);
            kept.await
                .map_err(|error| edit_status(error, &request.request_id))
        })
        .await
    }
}
