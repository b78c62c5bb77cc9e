//! `endpoints.json`: how commands on one machine find the running services.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{data_dir, service::Service};

const FILE: &str = "endpoints.json";

/// Where the services of a data directory answer. Written by `up` when all are ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// `http://host:port` of the vendor service.
    pub vendor: String,
    /// `http://host:port` of the calculation service.
    pub calculation: String,
    /// `http://host:port` of the forms service.
    pub forms: String,
    /// `http://host:port` of the spooler.
    pub spooler: String,
    /// URL of the operators' console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
    /// File with the access token of this machine's user.
    pub token_file: PathBuf,
    /// File with the authority that signed the services' certificates, when they use TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Process that wrote the file.
    pub pid: u32,
}

/// What stands in the way of finding the services.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointsError {
    /// Nothing runs on this data directory: `formfeed up` starts it.
    #[error("no services run on {}; start them with `formfeed up`, or name a server with --server", .0.display())]
    NotRunning(PathBuf),
    /// The services ended without cleaning up: `formfeed up` starts them again.
    #[error("the services of {} (process {pid}) have ended; start them with `formfeed up`", .dir.display())]
    Stale {
        /// The data directory.
        dir: PathBuf,
        /// The process that is gone.
        pid: u32,
    },
    /// The file is not ours.
    #[error("{} cannot be read", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Endpoints {
    /// The address of a service.
    pub fn address(&self, service: Service) -> &str {
        match service {
            Service::Vendor => &self.vendor,
            Service::Calculation => &self.calculation,
            Service::Forms => &self.forms,
            Service::Spooler => &self.spooler,
        }
    }

    /// Writes the file, mode 0600, at once.
    ///
    /// # Errors
    /// When the data directory cannot be written.
    pub fn write(&self, data_dir: &Path) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        data_dir::replace(&data_dir.join(FILE), &text)
    }

    /// Removes the file on a clean stop, if it is this process's.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(data_dir: &Path) -> io::Result<()> {
        match read(data_dir) {
            Ok(endpoints) if endpoints.pid == std::process::id() => {
                fs::remove_file(data_dir.join(FILE))
            }
            _ => Ok(()),
        }
    }

    /// Finds the running services.
    ///
    /// # Errors
    /// When there are none, when they have ended, or when the file cannot be read.
    pub fn find(data_dir: &Path) -> Result<Self, EndpointsError> {
        let endpoints = read(data_dir)?;
        match is_alive(endpoints.pid) {
            true => Ok(endpoints),
            false => Err(EndpointsError::Stale {
                dir: data_dir.to_owned(),
                pid: endpoints.pid,
            }),
        }
    }
}

fn read(data_dir: &Path) -> Result<Endpoints, EndpointsError> {
    let path = data_dir.join(FILE);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(EndpointsError::NotRunning(data_dir.to_owned()));
        }
        Err(source) => return Err(EndpointsError::Unreadable { path, source }),
    };
    serde_json::from_slice(&text).map_err(|error| EndpointsError::Unreadable {
        path,
        source: error.into(),
    })
}

fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| {
        !matches!(
            rustix::process::test_kill_process(pid),
            Err(rustix::io::Errno::SRCH)
        )
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn endpoints(pid: u32) -> Endpoints {
        let address = |port| format!("http://127.0.0.1:{port}");
        Endpoints {
            vendor: address(7010),
            calculation: address(7020),
            forms: address(7030),
            spooler: address(7040),
            console: None,
            token_file: "admin.token".into(),
            ca_file: None,
            pid,
        }
    }

    #[test]
    fn running_services_are_found_until_they_stop() {
        let dir = tempfile::tempdir().unwrap();
        let written = endpoints(std::process::id());
        written.write(dir.path()).unwrap();
        let mode = fs::metadata(dir.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(Endpoints::find(dir.path()).unwrap(), written);
        Endpoints::remove(dir.path()).unwrap();
        let missing = Endpoints::find(dir.path()).unwrap_err();
        assert!(
            matches!(missing, EndpointsError::NotRunning(_)),
            "{missing}"
        );
    }

    #[test]
    fn the_file_of_services_that_died_is_stale_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        endpoints(pid).write(dir.path()).unwrap();
        let stale = Endpoints::find(dir.path()).unwrap_err();
        assert!(matches!(stale, EndpointsError::Stale { .. }), "{stale}");
        Endpoints::remove(dir.path()).unwrap();
        assert!(dir.path().join(FILE).exists(), "only the writer removes it");
    }
}
