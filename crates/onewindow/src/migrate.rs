//! `onewindow migrate`: the tables of a space in a database, made or brought up to date by a role that owns them, and what
//! the role of the servers needs of them, which is less.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::Failure;
use store::postgres::{Options, schema};

/// Arguments of `migrate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// PostgreSQL database: a URL, or `host=… user=… dbname=…`. Its role makes the tables.
    #[arg(long, value_name = "URL", env = "ONEWINDOW_DATABASE", hide_env_values = true)]
    database: String,
    /// Name of the space in the database: its schema.
    #[arg(long, value_name = "NAME", default_value = "onewindow")]
    schema: String,
    /// Authorities, as PEM, one of which must have signed the certificate of the database.
    #[arg(long, value_name = "FILE", env = "ONEWINDOW_DATABASE_CA")]
    database_ca: Option<std::path::PathBuf>,
    /// Spread the tables of the new space over the nodes of a Citus cluster.
    #[arg(long)]
    citus: bool,
    /// Role of the servers: it is granted what they need and no more.
    #[arg(long, value_name = "ROLE")]
    grant: Option<String>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let mut options = Options::new(&arguments.database, std::path::PathBuf::new());
    options.schema.clone_from(&arguments.schema);
    options.authorities.clone_from(&arguments.database_ca);
    let steps = crate::runtime()?.block_on(async {
        let steps = schema::migrate(&options).await?;
        if arguments.citus {
            schema::distribute(&options).await?;
        }
        if let Some(role) = &arguments.grant {
            schema::grant(&options, role).await?;
        }
        Ok::<_, store::StoreError>(steps)
    })?;
    if steps.from == steps.to {
        println!("the space {} is at step {}: nothing was to be done", arguments.schema, steps.to);
    } else {
        println!("the space {} went from step {} to step {}", arguments.schema, steps.from, steps.to);
    }
    if let Some(role) = &arguments.grant {
        println!("the role {role} may serve it");
    }
    Ok(true)
}
