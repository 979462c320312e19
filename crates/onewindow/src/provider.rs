//! `onewindow provider`: providers of identities (OpenID Connect) with which people of a party sign in. The secret is read
//! from standard input; it is never an argument, which every user of the machine could read.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::token::role;
use crate::user::{OPERATOR, duty};
use crate::{Failure, Space};
use clearance::party::Role;
use server::clock::Clock;
use server::providers::Settings;
use std::io::BufRead;
use store::{Duty, Provider};

/// Arguments of `provider`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Add a provider, or put it in the place of the one of this name. Its secret is the first line of standard input;
    /// empty = none.
    Add(Box<Added>),
    /// List providers with their settings.
    List {
        #[command(flatten)]
        space: Space,
    },
    /// Let nobody sign in with a provider any more. Sessions that began go on until they end.
    Remove {
        #[command(flatten)]
        space: Space,
        /// Its name.
        name: String,
    },
}

#[derive(clap::Args)]
struct Added {
    #[command(flatten)]
    space: Space,
    /// Its name in addresses: /v1/sign-in/NAME.
    #[arg(long)]
    name: String,
    /// Its issuer, to the letter.
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// The number of this window there.
    #[arg(long)]
    client: String,
    /// Where people reach this window; the provider sends them back to URL/v1/sign-in/NAME/callback.
    #[arg(long, value_name = "URL")]
    window: String,
    /// Filing code of the party whose people it proves.
    #[arg(long)]
    party: String,
    /// The role in which they work: agency, bank, officer …
    #[arg(long, value_parser = role)]
    role: Role,
    /// The claim that is their login; `email` counts only where the provider verified it.
    #[arg(long, value_name = "CLAIM", default_value = "email")]
    login_claim: String,
    /// Domain of verified e-mail addresses whose people become users when they first come; may be repeated. Without one,
    /// people are added before with `user add`.
    #[arg(long)]
    domain: Vec<String>,
    /// Duty of those who become users so; may be repeated.
    #[arg(long, value_parser = duty)]
    duty: Vec<Duty>,
    /// A claim that gives duties anew at each sign-in; whoever has none stays outside.
    #[arg(long, value_name = "CLAIM")]
    duties_claim: Option<String>,
    /// Which value of that claim gives which duty, as VALUE=DUTY; may be repeated.
    #[arg(long, value_name = "VALUE=DUTY")]
    duty_of: Vec<String>,
    /// Word of the claim `amr` that means a second factor, which officers and zone operators need; may be repeated.
    #[arg(long, value_name = "WORD", default_value = "mfa")]
    second_factor: Vec<String>,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    crate::runtime()?.block_on(done(arguments.action))
}

async fn done(action: Action) -> Result<bool, Failure> {
    let now = Clock::Real.now();
    match action {
        Action::Add(added) => {
            let fine = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
            if !(1..=32).contains(&added.name.len()) || !added.name.chars().all(fine) {
                return Err("a name has 1 to 32 of the letters a-z, digits and -".into());
            }
            let pair = |text: &String| {
                let pair = text.split_once('=').map(|(value, duty)| (value.to_owned(), duty.to_owned()));
                pair.ok_or_else(|| format!("{text} is not VALUE=DUTY"))
            };
            let settings = Settings {
                issuer: added.issuer,
                client: added.client,
                window: added.window.trim_end_matches('/').to_owned(),
                party: added.party,
                role: added.role.word().to_owned(),
                login_claim: added.login_claim,
                domains: added.domain,
                duties: added.duty.iter().map(|duty| duty.word().to_owned()).collect(),
                duties_claim: added.duties_claim,
                duty_of: added.duty_of.iter().map(pair).collect::<Result<_, _>>()?,
                second_factor: added.second_factor,
            };
            settings.check()?;
            let mut secret = String::new();
            std::io::stdin().lock().read_line(&mut secret)?;
            let secret = secret.trim_end_matches(['\r', '\n']).as_bytes().to_vec();
            let control = added.space.control().await?;
            let written = serde_json::to_string(&settings)?;
            control.set_provider(&Provider { name: added.name.clone(), settings: written, secret }).await?;
            control.happened(OPERATOR, &settings.party, "provider-set", &added.name, now).await?;
            Ok(true)
        }
        Action::List { space } => {
            for (name, settings) in space.control().await?.providers().await? {
                println!("{name}\t{settings}");
            }
            Ok(true)
        }
        Action::Remove { space, name } => {
            let control = space.control().await?;
            let known = control.providers().await?.into_iter().find(|(known, _)| *known == name);
            let Some((_, settings)) = known else {
                return Err(format!("there is no provider {name}").into());
            };
            control.remove_provider(&name).await?;
            let party = serde_json::from_str::<Settings>(&settings).map(|settings| settings.party);
            control.happened(OPERATOR, &party.unwrap_or_default(), "provider-removed", &name, now).await?;
            Ok(true)
        }
    }
}
