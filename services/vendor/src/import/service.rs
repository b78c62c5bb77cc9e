//! The methods of `VendorImportService`. Changes end even when their caller leaves.

use chrono::Utc;
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::vendor_import_service_server::VendorImportService;
use formfeed_runtime::detached;
use formfeed_store::vendor::FileCounts;
use tonic::{Request, Response, Status, Streaming};

use super::message::check_import_id;
use super::session::{Session, refused};
use crate::Handlers;

#[tonic::async_trait]
impl VendorImportService for Handlers {
    async fn stage_vendor_import(
        &self,
        request: Request<Streaming<pb::StageVendorImportRequest>>,
    ) -> Result<Response<pb::StageVendorImportResponse>, Status> {
        let mut messages = request.into_inner();
        let first = messages.message().await?.unwrap_or_default();
        let this = self.clone();
        let (mut session, first) = detached::finish(async move {
            let session = Session::begin(this, &first).await?;
            Ok((session, first))
        })
        .await?;
        let mut next = Some(first);
        while let Some(message) = next {
            session = detached::finish(async move {
                session.take(message).await?;
                Ok(session)
            })
            .await?;
            next = messages.message().await?;
        }
        detached::finish(session.end()).await.map(Response::new)
    }

    async fn check_references(
        &self,
        request: Request<pb::CheckReferencesRequest>,
    ) -> Result<Response<pb::CheckReferencesResponse>, Status> {
        Handlers::check_references(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn publish_vendor_import(
        &self,
        request: Request<pb::PublishVendorImportRequest>,
    ) -> Result<Response<pb::PublishVendorImportResponse>, Status> {
        let (this, import_id) = (self.clone(), request.into_inner().import_id);
        check_import_id(&import_id)?;
        let published = detached::finish(async move {
            let counts = this.store.publish_import(&import_id, Utc::now()).await;
            let counts = counts.map_err(|error| refused(error, &import_id))?;
            tracing::info!(import.id = %import_id, "Published the vendor half of {import_id}");
            Ok(counts)
        });
        let files = published.await?.iter().map(message).collect();
        Ok(Response::new(pb::PublishVendorImportResponse { files }))
    }

    async fn discard_vendor_import(
        &self,
        request: Request<pb::DiscardVendorImportRequest>,
    ) -> Result<Response<pb::DiscardVendorImportResponse>, Status> {
        let (this, import_id) = (self.clone(), request.into_inner().import_id);
        check_import_id(&import_id)?;
        detached::finish(async move {
            let discarded = this.store.discard_import(&import_id).await;
            discarded.map_err(|error| refused(error, &import_id))
        })
        .await?;
        Ok(Response::new(pb::DiscardVendorImportResponse {}))
    }
}

fn message(counts: &FileCounts) -> pb::FileCounts {
    pb::FileCounts {
        file: counts.file.name().to_owned(),
        new_records: counts.new,
        changed_records: counts.changed,
        same_records: counts.same,
    }
}
