//! Thousands of schedules of what may happen to a queue: people, crashes, devices, storage and clocks, in any order.
//!
//! The workers are the real ones, with their recovery, leases and keepers ([`super::worker`] and what it calls). What
//! they meet is driven here, behind the traits behind which they meet the real things: the ledger
//! ([`super::ledger::Ledger`]), the devices ([`super::equipment::Devices`]) and the clocks ([`super::clock::Clock`], and the
//! runtime's, which stands still until nothing else is left to do). Everything happens in one thread, and chance comes from
//! one seed: a schedule goes the same way each time, which is a test of its own.
//!
//! The ledger is kept in memory ([`memory`]): on the tables a schedule takes half a second, and thousands are wanted. So
//! that it is no ledger of our wishes, other schedules run on both side by side, in memory and on the real store on SQLite:
//! every step, attempt, serial number and report must be the same ([`Twins`]). Crashes of real processes, with real
//! databases and printers, are in `tests/e2e/random_crashes.rs`.
//!
//! After each step, and at the end, the paper is counted and held against the ledger ([`recount`]); with whole printers and
//! a truthful operator every job must come to its end. A schedule that goes wrong is made as short as it can be, and printed
//! with its seed. The seeds are fixed; for others
//! `PROPTEST_RNG_SEED=7 PROPTEST_CASES=10000 cargo test --workspace --lib -- simulation`.

mod books;
mod driver;
mod memory;
mod memory_ledger;
mod operator;
mod printer;
mod recount;
mod schedule;
mod tables;
mod weather;
mod world;

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use formfeed_store::DatabaseUrl;
use formfeed_store::keys::KeyPlace;
use formfeed_store::spooler::SpoolerStore;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use proptest_state_machine::{ReferenceStateMachine as _, StateMachineTest, prop_state_machine};
use tokio::runtime::Runtime;

use memory::Memory;
use schedule::{Plan, Schedules, Step};
use world::{Ground, World};

/// What a ledger is kept in.
trait Keeps {
    fn ground() -> Ground;
}

struct InMemory;

impl Keeps for InMemory {
    fn ground() -> Ground {
        Ground {
            books: Arc::new(Memory::default()),
            threads: None,
            folder: None,
        }
    }
}

struct OnTables;

impl Keeps for OnTables {
    fn ground() -> Ground {
        static THREADS: OnceLock<Runtime> = OnceLock::new();
        let threads = THREADS.get_or_init(|| Runtime::new().expect("threads"));
        // In memory where there is such a folder: nothing here is to outlive the machine.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("spooler.db"));
        let keys = KeyPlace {
            folder: folder.path().to_owned(),
            master: None,
        };
        let store = threads.block_on(SpoolerStore::open(&url, &keys, "run"));
        Ground {
            books: Arc::new(store.expect("a store")),
            threads: Some(threads.handle().clone()),
            folder: Some(folder),
        }
    }
}

/// One print room.
struct Alone;

impl StateMachineTest for Alone {
    type SystemUnderTest = World;
    type Reference = Schedules;

    fn init_test(plan: &Plan) -> World {
        World::new(plan.seed, InMemory::ground())
    }

    fn apply(mut world: World, _plan: &Plan, step: Step) -> World {
        world.take(&step);
        world
    }

    fn teardown(mut world: World, _plan: Plan) {
        world.end_well();
    }
}

/// Two print rooms to which the same happens.
struct Twins<A, B>(PhantomData<(A, B)>);

impl<A: Keeps, B: Keeps> StateMachineTest for Twins<A, B> {
    type SystemUnderTest = [World; 2];
    type Reference = Schedules;

    fn init_test(plan: &Plan) -> [World; 2] {
        [A::ground(), B::ground()].map(|ground| World::new(plan.seed, ground))
    }

    fn apply(mut worlds: [World; 2], _plan: &Plan, step: Step) -> [World; 2] {
        worlds.iter_mut().for_each(|world| world.take(&step));
        same(&worlds);
        worlds
    }

    fn teardown(mut worlds: [World; 2], _plan: Plan) {
        worlds.iter_mut().for_each(World::end_well);
        same(&worlds);
    }
}

fn same([one, other]: &[World; 2]) {
    assert_eq!(one.stands, other.stands, "{}", one.weather.so_far());
    assert_eq!(one.finals, other.finals, "{}", one.weather.so_far());
    let (one, other) = (one.weather.trace(), other.weather.trace());
    let apart = one.iter().zip(&other).position(|(one, other)| one != other);
    let apart = apart.unwrap_or(one.len().min(other.len()));
    assert!(
        one.len() == apart && other.len() == apart,
        "after {:#?}\none {:?}\nthe other {:?}",
        &one[apart.saturating_sub(20)..apart],
        one.get(apart),
        other.get(apart)
    );
}

/// So many schedules of a seed, where nobody asks for others.
fn schedules(number: u32, seed: u64) -> Config {
    let usual = Config::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    Config {
        cases: if asked { usual.cases } else { number },
        rng_seed: match usual.rng_seed {
            RngSeed::Fixed(asked) => RngSeed::Fixed(asked.wrapping_mul(100).wrapping_add(seed)),
            RngSeed::Random => RngSeed::Fixed(seed),
        },
        failure_persistence: None,
        ..usual
    }
}

prop_state_machine! {
    #![proptest_config(schedules(1_000, 1))]
    #[test]
    fn no_schedule_of_the_first_thousand_makes_a_wrong_count(sequential 1..40 => Alone);
}

prop_state_machine! {
    #![proptest_config(schedules(1_000, 2))]
    #[test]
    fn no_schedule_of_the_second_thousand_makes_a_wrong_count(sequential 1..40 => Alone);
}

prop_state_machine! {
    #![proptest_config(schedules(30, 3))]
    #[test]
    fn the_ledger_in_memory_and_the_tables_are_kept_alike(sequential 1..30 => Twins<InMemory, OnTables>);
}

prop_state_machine! {
    #![proptest_config(schedules(100, 4))]
    #[test]
    fn a_schedule_goes_the_same_way_each_time(sequential 1..40 => Twins<InMemory, InMemory>);
}

/// A schedule that cannot fail shows nothing: these go through everything that is told of an attempt and a printer.
#[test]
fn schedules_go_everywhere() {
    let everywhere = [
        "storage fails",
        "reserved -> intent: done",
        "intent -> in flight: done",
        "intent -> in doubt: done",
        "intent -> released: done",
        "in flight -> good: done",
        "in flight -> awaiting confirmation: done",
        "in flight -> in doubt: done",
        "in doubt -> good: done",
        "in doubt -> not printed: done",
        "is printed",
        "is spoiled",
        "is lost",
        "is not-printed",
        "reprint",
        "correct-spoiled",
        "correct-lost",
        "restart",
        "abandon",
        "may not go on now",
        "by another hand",
        "pause_for_stranger: done",
        "note_late_result: done",
        "retire: done",
        "refused",
    ];
    let mut runner = TestRunner::new(schedules(1, 5));
    let mut seen = BTreeMap::new();
    for _ in 0..300 {
        let tree = Schedules::sequential_strategy(1..40).new_tree(&mut runner);
        let (plan, steps, _) = tree.expect("a schedule").current();
        let mut world = World::new(plan.seed, InMemory::ground());
        steps.iter().for_each(|step| world.take(step));
        world.end_well();
        for event in world.weather.trace() {
            for what in everywhere.iter().filter(|what| event.contains(**what)) {
                *seen.entry(*what).or_insert(0) += 1;
            }
        }
    }
    let never = everywhere.iter().filter(|what| !seen.contains_key(**what));
    let never: Vec<_> = never.collect();
    assert!(never.is_empty(), "never {never:?}\n{seen:#?}");
}
