//! Lengths on paper, exact to a thousandth of a point.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Deserializer};

/// A length in points (1/72 inch), kept as whole thousandths so that grids add up exactly.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i32);

impl Points {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From thousandths of a point.
    pub const fn from_thousandths(thousandths: i32) -> Self {
        Self(thousandths)
    }

    /// Thousandths of a point.
    pub const fn thousandths(self) -> i32 {
        self.0
    }

    /// From points, rounded to the nearest thousandth; for values read from layout files.
    pub fn from_points(points: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a sheet is under a million points"
        )]
        Self((points * 1000.0).round() as i32)
    }

    /// From inches.
    pub fn from_inches(inches: f64) -> Self {
        Self::from_points(inches * 72.0)
    }

    /// Points, for renderers that speak floats (geometry, never money).
    pub fn points(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// This length `count` times.
    pub const fn times(self, count: i32) -> Self {
        Self(self.0 * count)
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl fmt::Debug for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}pt")
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.points())
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::from_points)
    }
}
