//! The names of things: business keys, positions, times. Leaves to others what is stored under them.

use crate::Text;
use ceb::{Day, StampMillis};
use jiff::civil;

/// An order, which is the consignment: `ebpCode` + `orderNo`, as sent, trimmed (SPEC §3.1, RULES 2.1).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct OrderKey {
    /// `ebpCode`.
    pub platform: Text,
    /// `orderNo`.
    pub order_no: Text,
}

/// A waybill: `logisticsCode` + `logisticsNo`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct WaybillKey {
    /// `logisticsCode`.
    pub logistics: Text,
    /// `logisticsNo`.
    pub logistics_no: Text,
}

/// A key that at most one consignment may use: who claims it is a row of its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ClaimKey {
    /// `payCode` + `payTransactionId`.
    Payment(Text, Text),
    /// `agentCode` + `copNo` of a declaration.
    Declaration(Text, Text),
    /// `agentCode` + `copNo` of a cancellation.
    Cancellation(Text, Text),
    /// `agentCode` + `copNo` of a return.
    Return(Text, Text),
    /// `invtNo` given by us.
    Entry(Text),
}

/// An arrival document: `operatorCode` + `copNo`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ArrivalKey {
    /// `operatorCode`.
    pub operator: Text,
    /// `copNo`.
    pub cop_no: Text,
}

fn trimmed(text: &str) -> Text {
    Text::from(text.trim())
}

impl OrderKey {
    /// The key of what a document names.
    pub fn new(platform: &str, order_no: &str) -> Self {
        Self { platform: trimmed(platform), order_no: trimmed(order_no) }
    }
}

impl WaybillKey {
    /// The key of what a document names.
    pub fn new(logistics: &str, logistics_no: &str) -> Self {
        Self { logistics: trimmed(logistics), logistics_no: trimmed(logistics_no) }
    }
}

impl ArrivalKey {
    /// The key of what a document names.
    pub fn new(operator: &str, cop_no: &str) -> Self {
        Self { operator: trimmed(operator), cop_no: trimmed(cop_no) }
    }
}

impl ClaimKey {
    /// A payment's claim.
    pub fn payment(pay_code: &str, transaction: &str) -> Self {
        Self::Payment(trimmed(pay_code), trimmed(transaction))
    }
}

/// Where a row is: the writer that committed it and its gap-free sequence (DESIGN §5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Position {
    /// The committing connection; 0 on the embedded store.
    pub writer: u16,
    /// From 1, without gaps within the writer.
    pub sequence: u64,
}

impl Position {
    /// Bits of a sequence in [`Position::number`]: a writer has 137 thousand million rows, and the number is still one that
    /// every reader of JSON holds exactly.
    const SEQUENCE_BITS: u32 = 37;

    /// One number for writer and sequence, as callers see it; on the embedded store it is the sequence.
    pub fn number(self) -> u64 {
        assert!(self.sequence >> Self::SEQUENCE_BITS == 0, "a writer is given up before its numbers end");
        u64::from(self.writer) << Self::SEQUENCE_BITS | self.sequence
    }

    /// The position of a number; none where it cannot be one.
    pub fn of_number(number: u64) -> Option<Self> {
        let writer = u16::try_from(number >> Self::SEQUENCE_BITS).ok()?;
        Some(Self { writer, sequence: number & ((1 << Self::SEQUENCE_BITS) - 1) })
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub i64);

/// China standard time is UTC+8 without daylight saving.
const CHINA_OFFSET_MILLIS: i64 = 8 * 3_600_000;
const DAY_MILLIS: i64 = 86_400_000;

impl Time {
    /// The calendar day in China: the business date.
    pub fn day(self) -> Day {
        let days = (self.0 + CHINA_OFFSET_MILLIS).div_euclid(DAY_MILLIS);
        let date =
            civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(days.clamp(-700_000, 2_900_000)));
        Day::from_ymd(
            date.year().unsigned_abs().into(),
            date.month().unsigned_abs().into(),
            date.day().unsigned_abs().into(),
        )
        .unwrap_or_default()
    }

    /// The 17 digits of receipts, China standard time.
    pub fn stamp_millis(self) -> StampMillis {
        let local = self.0 + CHINA_OFFSET_MILLIS;
        let within = local.rem_euclid(DAY_MILLIS);
        let day = self.day();
        let (hours, minutes) = (within / 3_600_000, within / 60_000 % 60);
        let clock = ((hours * 100 + minutes) * 100 + within / 1000 % 60) * 1000 + within % 1000;
        StampMillis::from_number(day.number() as u64 * 1_000_000_000 + clock as u64).unwrap_or_default()
    }

    /// The instant of a sender's 14 digits, read as China standard time.
    pub fn from_stamp(stamp: ceb::Stamp) -> Self {
        let number = stamp.number();
        let clock = (number % 1_000_000) as i64;
        let seconds = clock / 10_000 * 3600 + clock / 100 % 100 * 60 + clock % 100;
        Self(Self::start_of(stamp.day()).0 + seconds * 1000)
    }

    /// Midnight in China at which a day begins.
    pub fn start_of(day: Day) -> Self {
        let date = civil::Date::new(day.year() as i16, day.month() as i8, day.day_of_month() as i8)
            .unwrap_or(civil::date(1970, 1, 1));
        let days = civil::date(1970, 1, 1).until(date).map(|span| i64::from(span.get_days())).unwrap_or(0);
        Self(days * DAY_MILLIS - CHINA_OFFSET_MILLIS)
    }

    /// Later by whole hours.
    pub fn plus_hours(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours.saturating_mul(3_600_000)))
    }
}

impl Time {
    /// China's day as days since 1970-01-01.
    pub fn day_number(self) -> u32 {
        u32::try_from((self.0 + CHINA_OFFSET_MILLIS).div_euclid(DAY_MILLIS)).unwrap_or(0)
    }
}
