//! `onewindow token`: bearer tokens, bound to a party and a role. The text is shown once; only its hash is kept.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::{Failure, Space};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use server::clock::Clock;

/// Arguments of `token`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Issue a token and print it.
    Issue {
        #[command(flatten)]
        space: Space,
        /// Filing code of the party.
        #[arg(long)]
        party: String,
        /// Role: platform, merchant, payment, logistics, agent, site-operator, officer, zone-operator …
        #[arg(long, value_parser = role)]
        role: Role,
        /// Who holds it.
        #[arg(long)]
        name: String,
        /// Customs districts an officer sees, as prefixes; none = all.
        #[arg(long)]
        district: Vec<String>,
        /// Days until it ends; none = never.
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=36_500))]
        days: Option<i64>,
    },
    /// List tokens, without their text.
    List {
        #[command(flatten)]
        space: Space,
    },
    /// Revoke a token by its number.
    Revoke {
        #[command(flatten)]
        space: Space,
        /// Its number in the list.
        id: i64,
    },
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        format!("roles are {}", known.join(", "))
    })
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let now = Clock::Real.now();
    let runtime = crate::runtime()?;
    match arguments.action {
        Action::Issue { space, party, role, name, district, days } => {
            let districts: Vec<Text> = district.iter().map(Text::from).collect();
            let expires = days.map(|days| Time(now.0 + days * 86_400_000));
            let token = runtime.block_on(async {
                let control = space.control().await?;
                let issued = control.issue(&party, role, &name, &districts, now, expires).await;
                issued.map_err(Failure::from)
            })?;
            println!("{token}");
            Ok(true)
        }
        Action::List { space } => {
            for token in
                runtime.block_on(async { space.control().await?.tokens().await.map_err(Failure::from) })?
            {
                let state = if token.revoked { "revoked" } else { "valid" };
                println!("{}\t{}\t{}\t{}\t{state}", token.id, token.party, token.role.word(), token.name);
            }
            Ok(true)
        }
        Action::Revoke { space, id } => {
            runtime.block_on(async { Ok(space.control().await?.revoke(id).await?) })
        }
    }
}
