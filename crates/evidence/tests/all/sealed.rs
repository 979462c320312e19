//! Sealed files: what was sealed is found true, and no byte of it can be another.

use evidence::{ReportSeal, Signer, Unsealed, check_file, seal_file, sha256};

const REPORT: &[u8] = r#"{"party":"5301960201","score":812}"#.as_bytes();

fn signer(seed: u8) -> Signer {
    Signer::new(&[seed; 32]).unwrap()
}

/// A file as one is written: a page, the report, its seal.
fn file(seal: &ReportSeal, report: &[u8], signer: &Signer) -> Vec<u8> {
    let mut body =
        b"%PDF-1.7\n1 0 obj\n<<>>\nstream\npage\nendstream\nendobj\n2 0 obj\n<<>>\nstream\n".to_vec();
    body.extend_from_slice(report);
    body.extend_from_slice(b"\nendstream\nendobj\n3 0 obj\n<<>>\nstream\n");
    body.extend_from_slice(seal.to_text().as_bytes());
    body.extend_from_slice(b"\nendstream\nendobj\n\xFF\xFE\n%%EOF\n");
    seal_file(body, signer)
}

#[test]
fn what_was_sealed_is_found_true_with_its_report_and_its_head() {
    let signer = signer(1);
    for head in [None, Some((7, [9; 32]))] {
        let seal = ReportSeal::new(REPORT, head, &signer);
        assert_eq!(ReportSeal::parse(&seal.to_text()), Some(seal.clone()));
        let checked = check_file(&file(&seal, REPORT, &signer)).unwrap();
        assert_eq!((checked.report.as_slice(), &checked.seal), (REPORT, &seal));
        assert_eq!((checked.seal.digest, checked.seal.head), (sha256(REPORT), head));
        assert_eq!(checked.seal.public, signer.public());
    }
}

#[test]
fn an_altered_byte_is_refused_wherever_it_is() {
    let signer = signer(1);
    let whole = file(&ReportSeal::new(REPORT, Some((7, [9; 32])), &signer), REPORT, &signer);
    for at in 0..whole.len() {
        let mut altered = whole.clone();
        altered[at] ^= 1;
        let told = check_file(&altered);
        assert!(matches!(told, Err(Unsealed::Altered | Unsealed::NoSeal)), "byte {at}: {told:?}");
    }
    for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
        assert_eq!(check_file(&whole[..cut]), Err(Unsealed::NoSeal), "{cut}");
    }
    let mut longer = whole.clone();
    longer.extend_from_slice(b"x\n");
    assert_eq!(check_file(&longer), Err(Unsealed::NoSeal));
}

#[test]
fn a_whole_file_with_another_report_or_the_seal_of_another_key_is_refused() {
    let (ours, another) = (signer(1), signer(2));
    let seal = ReportSeal::new(REPORT, None, &ours);
    assert_eq!(check_file(&file(&seal, b"{}", &ours)), Err(Unsealed::NoReport));
    // Whoever seals a file anew with a key of his own keeps the seal of the report, which is not by it.
    assert_eq!(check_file(&file(&seal, REPORT, &another)), Err(Unsealed::NoReport));
    let moved = ReportSeal { head: Some((8, [9; 32])), ..seal.clone() };
    assert_eq!(check_file(&file(&moved, REPORT, &ours)), Err(Unsealed::NoReport));
    assert!(!ReportSeal { digest: sha256(b"{}"), ..seal }.seals(b"{}"));
}
