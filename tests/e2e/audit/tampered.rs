//! Somebody who may write the database, but has no key, changes the trail; each change is called by its name.

use std::time::{Duration, Instant};

use formfeed::errors::Exit;
use formfeed_runtime::Service;
use formfeed_runtime::audit::anchors;
use formfeed_tests::world::World;

use super::{entries, verified, worlds};

const VENDOR: Service = Service::Vendor;

/// Takes the guards away, as somebody who owns the database can.
fn without_guards(world: &World) {
    let guards = [
        ("audit_entries", "audit_entries_next"),
        ("audit_entries", "audit_entries_same"),
        ("audit_entries", "audit_entries_stay"),
        ("audit_head", "audit_head_next"),
        ("audit_head", "audit_head_stay"),
    ];
    for (table, guard) in guards {
        let of = match world.is_on_postgres() {
            true => format!(" ON {table}"),
            false => String::new(),
        };
        world.edit(VENDOR, &format!("DROP TRIGGER {guard}{of}"));
    }
    if world.is_on_postgres() {
        world.edit(VENDOR, "DROP TRIGGER audit_head_same ON audit_head");
    } else {
        world.edit(VENDOR, "DROP TRIGGER audit_head_once");
    }
}

/// Keeps the trail as it is under a name.
fn keep(world: &World, name: &str) {
    for table in ["audit_entries", "audit_head"] {
        let sql = format!("CREATE TABLE {name}_{table} AS SELECT * FROM {table}");
        world.edit(VENDOR, &sql);
    }
}

/// Puts the trail back as it was kept.
fn put_back(world: &World, name: &str) {
    for table in ["audit_entries", "audit_head"] {
        world.edit(VENDOR, &format!("DELETE FROM {table}"));
        let sql = format!("INSERT INTO {table} SELECT * FROM {name}_{table}");
        world.edit(VENDOR, &sql);
    }
}

/// Makes entries, and waits until the end is told outside the database.
async fn make(world: &World, names: &[&str]) {
    for name in names {
        world.done(&["token", "add", name, "--role", "clerk"]).await;
    }
    let last = entries(world, VENDOR).await.len();
    let file = anchors::path(&world.folder().join("audit"), VENDOR.name());
    let begin = Instant::now();
    loop {
        let known = anchors::read(&file).unwrap().anchors;
        if known
            .last()
            .and_then(|anchor| usize::try_from(anchor.sequence).ok())
            == Some(last)
        {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "{known:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A change of the trail: statements, and what is found then.
struct Change(&'static [&'static str], &'static [(&'static str, i64)]);

const CHANGES: &[Change] = &[
    Change(
        &["UPDATE audit_entries SET user_name = 'nobody' WHERE sequence = 3"],
        &[("edited", 3)],
    ),
    Change(
        &["UPDATE audit_entries SET details = '{\"role\":\"auditor\"}' WHERE sequence = 2"],
        &[("edited", 2)],
    ),
    // With a hash of one's own, made without the key.
    Change(
        &["UPDATE audit_entries SET subject = 'tokens/x', hash = previous_hash WHERE sequence = 6"],
        &[("edited", 6)],
    ),
    Change(
        &["DELETE FROM audit_entries WHERE sequence = 1"],
        &[("removed", 1)],
    ),
    Change(
        &["DELETE FROM audit_entries WHERE sequence IN (3, 4)"],
        &[("removed", 3)],
    ),
    // The gap closed by the next one.
    Change(
        &[
            "DELETE FROM audit_entries WHERE sequence = 3",
            "UPDATE audit_entries SET sequence = 3 WHERE sequence = 4",
        ],
        &[("reordered", 3)],
    ),
    Change(
        &[
            "UPDATE audit_entries SET sequence = 999 WHERE sequence = 3",
            "UPDATE audit_entries SET sequence = 3 WHERE sequence = 5",
            "UPDATE audit_entries SET sequence = 5 WHERE sequence = 999",
        ],
        &[("reordered", 3)],
    ),
    Change(
        &["DELETE FROM audit_entries WHERE sequence > 4"],
        &[("tail-cut", 5)],
    ),
    Change(&["DELETE FROM audit_entries"], &[("tail-cut", 1)]),
    // The end put back too, without the key.
    Change(
        &[
            "DELETE FROM audit_entries WHERE sequence > 4",
            "UPDATE audit_head SET sequence = 4, hash = (SELECT hash FROM audit_entries WHERE sequence = 4)",
        ],
        &[("head-rewritten", 5), ("tail-cut", 5)],
    ),
    Change(&["DELETE FROM audit_head"], &[("head-rewritten", 0)]),
];

#[tokio::test(flavor = "multi_thread")]
async fn fault_102_an_entry_edited_removed_or_moved_and_a_tail_cut_are_called_so() {
    for world in worlds().await {
        make(&world, &["a", "b", "c", "d", "e", "f"]).await;
        assert_eq!(verified(&world, VENDOR).await, (Exit::Done, vec![]));
        without_guards(&world);
        keep(&world, "first");
        for Change(statements, expected) in CHANGES {
            for sql in *statements {
                world.edit(VENDOR, sql);
            }
            let (exit, found) = verified(&world, VENDOR).await;
            let found: Vec<_> = found
                .iter()
                .map(|(kind, at)| (kind.as_str(), *at))
                .collect();
            assert_eq!(
                (exit, found.as_slice()),
                (Exit::Failed, *expected),
                "{statements:?}"
            );
            put_back(&world, "first");
            assert_eq!(verified(&world, VENDOR).await, (Exit::Done, vec![]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_102_an_older_database_that_is_put_back_is_seen_by_what_was_told_outside() {
    for world in worlds().await {
        make(&world, &["a", "b", "c"]).await;
        without_guards(&world);
        keep(&world, "older");
        make(&world, &["d", "e"]).await;
        let told = world.folder().join("copy");
        std::fs::create_dir(&told).unwrap();
        let file = anchors::path(&world.folder().join("audit"), VENDOR.name());
        std::fs::copy(&file, anchors::path(&told, VENDOR.name())).unwrap();
        put_back(&world, "older");
        let found = verified(&world, VENDOR).await;
        let older = (Exit::Failed, vec![("older-database".to_owned(), 4)]);
        assert_eq!(found, older);

        // Written on, it is another history.
        make(&world, &["x", "y", "z"]).await;
        let (exit, found) = verified(&world, VENDOR).await;
        assert_eq!(exit, Exit::Failed);
        is_another_history(&found);

        // The anchors beside the database gone too: the copy elsewhere knows.
        std::fs::write(&file, "").unwrap();
        make(&world, &["w"]).await;
        assert_eq!(verified(&world, VENDOR).await, (Exit::Done, vec![]));
        let folder = told.to_str().unwrap();
        let line = [
            "audit",
            "verify",
            "--service",
            "vendor",
            "--anchors",
            folder,
        ];
        let (exit, out, _) = world.cli(&line).await;
        assert_eq!(exit, Exit::Failed);
        assert!(out.contains("other-than-anchored: entry "), "{out}");
    }
}

/// The fourth entry is another one; it is seen there, or at the fifth, which was told outside for sure.
fn is_another_history(found: &[(String, i64)]) {
    let [(kind, sequence)] = found else {
        panic!("{found:?}");
    };
    assert_eq!(kind, "other-than-anchored");
    assert!((4..=5).contains(sequence), "{sequence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn anchors_that_are_gone_or_edited_are_told() {
    let world = World::start().await;
    make(&world, &["a", "b"]).await;
    let file = anchors::path(&world.folder().join("audit"), VENDOR.name());
    let text = std::fs::read_to_string(&file).unwrap();
    for other in [String::new(), format!("{text}all is well\n")] {
        std::fs::write(&file, other).unwrap();
        let (exit, found) = verified(&world, VENDOR).await;
        let unreadable = ("anchors-unreadable".to_owned(), 0);
        assert_eq!((exit, found), (Exit::Failed, vec![unreadable]));
    }
    std::fs::write(&file, &text).unwrap();
    assert_eq!(verified(&world, VENDOR).await, (Exit::Done, vec![]));
}
