//! `onewindow token`: bearer tokens, bound to a party and a role. The text is shown once; only its hash is kept.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::user::OPERATOR;
use crate::{Failure, Space};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use server::clock::Clock;
use server::rights::{Right, Rights};
use store::NewToken;

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
        /// What it is for: messages:send, receipts:read, consignments:read …; may be repeated; none = all that its role may.
        #[arg(long, value_parser = scope)]
        scope: Vec<Right>,
        /// SHA-256 of a registered certificate of the party for requests: without a signature of its key (RFC 9421) the token
        /// is worth nothing.
        #[arg(long, value_name = "KEYID", value_parser = fingerprint)]
        bound_to: Option<String>,
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

pub(crate) fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        format!("roles are {}", known.join(", "))
    })
}

/// The SHA-256 of a certificate, as records of certificates are named.
pub(crate) fn fingerprint(text: &str) -> Result<String, String> {
    let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if text.len() == 64 && text.chars().all(hexadecimal) {
        return Ok(text.to_owned());
    }
    Err("a certificate's SHA-256 in 64 lower-case hexadecimal digits".to_owned())
}

fn scope(word: &str) -> Result<Right, String> {
    let machines = Role::ALL.iter().map(|role| Rights::of_role(*role, true));
    let known: Vec<Right> =
        Right::ALL.into_iter().filter(|right| machines.clone().any(|rights| rights.has(*right))).collect();
    known.iter().copied().find(|right| right.word() == word).ok_or_else(|| {
        let words: Vec<&str> = known.iter().map(|right| right.word()).collect();
        format!("scopes are {}", words.join(", "))
    })
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let now = Clock::Real.now();
    let runtime = crate::runtime()?;
    match arguments.action {
        Action::Issue { space, party, role, name, district, days, scope, bound_to } => {
            let districts: Vec<Text> = district.iter().map(Text::from).collect();
            let expires = days.map(|days| Time(now.0 + days * 86_400_000));
            let token = runtime.block_on(async {
                let control = space.control().await?;
                let scopes: Vec<Text> = scope.iter().map(|right| right.word().into()).collect();
                let scopes = Some(scopes.as_slice()).filter(|scopes| !scopes.is_empty());
                let bound_to = bound_to.map(|fingerprint| format!("{party}:{fingerprint}"));
                let bound_to = bound_to.as_deref();
                let new = NewToken {
                    party: &party,
                    role,
                    name: &name,
                    districts: &districts,
                    expires,
                    scopes,
                    bound_to,
                };
                let (id, text) = control.issue_for(&new, now).await?;
                control.happened(OPERATOR, &party, "token-issued", &id.to_string(), now).await?;
                Ok::<_, Failure>(text)
            })?;
            println!("{token}");
            Ok(true)
        }
        Action::List { space } => {
            for token in
                runtime.block_on(async { space.control().await?.tokens().await.map_err(Failure::from) })?
            {
                let state = if token.revoked { "revoked" } else { "valid" };
                let (role, scopes) = (token.role.word(), token.scopes.map(|scopes| scopes.join(",")));
                let scopes = scopes.as_deref().unwrap_or("all");
                let bound =
                    token.bound_to.as_deref().map(|id| format!("\tbound to {id}")).unwrap_or_default();
                println!("{}\t{}\t{role}\t{}\t{state}\t{scopes}{bound}", token.id, token.party, token.name);
            }
            Ok(true)
        }
        Action::Revoke { space, id } => runtime.block_on(async {
            let control = space.control().await?;
            let tokens = control.tokens().await?;
            let Some(token) = tokens.iter().find(|token| token.id == id) else { return Ok(false) };
            let revoked = control.revoke(id).await?;
            control.happened(OPERATOR, &token.party, "token-revoked", &id.to_string(), now).await?;
            Ok(revoked)
        }),
    }
}
