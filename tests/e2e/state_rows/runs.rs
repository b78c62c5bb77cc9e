//! What a run breaks down by state is seen with its rows, or never.

use chrono::Utc;
use formfeed_domain::calculation::{InformationRow, Method, StateShare};
use formfeed_domain::{IncomeType, Money, PayerId, TaxYear, VendorId};
use formfeed_runtime::Service;
use formfeed_store::calculation::{CalculationStore, NewRun, Purpose, RecipientResult};
use formfeed_tests::world::World;
use serde_json::Value;

use super::{OF_ACME, PAID, ready};

const KEPT: &str = "SELECT recipient_id || ' ' || state || ' ' || amount_cents FROM information_states \
    WHERE run_id IN (SELECT run_id FROM runs WHERE state = 'COMPLETED') AND position = 0 \
    ORDER BY recipient_id, state";

/// What `info list` says of the states of a recipient's compensation.
async fn states_of(world: &World, recipient: &str) -> Value {
    let line = ["--json", "info", "list", "--recipient", recipient];
    let listed = world.done(&[&line, &OF_ACME[..]].concat()).await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    listed[0]["states"].clone()
}

/// A run at work that has kept a result, as a process would that then dies.
async fn a_run_that_dies(store: &CalculationStore) -> String {
    let asked = NewRun {
        run_id: "ffffffff-0000-7000-8000-000000000001".to_owned(),
        user: "somebody".to_owned(),
        request_id: "somebody's".to_owned(),
        payer_id: PayerId::new("ACME").unwrap(),
        tax_year: TaxYear::new(2025).unwrap(),
        method: Method::IncomeFirst,
        from_recipient_id: None,
        to_recipient_id: None,
        create_time: Utc::now(),
        purpose: Purpose::Standing,
    };
    let run_id = store.begin_run(&asked).await.unwrap().asked.run_id;
    let amount = Money::from_cents(77_77);
    let result = RecipientResult {
        recipient_id: Some(VendorId::new("BOTH").unwrap()),
        vendor_version: 1,
        address_code: String::new(),
        recipient_name: String::new(),
        rows: vec![InformationRow {
            income_type: IncomeType::NonemployeeCompensation,
            total_1099_amount: amount,
            taxable_amount: amount,
        }],
        states: vec![StateShare {
            income_type: IncomeType::NonemployeeCompensation,
            state: "VT".to_owned(),
            amount,
        }],
        skipped: None,
        exceptions: Vec::new(),
    };
    store.keep_results(&run_id, vec![result]).await.unwrap();
    run_id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_shows_nobody_its_states_and_leaves_none() {
    let world = ready(World::start().await, &PAID).await;
    let kept = [
        "BOTH DE 30000",
        "BOTH ME 70000",
        "ONE ME 80000",
        "SMALL ME 10000",
        "TWO ME 50001",
        "TWO NH 40000",
    ];
    assert_eq!(world.look(Service::Calculation, KEPT), kept);
    let before = states_of(&world, "BOTH").await;
    assert_eq!(before.as_array().unwrap().len(), 2);
    let url = world.config(Service::Calculation).database_url;
    let key = world.folder().join("keys/calculation-audit.key");
    let store = CalculationStore::open(&url.parse().unwrap(), &key)
        .await
        .unwrap();
    let run_id = a_run_that_dies(&store).await;
    let count = format!("SELECT COUNT(*) FROM information_states WHERE run_id = '{run_id}'");
    assert_eq!(world.look(Service::Calculation, &count), ["1"]);
    assert_eq!(states_of(&world, "BOTH").await, before);
    let buried = store.fail_runs_of_the_dead("it died", Utc::now()).await;
    assert_eq!(buried.unwrap(), [run_id]);
    assert_eq!(world.look(Service::Calculation, &count), ["0"]);
    assert_eq!(states_of(&world, "BOTH").await, before);
    assert_eq!(world.look(Service::Calculation, KEPT), kept);
}
