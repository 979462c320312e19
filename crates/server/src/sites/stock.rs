//! What lies at a site by scans and gate lists: for whoever keeps it, and for a stocktake, which is held against it.

use super::Kept;
use super::bags::of_list;
use crate::Window;
use crate::api::error::Problem;
use crate::api::registers::invalid;
use clearance::Text;
use clearance::record::{Record, RecordKey, Register};
use register::park::bag::{Bag, Remark, SEALED};
use register::park::happening::{self, ALL, Happening, parcel_of};
use register::park::stock::{self, INSIDE, Stock, is_inside};
use register::{Fault, owner_of, says};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Records that are read together.
const PAGE: usize = 1_000;
/// Records that are looked at for one answer to whoever keeps a site, and how often for his bags.
const SHOWN: usize = 200;
const LOOKS: usize = 10;

fn search(site: &Kept, register: Register, state: &str) -> RecordSearch {
    RecordSearch {
        register,
        parties: Some(vec![owner_of(&site.record.key)]),
        states: vec![Text::from(state)],
    }
}

/// Parcels that lie at a site, the newest first, after a place; with the place of the next page. A page looks at so many of the
/// operator's, so it may be empty and yet go on.
pub async fn lying(
    window: &Window,
    site: &Kept,
    after: Option<u64>,
) -> Result<(Vec<Arc<Record>>, Option<u64>), Problem> {
    let search = search(site, Register::SiteStock, INSIDE);
    let (mut records, next) = window.read.records(&search, after, SHOWN).await?;
    let here = format!("{}:", site.id());
    records.retain(|record| record.key.id.starts_with(&here));
    Ok((records, next))
}

/// Bags that were sealed at a site and still are, the newest first; and whether there may be more.
pub async fn sealed(window: &Window, site: &Kept) -> Result<(Vec<Arc<Record>>, bool), Problem> {
    let search = search(site, Register::SiteBag, SEALED);
    let (mut bags, mut after) = (Vec::new(), None);
    for _ in 0..LOOKS {
        let (records, next) = window.read.records(&search, after, SHOWN).await?;
        bags.extend(records.into_iter().filter(|record| Bag::of(record).site == site.id()));
        after = next;
        if after.is_none() || bags.len() >= SHOWN {
            break;
        }
    }
    Ok((bags, after.is_some()))
}

/// Where a stocktake differs from what lies at a site by scans. What a list told some seconds ago is looked at again by its key.
pub(super) async fn differences(
    window: &Window,
    site: &Kept,
    happening: &Happening,
) -> Result<Vec<Remark>, Problem> {
    let inside = inside(window, site).await?;
    let list = of_list(happening);
    let key_of = |parcel: &str| parcel_of(parcel).map(|parcel| stock::key(site.id(), &parcel));
    let counted: BTreeSet<RecordKey> = list.iter().filter_map(|(_, parcel)| key_of(parcel)).collect();
    let mut differences = Vec::new();
    for (parcel, key) in &inside {
        if !counted.contains(key) && is_inside(window.read.record(key).await?.as_deref()) {
            let why = happening::DIFFERENCES[0].to_owned();
            differences.push(Remark { parcel: parcel.clone(), why, ..Remark::default() });
        }
    }
    for (bag, parcel) in &list {
        let Some(key) = key_of(parcel) else { continue };
        if !is_inside(window.read.record(&key).await?.as_deref()) {
            let why = happening::DIFFERENCES[1].to_owned();
            differences.push(Remark { parcel: parcel.clone(), bag: bag.clone(), why });
        }
    }
    Ok(differences)
}

/// Parcels that lie at a site by scans, with the keys of their records.
async fn inside(window: &Window, site: &Kept) -> Result<Vec<(String, RecordKey)>, Problem> {
    let search = search(site, Register::SiteStock, INSIDE);
    let (mut inside, mut after) = (Vec::new(), None);
    let here = format!("{}:", site.id());
    loop {
        let (records, next) = window.read.records(&search, after, PAGE).await?;
        let of_site = records.iter().filter(|record| record.key.id.starts_with(&here));
        inside.extend(of_site.map(|record| (Stock::of(record).parcel, record.key.clone())));
        if inside.len() > ALL {
            let said = says::STOCK_TOO_MANY.with(&[("most", &ALL.to_string())]);
            return Err(invalid(&[Fault::new("parcels", "", said)]));
        }
        if next.is_none() {
            return Ok(inside);
        }
        after = next;
    }
}
