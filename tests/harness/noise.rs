//! Bytes that nobody meant: random ones, and good ones with something wrong about them. The same for the same seed.

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// Where they come from.
#[derive(Debug)]
pub struct Noise(TestRng);

impl Noise {
    /// Of a seed.
    pub fn seeded(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    /// A number.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below another; 0 where that is 0.
    pub fn below(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number() % most).unwrap_or_default()
    }

    /// One of some things.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// Fewer bytes than `most`.
    pub fn bytes(&mut self, most: usize) -> Vec<u8> {
        let count = self.below(most);
        let byte = |number: u64| number.to_le_bytes()[0];
        (0..count).map(|_| byte(self.number())).collect()
    }

    /// Good bytes with up to three things wrong: a bit, a cut, some more, some fewer, some twice.
    pub fn damaged(&mut self, good: &[u8]) -> Vec<u8> {
        let mut bytes = good.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(32)).min(bytes.len());
            match self.below(8) {
                0 => bytes.truncate(at),
                1 | 2 => {
                    let more = self.bytes(16);
                    bytes.splice(at..at, more);
                }
                3 => drop(bytes.drain(at..end)),
                4 => {
                    let twice = bytes[at..end].to_vec();
                    bytes.splice(at..at, twice);
                }
                _ => {
                    let bit = 1 << self.below(8);
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= bit;
                    }
                }
            }
        }
        bytes
    }
}
