//! Imports that were staged long ago and never published are forgotten, on both databases.

use chrono::{DateTime, TimeDelta, Utc};
use formfeed_domain::extract::File;
use formfeed_store::STAGED_IMPORT_LIFE;
use formfeed_store::calculation::{CalculationStore, Staged, StagedItem};
use formfeed_store::keys::KeyPlace;
use formfeed_store::vendor::{KeepError, StagedRecord, VendorStore};
use formfeed_tests::postgres::fresh_postgres_url;

fn urls(folder: &tempfile::TempDir) -> [String; 2] {
    let file = folder.path().join("store.db");
    [format!("sqlite:{}", file.display()), fresh_postgres_url()]
}

/// A second more than a staged import lives.
fn long_before(now: DateTime<Utc>) -> DateTime<Utc> {
    now - STAGED_IMPORT_LIFE - TimeDelta::seconds(1)
}

async fn stage_history(store: &CalculationStore, import_id: &str, time: DateTime<Utc>) {
    store.begin_staging(import_id, "clara", time).await.unwrap();
    let record = Staged {
        position: 1,
        line: 2,
        item: StagedItem::Unreadable {
            file: File::Vouchers,
            key: "VC1".to_owned(),
            faults: Vec::new(),
        },
    };
    store.stage(import_id, vec![vec![record]]).await.unwrap();
    assert_eq!(store.unreadable(import_id).await.unwrap().len(), 1);
    store.end_staging(import_id, "content").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_half_staged_long_ago_is_forgotten_when_another_begins_or_the_service_does() {
    let folder = tempfile::tempdir().unwrap();
    for url in urls(&folder) {
        let key = folder.path().join("calculation-audit.key");
        let store = CalculationStore::open(&url.parse().unwrap(), &key)
            .await
            .unwrap();
        let now = Utc::now();
        stage_history(&store, "old", long_before(now)).await;
        store
            .begin_staging("half", "clara", long_before(now))
            .await
            .unwrap();
        stage_history(&store, "cut", long_before(now)).await;
        store.begin_publication("cut").await.unwrap();
        stage_history(&store, "young", now - TimeDelta::hours(1)).await;
        for import_id in ["old", "half", "cut", "young"] {
            assert!(store.import(import_id).await.unwrap().is_some());
        }
        stage_history(&store, "new", now).await;
        for import_id in ["old", "half"] {
            assert_eq!(store.import(import_id).await.unwrap(), None, "{url}");
            assert_eq!(store.unreadable(import_id).await.unwrap(), []);
        }
        for import_id in ["cut", "young", "new"] {
            assert!(store.import(import_id).await.unwrap().is_some(), "{url}");
            assert_eq!(store.unreadable(import_id).await.unwrap().len(), 1);
        }
        let later = now + STAGED_IMPORT_LIFE;
        let forgotten = store.forget_stale_imports(later).await.unwrap();
        assert_eq!(forgotten, ["young"], "{url}");
        let none = store.forget_stale_imports(later).await.unwrap();
        assert_eq!(none, Vec::<String>::new());
    }
}

async fn stage_vendors(store: &VendorStore, import_id: &str, time: DateTime<Utc>) {
    store.begin_staging(import_id, "try", time).await.unwrap();
    let record = StagedRecord {
        file: File::Vendors,
        line: 2,
        key: "V000001".to_owned(),
        record: None,
    };
    store.stage(import_id, "try", &[record]).await.unwrap();
    store
        .end_staging(import_id, "try", false, "content", time)
        .await
        .unwrap();
}

async fn is_there(store: &VendorStore, import_id: &str) -> bool {
    match store.is_content_of_import(import_id, "content").await {
        Ok(same) => same,
        Err(KeepError::NoImport) => false,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_half_staged_long_ago_is_forgotten_when_another_begins_or_the_service_does() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyPlace {
        folder: folder.path().to_owned(),
        master: None,
    };
    for url in urls(&folder) {
        let now = Utc::now();
        let store = VendorStore::open(&url.parse().unwrap(), &keys, now)
            .await
            .unwrap();
        stage_vendors(&store, "old", long_before(now)).await;
        store
            .begin_staging("published", "try", long_before(now))
            .await
            .unwrap();
        store
            .end_staging("published", "try", false, "content", now)
            .await
            .unwrap();
        store.publish_import("published", now).await.unwrap();
        stage_vendors(&store, "young", now - TimeDelta::hours(1)).await;
        assert!(is_there(&store, "old").await, "{url}");
        stage_vendors(&store, "new", now).await;
        assert!(!is_there(&store, "old").await, "{url}");
        let later = now + STAGED_IMPORT_LIFE;
        assert!(is_there(&store, "young").await, "{url}");
        let forgotten = store.forget_stale_imports(later).await.unwrap();
        assert_eq!(forgotten, ["young"], "{url}");
        assert!(is_there(&store, "published").await, "{url}");
    }
}
