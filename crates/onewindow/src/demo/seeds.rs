//! The two holders of the demo zone's seeds: customs and the operator of the zone, who commit to a secret before each period
//! and hand it over after. Their secrets are files, as `onewindow draws commit` makes them.

use crate::{Failure, draws};
use ceb::Day;
use clearance::Text;
use clearance::party::{Filing, Role};
use clearance::record::Actor;
use clearance::risk::period::Side;
use clearance::sample;
use register::draw::{Period, key};
use register::{By, Command};
use serde_json::{Value, json};
use server::Window;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The operator of the zone: another party than customs.
const OPERATOR: &str = "8620000002";
/// How often the holders look whether something is to be done.
const EVERY: Duration = Duration::from_secs(20);

/// The operator as it is filed.
pub fn operator() -> Option<Filing> {
    let like = sample::agencies().into_iter().next()?;
    Some(Filing {
        code: OPERATOR.into(),
        name: "样例昆明综合保税区运营公司".into(),
        roles: vec![Role::ZoneOperator],
        services: Vec::new(),
        ..like
    })
}

/// Short periods, so that a newcomer sees one that is told.
pub async fn short_periods(window: &Window) -> Result<(), Failure> {
    let change = |text: &str| {
        text.replace("\ndraw_period_days,7,", "\ndraw_period_days,2,")
            .replace("\ndraw_handover_hours,24,", "\ndraw_handover_hours,6,")
            .replace("\ndraw_secret_days,14,", "\ndraw_secret_days,1,")
            .replace("\ndraw_reveal_days,60,", "\ndraw_reveal_days,2,")
    };
    window.publish_changed("parameters.csv", change, "demo").await?;
    Ok(())
}

fn file(folder: &Path, period: &str, side: Side) -> PathBuf {
    folder.join("seeds").join(format!("{period}-{}.secret", side.word()))
}

/// Whatever is due, until nothing is: the window's steps and the holders'.
pub async fn keep_up(window: &Window, folder: &Path) -> Result<(), Failure> {
    for _ in 0..3 {
        server::draws::tick(window).await?;
        hold(window, folder).await?;
    }
    Ok(())
}

/// What the holders do, for as long as the zone is open.
pub async fn run(window: Window, folder: PathBuf) {
    loop {
        if let Err(error) = hold(&window, &folder).await {
            tracing::warn!(%error, "a holder of the demo did not come");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn hold(window: &Window, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder.join("seeds"))?;
    for record in server::draws::periods(window, &["open", "closed"]).await? {
        let (period, open) = (Period::of(&record), record.state == "open");
        let first = period.first.to_string();
        let mut version = record.version;
        for (side, party, role) in [
            (Side::Customs, super::agencies::CUSTOMS, Role::Officer),
            (Side::Operator, OPERATOR, Role::ZoneOperator),
        ] {
            let (kept, committed) = (file(folder, &first, side), period.commitment(side.word()).is_some());
            let handed = period.openings.iter().any(|one| one.of == side.word());
            let (action, body) = match (open, committed, handed) {
                (true, false, _) => {
                    ("commit", json!({"commitment": draws::kept_or_made(&first, side, &kept)?}))
                }
                (false, true, false) => ("hand-over", opening(&kept)?),
                _ => continue,
            };
            let by = By {
                actor: Actor { party: party.into(), name: Text::const_new("demo") },
                codes: vec![party.into()],
                role,
                applies: false,
                reviews: false,
                window: true,
            };
            let (key, note) = (key(Day::from_number(period.first).unwrap_or_default()), String::new());
            let command =
                Command { key, version, action: action.into(), by, note, body: Some(body.to_string()) };
            match window.pipeline.command(command).await {
                Some(Ok(record)) => version = record.version,
                // The window was faster: the next look sees it.
                Some(Err(refusal)) => tracing::debug!(?refusal, "a holder of the demo comes again"),
                None => return Ok(()),
            }
        }
    }
    Ok(())
}

fn opening(kept: &Path) -> Result<Value, Failure> {
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(kept)?)?;
    Ok(json!({"salt": kept["salt"], "secret": kept["secret"]}))
}
