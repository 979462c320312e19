//! What is inspected besides the highest scores stays a fair sample, and drift is noticed.

use inspection::choose::{PARTS, Why, choose};
use inspection::drift::Profile;
use inspection::random::Numbers;

fn draws(numbers: &mut Numbers, count: usize) -> Vec<u32> {
    (0..count).map(|_| numbers.below(PARTS as usize) as u32).collect()
}

#[test]
fn the_highest_scores_are_chosen_and_a_floor_of_the_others() {
    let scores = [0.1, 0.9, 0.5, 0.9, 0.2];
    let chosen = choose(&scores, &[0, 999_999, 40_000, 999_999, 60_000], 2, 50_000);
    let told: Vec<(usize, Why)> = chosen.iter().map(|chosen| (chosen.row, chosen.why)).collect();
    assert_eq!(told, [(0, Why::Draw), (1, Why::Score), (2, Why::Draw), (3, Why::Score)]);
    assert_eq!((chosen[0].weight(), chosen[1].weight()), (20.0, 1.0));
    assert!(choose(&scores, &[0; 5], 0, 0).is_empty(), "no floor, no draw");
    assert_eq!(choose(&scores, &[999_999; 5], 0, PARTS).len(), 5, "a floor of all is all");
    assert_eq!(choose(&scores, &[999_999; 5], 9, 0).len(), 5);
}

#[test]
fn weighted_by_their_chance_the_chosen_stand_for_all() {
    // Illicit ones that the score knows, and others that it does not.
    let mut numbers = Numbers::new(1);
    let count = 4_000;
    let scores: Vec<f64> = (0..count).map(|_| numbers.unit()).collect();
    let illicit: Vec<bool> = scores.iter().map(|score| numbers.unit() < 0.1 + 0.6 * score * score).collect();
    let truth = illicit.iter().filter(|illicit| **illicit).count() as f64;
    let (mut sum, mut plain) = (0.0, 0.0);
    let rounds = 200;
    for _ in 0..rounds {
        let chosen = choose(&scores, &draws(&mut numbers, count), 200, 100_000);
        let all: f64 = chosen.iter().map(inspection::choose::Chosen::weight).sum();
        let caught: f64 = chosen.iter().filter(|one| illicit[one.row]).map(|one| one.weight()).sum();
        sum += caught;
        plain += chosen.iter().filter(|one| illicit[one.row]).count() as f64 / chosen.len() as f64;
        assert!((all / count as f64 - 1.0).abs() < 0.25, "{all}");
    }
    let weighted = sum / f64::from(rounds);
    assert!((weighted / truth - 1.0).abs() < 0.02, "{weighted} {truth}");
    // Without weights the chosen look worse than all are.
    assert!(plain / f64::from(rounds) > 1.15 * truth / count as f64);
}

#[test]
fn the_same_population_is_stable_and_another_is_not() {
    let mut numbers = Numbers::new(2);
    let mut column = |shift: f64| -> Vec<f32> {
        (0..5_000).map(|_| (numbers.unit() + numbers.unit() + shift) as f32).collect()
    };
    let (before, same, moved) = (column(0.0), column(0.0), column(0.4));
    let profile = Profile::of(&before);
    assert!(profile.stability(&before).abs() < 1e-12);
    assert!(profile.stability(&same) < 0.02);
    assert!(profile.stability(&moved) > 0.25);
    let gone: Vec<f32> =
        before.iter().enumerate().map(|(row, v)| if row % 3 == 0 { f32::NAN } else { *v }).collect();
    assert!(profile.stability(&gone) > 0.25, "what is missing now was not before");
}
