//! A restore: a backup checked, laid ready beside its places, and then moved into them. Until then everything is as it was;
//! from then on it is finished by the same command, however often it is cut off.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::Utc;
use formfeed_domain::spool::PrintedSince;
use formfeed_runtime::access::RestoredTokens;
use formfeed_runtime::in_use::InUse;
use formfeed_runtime::{access, data_dir};
use formfeed_spooler::{HOME_FILE, JOURNAL_FILE};
use formfeed_store::DatabaseUrl;
use formfeed_store::backup::{BackupError, Counter, postgres, sqlite};

use super::ground::Ground;
use super::manifest::Manifest;
use super::plan::{Move, Plan};
use super::{Databases, FILES, KEYS, Masters, OWN_RULES, crash, failed, files};
use crate::errors::{CliError, chain};
use crate::output::Output;
use crate::progress::{Progress, Stand};

/// Locks of programs from before a data directory had one for all.
const OLDER_LOCKS: [&str; 2] = ["up.lock", "spooler.lock"];
/// Files that SQLite keeps beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// What is put back, and where.
pub(crate) struct Restore<'a> {
    /// The backup's folder.
    pub(crate) from: &'a Path,
    /// The data directory.
    pub(crate) data_dir: &'a Path,
    /// Where the tables go.
    pub(crate) databases: &'a Databases,
    /// The master keys that are set for the services.
    pub(crate) masters: &'a Masters,
    /// Whether an installation that is there goes aside.
    pub(crate) replace: bool,
    /// Where the keys are, if neither in the backup nor in the data directory.
    pub(crate) keys: Option<&'a Path>,
    /// What a person says was printed since.
    pub(crate) printed_since: Option<PrintedSince>,
}

/// How a restore ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Restored {
    /// The backup is in its places.
    Done {
        /// End of the names of what was replaced; `None` where nothing was there.
        aside: Option<String>,
        /// What became of the tokens since the backup; `None` where nothing here knows.
        tokens: Option<RestoredTokens>,
        /// Other spoolers that the database knows.
        others: Vec<String>,
    },
    /// One that was cut off before is finished.
    Finished,
}

impl Restore<'_> {
    /// Puts the backup in place.
    ///
    /// # Errors
    /// [`CliError::Refused`] when the backup, its keys or the place are not what they must be; then nothing was changed.
    pub(crate) async fn run(&self, output: &mut Output<'_>) -> Result<Restored, CliError> {
        data_dir::prepare(self.data_dir).map_err(failed("making the data directory"))?;
        let alone = InUse::alone(self.data_dir);
        let alone = alone.map_err(|error| CliError::Refused(chain(&error)))?;
        let _older = self.older_programs_stopped()?;
        if let Some(plan) = Plan::read(self.data_dir).map_err(failed("reading restore.json"))? {
            self.carry_out(&plan).await?;
            drop(alone);
            return Ok(Restored::Finished);
        }
        let manifest = Manifest::read(self.from)?;
        manifest.check_migrations()?;
        manifest.check_masters(self.masters)?;
        let mut progress = Progress::new(output);
        manifest.check_files(self.from, |path| {
            let text = format!("checking {}", path.display());
            let stand = Stand {
                done: 0,
                total: 0,
                text,
            };
            progress.show(output, &stand)
        })?;
        drop(progress);
        let there = self.is_there(&manifest).await?;
        let keys = self.keys(&manifest)?;
        let tokens = self.tokens()?;
        let ground = self.ground(&manifest, output).await?;
        self.forget_staged().await?;
        let plan = self.stage(&manifest, keys, (&ground, tokens.as_ref()), output);
        let plan = plan.await;
        let plan = match plan {
            Ok(plan) => plan,
            Err(error) => {
                self.forget_staged().await.ok();
                return Err(error);
            }
        };
        crash::pass("restore-staged");
        let written = plan.write(self.data_dir);
        written.map_err(failed("writing restore.json"))?;
        crash::pass("restore-planned");
        self.carry_out(&plan).await?;
        drop(alone);
        Ok(Restored::Done {
            aside: there.then_some(plan.suffix),
            tokens,
            others: ground.others,
        })
    }

    /// From the plan to the end.
    async fn carry_out(&self, plan: &Plan) -> Result<(), CliError> {
        let mut urls: Vec<(&str, Vec<String>)> = Vec::new();
        for (service, url) in &self.databases.0 {
            let DatabaseUrl::Postgres(url) = url else {
                continue;
            };
            if !plan.schemas.contains(service) {
                continue;
            }
            match urls.iter_mut().find(|(known, _)| known == url) {
                Some((_, services)) => services.push(service.clone()),
                None => urls.push((url, vec![service.clone()])),
            }
        }
        let found: usize = urls.iter().map(|(_, services)| services.len()).sum();
        if found != plan.schemas.len() {
            return Err(CliError::Refused(
                "the restore that was cut off goes into PostgreSQL, and another database is named now: give the same --database-url or configuration as before"
                    .to_owned(),
            ));
        }
        for (url, services) in urls {
            let suffix = format!("replaced_{}", plan.suffix);
            let placed = postgres::put_in_place(&services, url, &suffix).await;
            placed.map_err(restoring)?;
            crash::pass("restore-schemas");
        }
        plan.move_files().map_err(failed("moving files"))?;
        access::let_in(self.data_dir)
            .map_err(|error| CliError::failed("making an access token", error))?;
        Plan::remove(self.data_dir).map_err(failed("removing restore.json"))
    }

    fn older_programs_stopped(&self) -> Result<Vec<File>, CliError> {
        let mut held = Vec::new();
        for name in OLDER_LOCKS {
            let path = self.data_dir.join(name);
            if !path.exists() {
                continue;
            }
            let lock = File::options().write(true).open(&path);
            let lock = lock.map_err(failed(format!("opening {name}")))?;
            if lock.try_lock().is_err() {
                let dir = self.data_dir.display();
                return Err(CliError::Refused(format!(
                    "services run on {dir}; stop them first"
                )));
            }
            held.push(lock);
        }
        Ok(held)
    }

    /// Whether an installation is there already; refused unless it may be replaced, and nobody works on it.
    async fn is_there(&self, manifest: &Manifest) -> Result<bool, CliError> {
        let kind = self.databases.kind()?;
        if kind != manifest.database {
            return Err(CliError::Refused(format!(
                "the backup is of {} and this installation is to use {}: give the database with --database-url, or in formfeed.toml",
                name_of(&manifest.database),
                name_of(kind)
            )));
        }
        let mut found = self
            .data_dir
            .join(FILES[0])
            .exists()
            .then(|| self.data_dir.display().to_string());
        for (service, url) in &self.databases.0 {
            match url {
                DatabaseUrl::Sqlite(path) if path.exists() => {
                    found.get_or_insert(path.display().to_string());
                }
                DatabaseUrl::Sqlite(_) => {}
                DatabaseUrl::Postgres(url) => {
                    if postgres::exists(service, url).await.map_err(restoring)? {
                        found.get_or_insert(format!("the schema formfeed_{service}"));
                    }
                    let sessions = postgres::sessions(service, url).await.map_err(restoring)?;
                    if sessions > 0 {
                        return Err(CliError::Refused(format!(
                            "{sessions} sessions of services are on the database of the {service} service; stop them first"
                        )));
                    }
                }
            }
        }
        match found {
            Some(place) if !self.replace => Err(CliError::Refused(format!(
                "there is an installation already ({place}); give --replace to move it aside, or another --data-dir"
            ))),
            found => Ok(found.is_some()),
        }
    }

    /// The folder of keys that open the backup; `None` where they lie in their place.
    fn keys(&self, manifest: &Manifest) -> Result<Option<PathBuf>, CliError> {
        let place = self.data_dir.join(KEYS.0);
        let from = match (manifest.with_keys, self.keys) {
            (_, Some(keys)) => keys.to_owned(),
            (true, None) => self.from.join(KEYS.0),
            (false, None) => place.clone(),
        };
        if manifest.with_keys && self.keys.is_none() {
            // Files of a backup need not be closed to others; keys must be.
            return Ok(Some(from));
        }
        manifest.check_keys(&from)?;
        Ok((from != place).then_some(from))
    }

    /// Lays everything ready beside its place.
    async fn stage(
        &self,
        manifest: &Manifest,
        keys: Option<PathBuf>,
        (ground, tokens): (&Ground, Option<&RestoredTokens>),
        output: &mut Output<'_>,
    ) -> Result<Plan, CliError> {
        let mut plan = Plan {
            backup: manifest.id.clone(),
            suffix: Utc::now().format("%Y%m%d%H%M%S").to_string(),
            schemas: Vec::new(),
            moves: Vec::new(),
        };
        let what = || failed("laying the files ready");
        for name in FILES {
            let from = self.from.join(name);
            if !from.exists() || ground.keeps_home && name == HOME_FILE {
                continue;
            }
            let place = self.data_dir.join(name);
            let staged = Move::staged_for(&place);
            let laid = match tokens.filter(|_| name == FILES[0]) {
                Some(tokens) => files::write(&staged, tokens.text.as_bytes()),
                None => files::copy(&from, &staged),
            };
            laid.map_err(what())?;
            plan.put(place);
        }
        let rules = self.from.join(OWN_RULES.0);
        self.stage_folder(&rules, OWN_RULES, &mut plan)
            .map_err(what())?;
        if let Some(keys) = keys {
            self.stage_folder(&keys, KEYS, &mut plan).map_err(what())?;
        }
        if let Some(journal) = &ground.journal {
            let place = self.data_dir.join(JOURNAL_FILE);
            files::write(&Move::staged_for(&place), journal).map_err(what())?;
            plan.put(place);
        }
        self.stage_databases(manifest, &mut plan, output).await?;
        self.hold(ground).await?;
        for folder in plan.folders() {
            files::sync_folder(&folder).map_err(what())?;
        }
        Ok(plan)
    }

    fn stage_folder(
        &self,
        from: &Path,
        (name, ending): (&str, &str),
        plan: &mut Plan,
    ) -> io::Result<()> {
        let place = self.data_dir.join(name);
        let found = files::of_ending(from, ending)?;
        if found.is_empty() {
            if place.exists() {
                plan.free(place);
            }
            return Ok(());
        }
        let staged = Move::staged_for(&place);
        files::folder(&staged)?;
        for file in found {
            files::copy(&file, &staged.join(file.file_name().unwrap_or_default()))?;
        }
        files::sync_folder(&staged)?;
        plan.put(place);
        Ok(())
    }

    async fn stage_databases(
        &self,
        manifest: &Manifest,
        plan: &mut Plan,
        output: &mut Output<'_>,
    ) -> Result<(), CliError> {
        let counter = Counter::default();
        let total = manifest.files.iter().map(|entry| entry.bytes).sum();
        let mut progress = Progress::new(output);
        for (service, url) in &self.databases.0 {
            let migrations = manifest.services.get(service);
            let migrations = migrations.ok_or_else(|| {
                CliError::Refused(format!("the backup holds nothing of the {service} service"))
            })?;
            match url {
                DatabaseUrl::Sqlite(place) => {
                    self.stage_file(service, place, migrations)?;
                    plan.put_database(place);
                }
                DatabaseUrl::Postgres(url) => {
                    let staging = postgres::stage(service, url, self.from, migrations, &counter);
                    let stand = || Stand {
                        done: counter.bytes(),
                        total,
                        text: format!("{} KiB of the tables are back", counter.bytes() >> 10),
                    };
                    let staged = progress.follow(output, staging, stand).await?;
                    staged.map_err(restoring)?;
                    plan.schemas.push(service.clone());
                }
            }
            progress.say(output, &format!("{service}: laid ready"))?;
        }
        Ok(())
    }

    fn stage_file(
        &self,
        service: &str,
        place: &Path,
        migrations: &[String],
    ) -> Result<(), CliError> {
        let staged = Move::staged_for(place);
        if let Some(folder) = place.parent() {
            files::folder(folder).map_err(failed("making the folder of a database"))?;
        }
        let from = self.from.join(format!("{service}.db"));
        files::copy(&from, &staged).map_err(failed("laying the files ready"))?;
        let found = sqlite::check(service, &staged).map_err(restoring)?;
        match found == migrations {
            true => Ok(()),
            false => Err(CliError::Refused(format!(
                "{service}.db of the backup is not the one that its manifest tells of"
            ))),
        }
    }

    /// Removes what a restore that was cut off before its plan has laid ready: nobody ever used it.
    async fn forget_staged(&self) -> Result<(), CliError> {
        let mut staged: Vec<PathBuf> = FILES
            .into_iter()
            .chain([KEYS.0, OWN_RULES.0, JOURNAL_FILE])
            .map(|name| Move::staged_for(&self.data_dir.join(name)))
            .collect();
        for (service, url) in &self.databases.0 {
            match url {
                DatabaseUrl::Sqlite(place) => staged.push(Move::staged_for(place)),
                DatabaseUrl::Postgres(url) => {
                    let forgotten = postgres::forget_staged(service, url).await;
                    forgotten.map_err(restoring)?;
                }
            }
        }
        for path in staged {
            let removed = match path.is_dir() {
                true => fs::remove_dir_all(&path),
                false => fs::remove_file(&path),
            };
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(CliError::failed("removing what was laid ready", error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Plan {
    /// A place gets what is laid ready for it.
    fn put(&mut self, place: PathBuf) {
        let staged = Some(Move::staged_for(&place));
        self.moves.push(Move { staged, place });
    }

    /// A place becomes free.
    fn free(&mut self, place: PathBuf) {
        self.moves.push(Move {
            staged: None,
            place,
        });
    }

    /// A database gets what is laid ready for it; the log of the old one goes first.
    fn put_database(&mut self, place: &Path) {
        for ending in BESIDE {
            let mut beside = place.as_os_str().to_owned();
            beside.push(ending);
            self.free(PathBuf::from(beside));
        }
        self.put(place.to_owned());
    }

    /// The folders of all places.
    fn folders(&self) -> BTreeSet<PathBuf> {
        let folder = |one: &Move| one.place.parent().map(Path::to_owned);
        self.moves.iter().filter_map(folder).collect()
    }
}

fn name_of(kind: &str) -> &str {
    match kind {
        "sqlite" => "SQLite files",
        "postgres" => "PostgreSQL",
        other => other,
    }
}

pub(super) fn restoring(error: BackupError) -> CliError {
    match error {
        BackupError::Content(why) => CliError::Refused(why),
        other => CliError::failed("restoring the databases", other),
    }
}
