//! The days before the demo zone was opened, so that its figures are of more than an hour: judged as any others, by a clock that is
//! set by hand, before anybody is let in. A folder that has a past keeps it.

use crate::{Failure, Space, generate, space};
use clearance::keys::Time;
use clearance::sample::{self, Numbers, Trade};
use server::Window;
use server::clock::Clock;
use store::ChosenStore;

const DAY: i64 = 86_400_000;
const DAYS: i64 = 6;
/// Trades of a day, more and fewer.
const TRADES: u64 = 40;
/// Countries of departure, the frequent ones more than once.
const COUNTRIES: [&str; 16] = [
    "116", "116", "116", "133", "133", "136", "136", "141", "122", "132", "106", "119", "601", "609", "502",
    "305",
];

/// Trades with countries from which goods come to such a zone.
pub fn from_everywhere(trades: &mut [Trade], draw: &mut Numbers) {
    for trade in trades {
        let country = *draw.pick(&COUNTRIES);
        trade.declaration.head.country = country.into();
        trade.order.lines.iter_mut().for_each(|line| line.country = country.into());
        for line in &mut trade.declaration.lines {
            (line.country, line.trade_country) = (country.into(), Some(country.into()));
        }
    }
}

/// Lives through the days before today; how many trades there were: none where the zone was there already.
pub async fn live(space: &Space) -> Result<u64, Failure> {
    let space::Place::Folder(folder, options) = space.place()? else { return Ok(0) };
    if folder.exists() {
        return Ok(0);
    }
    let today = Clock::Real.now();
    let clock = Clock::simulated(Time(today.0 - DAYS * DAY));
    let (store, control) = server::window::embedded(&folder, &options, &mut |_| {})?;
    let store = ChosenStore::Embedded(Box::new(store));
    let failed = |error| tracing::error!(%error, "the days before cannot be written");
    let (window, writer) = Window::open(store, control, clock.clone(), failed).await?;
    window.file_all(sample::filings(), "demo").await;
    let mut sent = 0;
    for day in 0..DAYS {
        let morning = Time(today.0 - (DAYS - day) * DAY);
        sent += live_a_day(&window, &clock, morning, day as u64).await?;
    }
    window.pipeline.close();
    drop(window);
    writer.join().map_err(|_| "the days before ended too early")?;
    Ok(sent)
}

async fn live_a_day(window: &Window, clock: &Clock, morning: Time, day: u64) -> Result<u64, Failure> {
    let seed = morning.0 as u64;
    let mut draw = Numbers::new(seed, day);
    let count = TRADES / 2 + draw.below(TRADES);
    let mut trades = generate::trades(seed, day * 1_000, count, generate::persons(count), 80_000, morning);
    from_everywhere(&mut trades, &mut draw);
    for chunk in trades.chunks(5) {
        for (sender, _, bytes) in generate::messages(chunk, seed, 5, clock.now()) {
            // Between seconds and an hour pass until the next comes.
            let pause = 1_000 << draw.below(12);
            clock.set(Time(clock.now().0.max(morning.0) + pause as i64));
            window.send(&bytes.into(), &sender).await.ok_or("the window closed in the days before")?;
        }
    }
    Ok(count)
}
