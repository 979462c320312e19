//! `onewindow user`: people who sign in. A password is generated and printed once, or read from standard input; it is never
//! an argument, which every user of the machine could read. Each has to be changed at the first sign-in.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::token::role;
use crate::{Failure, Space};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use server::clock::Clock;
use server::{password, signing_in};
use std::io::BufRead;
use store::{Control, Duty, NewUser, User, UserState};

/// Arguments of `user`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Add a user and print his one-time password.
    Add {
        #[command(flatten)]
        space: Space,
        /// With what he signs in.
        #[arg(long)]
        login: String,
        /// What people call him.
        #[arg(long)]
        name: String,
        /// Filing code of his party.
        #[arg(long)]
        party: String,
        /// Role: platform, merchant, payment, logistics, agent, site-operator, officer, zone-operator …
        #[arg(long, value_parser = role)]
        role: Role,
        /// What he is there to do: admin, operator, reviewer, inspector, decider, auditor, reader, rulemaker,
        /// seed-holder, keeper; may be repeated.
        #[arg(long, value_parser = duty, required = true)]
        duty: Vec<Duty>,
        /// Customs districts an officer sees, as prefixes; none = all.
        #[arg(long)]
        district: Vec<String>,
        /// Read the one-time password from standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List users.
    List {
        #[command(flatten)]
        space: Space,
    },
    /// Let a user sign in no more; his sessions end.
    Disable {
        #[command(flatten)]
        space: Space,
        /// His login.
        login: String,
    },
    /// Let a user sign in again: after too many attempts at once, after he was disabled with a new password first.
    Unlock {
        #[command(flatten)]
        space: Space,
        /// His login.
        login: String,
    },
    /// Give a user a new one-time password and print it; his sessions end.
    ResetPassword {
        #[command(flatten)]
        space: Space,
        /// His login.
        login: String,
        /// Take his second factor away, too: he lost it and his recovery codes.
        #[arg(long)]
        second_factor: bool,
        /// Read the one-time password from standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
    },
}

/// Who did it, in the trace of what happened: the command line.
pub const OPERATOR: &str = "operator";
/// Users that are read at once.
const PAGE: usize = 1_000;

pub fn duty(word: &str) -> Result<Duty, String> {
    Duty::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Duty::ALL.iter().map(|duty| duty.word()).collect();
        format!("duties are {}", known.join(", "))
    })
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    crate::runtime()?.block_on(done(arguments.action, Clock::Real.now()))
}

async fn done(action: Action, now: Time) -> Result<bool, Failure> {
    match action {
        Action::Add { space, login, name, party, role, duty, district, password_stdin } => {
            let login = signing_in::login_of(&login);
            if !signing_in::is_login(&login) {
                return Err("a login has 3 to 64 of the letters a-z, digits and . - _ @".into());
            }
            let user = NewUser {
                login: login.as_str().into(),
                name: name.as_str().into(),
                party: party.as_str().into(),
                role,
                duties: duty,
                districts: district.iter().map(Text::from).collect(),
            };
            let password = one_time(password_stdin, &login, &name)?;
            let control = space.control().await?;
            if control.add_user(&user, &password::hash(&password)?, now).await?.is_none() {
                return Err(format!("the login {login} is taken").into());
            }
            control.happened(OPERATOR, &party, "user-added", &login, now).await?;
            tell(&password, password_stdin);
        }
        Action::List { space } => list(&space.control().await?).await?,
        Action::Disable { space, login } => {
            let control = space.control().await?;
            let user = of(&control, &login).await?;
            written(&control, User { state: UserState::Disabled, ..user }, "user-disabled", now).await?;
        }
        Action::Unlock { space, login } => {
            let control = space.control().await?;
            let user = of(&control, &login).await?;
            control.forget_attempts(&user.login).await?;
            if user.state == UserState::Disabled {
                let enabled = User { state: UserState::MustChangePassword, ..user };
                written(&control, enabled, "user-enabled", now).await?;
            } else {
                control.happened(OPERATOR, &user.party, "attempts-forgotten", &user.login, now).await?;
            }
        }
        Action::ResetPassword { space, login, second_factor, password_stdin } => {
            let control = space.control().await?;
            let user = of(&control, &login).await?;
            let password = one_time(password_stdin, &user.login, &user.name)?;
            let state = UserState::MustChangePassword;
            let state = if user.state == UserState::Disabled { user.state } else { state };
            control.set_password(user.id, &password::hash(&password)?, state, now).await?;
            control.forget_attempts(&user.login).await?;
            control.happened(OPERATOR, &user.party, "password-reset", &user.login, now).await?;
            if second_factor {
                control.clear_second_factor(user.id, now).await?;
                control.happened(OPERATOR, &user.party, "second-factor-reset", &user.login, now).await?;
            }
            tell(&password, password_stdin);
        }
    }
    Ok(true)
}

async fn of(control: &Control, login: &str) -> Result<User, Failure> {
    let login = signing_in::login_of(login);
    control.user_of(&login).await?.ok_or_else(|| format!("there is no user {login}").into())
}

async fn written(control: &Control, user: User, what: &str, now: Time) -> Result<(), Failure> {
    if !control.change_user(&user, true, now).await? {
        return Err("the user was changed meanwhile; try again".into());
    }
    Ok(control.happened(OPERATOR, &user.party, what, &user.login, now).await?)
}

async fn list(control: &Control) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let users = control.users(None, after, PAGE).await?;
        for user in &users {
            let duties: Vec<&str> = user.duties.iter().map(|duty| duty.word()).collect();
            let (role, state) = (user.role.word(), user.state.word());
            let factor = if user.second_factor { "second-factor" } else { "password" };
            println!(
                "{}\t{}\t{}\t{}\t{role}\t{}\t{factor}\t{state}",
                user.id,
                user.login,
                user.name,
                user.party,
                duties.join(",")
            );
        }
        match users.last().filter(|_| users.len() == PAGE) {
            Some(last) => after = last.id,
            None => return Ok(()),
        }
    }
}

/// A one-time password: made here, or the first line of standard input.
fn one_time(from_input: bool, login: &str, name: &str) -> Result<String, Failure> {
    if !from_input {
        return Ok(password::one_time()?);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    password::good_enough(password, login, name).map_err(|weak| weak.en)?;
    Ok(password.to_owned())
}

/// Prints what was made here; whoever gave one has it.
fn tell(password: &str, given: bool) {
    if !given {
        println!("{password}");
    }
}
