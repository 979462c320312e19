//! Why goods are taken, what becomes of what was taken, and what explains a difference. Which documents may do so: `command`.

use crate::Place;

/// Why available goods are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A retail list is recorded: pre-deducted until it is concluded.
    Sale,
    /// They leave for another book, which receives them.
    Transfer,
    /// They go out to an exhibition.
    Exhibition,
    /// They are held for an inspection.
    Inspection,
    /// They go back abroad.
    ReExport,
    /// They are imported as general trade.
    GeneralTrade,
    /// They are destroyed.
    Destruction,
    /// They are taken as samples.
    Sample,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 8] = [
        Self::Sale,
        Self::Transfer,
        Self::Exhibition,
        Self::Inspection,
        Self::ReExport,
        Self::GeneralTrade,
        Self::Destruction,
        Self::Sample,
    ];
    /// Where they go.
    pub fn place(self) -> Place {
        match self {
            Self::Sale => Place::Frozen,
            Self::Transfer => Place::InTransit,
            Self::Exhibition => Place::Exhibition,
            Self::Inspection => Place::Inspection,
            Self::ReExport => Place::Abroad,
            Self::GeneralTrade => Place::Domestic,
            Self::Destruction => Place::Destroyed,
            Self::Sample => Place::Sampled,
        }
    }
    /// The word used in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Transfer => "transfer",
            Self::Exhibition => "exhibition",
            Self::Inspection => "inspection",
            Self::ReExport => "re-export",
            Self::GeneralTrade => "general-trade",
            Self::Destruction => "destruction",
            Self::Sample => "sample",
        }
    }
    /// The purpose of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
    /// Whether a lot that is recalled may be taken for it.
    pub fn moves_recalled(self) -> bool {
        matches!(self, Self::Inspection | Self::ReExport | Self::Destruction | Self::Sample)
    }
    /// Whether only lots may be taken that may still be sold: goods that go to buyers.
    pub fn sells(self) -> bool {
        matches!(self, Self::Sale | Self::Exhibition | Self::GeneralTrade)
    }
}

/// What becomes of goods that an earlier line took and that rest somewhere. The numbers are stored and never change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Resolution {
    /// The list is released and the parcel leaves.
    Confirm = 1,
    /// The list is rejected, cancelled or out of time.
    Restore = 2,
    /// A transfer that the other book did not receive comes back.
    BringBack = 3,
    /// Goods come back from an exhibition.
    ExhibitionReturn = 4,
    /// Goods were sold at an exhibition.
    ExhibitionSale = 5,
    /// An inspection is over.
    InspectionEnd = 6,
    /// A buyer sends goods back.
    CustomerReturn = 7,
    /// Returned goods are fit and go back to the shelf.
    Restock = 8,
    /// Returned goods go back abroad.
    ReturnAbroad = 9,
    /// Returned goods are destroyed.
    DestroyReturned = 10,
    /// Goods that entered and are not declared go back abroad.
    SendBack = 11,
    /// Goods are destroyed under supervision where they are exhibited.
    ExhibitionDestruction = 12,
}

impl Resolution {
    /// All resolutions.
    pub const ALL: [Self; 12] = [
        Self::Confirm,
        Self::Restore,
        Self::BringBack,
        Self::ExhibitionReturn,
        Self::ExhibitionSale,
        Self::InspectionEnd,
        Self::CustomerReturn,
        Self::Restock,
        Self::ReturnAbroad,
        Self::DestroyReturned,
        Self::SendBack,
        Self::ExhibitionDestruction,
    ];
    /// The word used in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Restore => "restore",
            Self::BringBack => "bring-back",
            Self::ExhibitionReturn => "exhibition-return",
            Self::ExhibitionSale => "exhibition-sale",
            Self::InspectionEnd => "inspection-end",
            Self::CustomerReturn => "customer-return",
            Self::Restock => "restock",
            Self::ReturnAbroad => "return-abroad",
            Self::DestroyReturned => "destroy-returned",
            Self::SendBack => "send-back",
            Self::ExhibitionDestruction => "exhibition-destruction",
        }
    }
    /// The resolution of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|one| *one as u8 == number)
    }
    /// The resolution of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
    /// Where the goods must rest.
    pub fn from(self) -> Place {
        match self {
            Self::Confirm | Self::Restore => Place::Frozen,
            Self::BringBack => Place::InTransit,
            Self::ExhibitionReturn | Self::ExhibitionSale | Self::ExhibitionDestruction => Place::Exhibition,
            Self::SendBack => Place::Undeclared,
            Self::InspectionEnd => Place::Inspection,
            Self::CustomerReturn => Place::Sold,
            Self::Restock | Self::ReturnAbroad | Self::DestroyReturned => Place::Returned,
        }
    }
    /// Where they go.
    pub fn to(self) -> Place {
        match self {
            Self::Confirm | Self::ExhibitionSale => Place::Sold,
            Self::Restore
            | Self::BringBack
            | Self::ExhibitionReturn
            | Self::InspectionEnd
            | Self::Restock => Place::Available,
            Self::CustomerReturn => Place::Returned,
            Self::ReturnAbroad | Self::SendBack => Place::Abroad,
            Self::DestroyReturned | Self::ExhibitionDestruction => Place::Destroyed,
        }
    }
}

/// What explains a difference that a stocktake found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// There is none.
    None,
    /// Units were converted wrongly.
    Conversion,
    /// Natural loss.
    NaturalLoss,
    /// Another article was picked.
    Mispick,
    /// Theft.
    Theft,
    /// A document was not entered.
    Unposted,
}

impl Cause {
    /// All causes.
    pub const ALL: [Self; 6] =
        [Self::None, Self::Conversion, Self::NaturalLoss, Self::Mispick, Self::Theft, Self::Unposted];
    /// The cause of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.word() == word)
    }
    /// The word used in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Conversion => "conversion",
            Self::NaturalLoss => "natural-loss",
            Self::Mispick => "mispick",
            Self::Theft => "theft",
            Self::Unposted => "unposted",
        }
    }
}
