//! Where goods of a book can be. Every movement goes from one place to another; the numbers are stored and never change.

/// A place inside or outside of a book.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Place {
    /// On the shelf, free.
    Available = 1,
    /// On the shelf, taken for a list that is not concluded (pre-deducted).
    Frozen = 2,
    /// Held for an inspection.
    Inspection = 3,
    /// Came back from a buyer, not yet looked at.
    Returned = 4,
    /// Out at an exhibition, under guarantee.
    Exhibition = 5,
    /// On the way to another book, which has not received it yet.
    InTransit = 6,
    /// Entered by the gate, not yet declared.
    Undeclared = 7,
    /// Before the book was opened.
    Opening = 11,
    /// Abroad.
    Abroad = 12,
    /// In the country, outside of bond.
    Domestic = 13,
    /// In another book.
    OtherBook = 14,
    /// With a buyer.
    Sold = 15,
    /// Destroyed under supervision.
    Destroyed = 16,
    /// Taken as a sample and used up.
    Sampled = 17,
    /// What a stocktake found too much or too little.
    Variance = 18,
}

impl Place {
    /// All places, in stored order.
    pub const ALL: [Self; 15] = [
        Self::Available,
        Self::Frozen,
        Self::Inspection,
        Self::Returned,
        Self::Exhibition,
        Self::InTransit,
        Self::Undeclared,
        Self::Opening,
        Self::Abroad,
        Self::Domestic,
        Self::OtherBook,
        Self::Sold,
        Self::Destroyed,
        Self::Sampled,
        Self::Variance,
    ];

    /// The stored number.
    pub fn number(self) -> u8 {
        self as u8
    }
    /// The place of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.number() == number)
    }
    /// The place of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.word() == word)
    }
    /// Whether the holder of the book answers for what is there: the sum of these places is the book's quantity.
    pub fn is_inside(self) -> bool {
        self.number() < Self::Opening.number()
    }
    /// The word used in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Frozen => "frozen",
            Self::Inspection => "inspection",
            Self::Returned => "returned",
            Self::Exhibition => "exhibition",
            Self::InTransit => "in-transit",
            Self::Undeclared => "undeclared",
            Self::Opening => "opening",
            Self::Abroad => "abroad",
            Self::Domestic => "domestic",
            Self::OtherBook => "other-book",
            Self::Sold => "sold",
            Self::Destroyed => "destroyed",
            Self::Sampled => "sampled",
            Self::Variance => "variance",
        }
    }
}
