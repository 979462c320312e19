//! Where a space lies: in a data folder, or in a PostgreSQL database that several servers share.

use crate::Failure;
use std::path::{Path, PathBuf};
use std::process::Command;
use store::{MasterKey, postgres, sqlite};

/// Where a space lies.
#[derive(clap::Args, Clone, Default)]
pub struct Space {
    /// Data folder.
    #[arg(long, value_name = "DIR", required_unless_present = "database")]
    data: Option<PathBuf>,
    /// PostgreSQL database instead of a data folder: a URL, or `host=… user=… dbname=…`.
    #[arg(long, value_name = "URL", env = "ONEWINDOW_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// Name of the space in the database: its schema.
    #[arg(long, value_name = "NAME", default_value = "onewindow")]
    schema: String,
    /// Authorities, as PEM, one of which must have signed the certificate of the database; those that browsers trust unless
    /// named. `sslmode=require` in the address makes encryption compulsory.
    #[arg(long, value_name = "FILE", env = "ONEWINDOW_DATABASE_CA")]
    database_ca: Option<PathBuf>,
    /// Master key. Beside the data folder unless named; with a database it must be named, and be the same for every server.
    #[arg(long, value_name = "FILE", env = "ONEWINDOW_MASTER_KEY")]
    master_key: Option<PathBuf>,
}

/// Either place.
pub enum Place {
    /// A data folder.
    Folder(PathBuf, sqlite::Options),
    /// A space of a database.
    Database(postgres::Options),
}

impl Space {
    /// A space in a folder.
    pub fn folder(data: PathBuf, master_key: Option<PathBuf>) -> Self {
        Self { data: Some(data), master_key, ..Self::default() }
    }

    /// A space of a database.
    pub fn database(database: &str, schema: &str, master_key: PathBuf) -> Self {
        Self {
            data: None,
            database: Some(database.to_owned()),
            schema: schema.to_owned(),
            master_key: Some(master_key),
            database_ca: None,
        }
    }

    /// Where it lies; a folder that is named goes before a database that the environment names.
    ///
    /// # Errors
    /// When a database is named without a master key.
    pub fn place(&self) -> Result<Place, Failure> {
        match (&self.data, &self.database) {
            (Some(data), _) => {
                let options = sqlite::Options { master_key: self.master_key.clone(), ..Default::default() };
                Ok(Place::Folder(data.clone(), options))
            }
            (None, Some(database)) => {
                let key = self.master_key.clone().ok_or(
                    "name the master key with --master-key: it is the same file for every server of the space",
                )?;
                let mut options = postgres::Options::new(database, key);
                options.schema.clone_from(&self.schema);
                options.authorities.clone_from(&self.database_ca);
                Ok(Place::Database(options))
            }
            (None, None) => Err("name a data folder or a database".into()),
        }
    }

    /// The same place for another process. An address may have a password: it goes where no list of processes shows it.
    pub fn hand_to(&self, command: &mut Command) {
        let named = [
            ("--data", &self.data),
            ("--database-ca", &self.database_ca),
            ("--master-key", &self.master_key),
        ];
        for (option, value) in named {
            if let Some(value) = value {
                command.arg(option).arg(value);
            }
        }
        if let (None, Some(database)) = (&self.data, &self.database) {
            command.args(["--schema", &self.schema]).env("ONEWINDOW_DATABASE", database);
        }
    }

    /// For people: where it is, without what is secret in an address.
    pub fn shown(&self) -> String {
        match &self.data {
            Some(data) => data.display().to_string(),
            None => format!("the space {} of the database", self.schema),
        }
    }

    /// Its control store: tokens.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn control(&self) -> Result<store::Control, Failure> {
        Ok(match self.place()? {
            Place::Folder(folder, options) => {
                std::fs::create_dir_all(&folder)?;
                store::Control::open(&folder, options.master_key.as_deref())?
            }
            Place::Database(options) => store::Control::connect(&options).await?,
        })
    }

    /// The master key of a folder.
    pub fn key_of(folder: &Path, options: &sqlite::Options) -> PathBuf {
        options.master_key.clone().unwrap_or_else(|| MasterKey::default_path(folder))
    }
}
