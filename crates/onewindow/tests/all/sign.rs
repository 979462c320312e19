//! Senders sign without a screen: with a key in a file, and with one in a hardware token, for which SoftHSM stands.

use ceb::signature::{
    Algorithm, GeneratedKey, Subject, Verifier, generate_ed25519, generate_rsa, generate_sm2,
};
use clearance::party::Role;
use clearance::sample;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, CertificateType, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PIN: &str = "648219";

fn run(folder: &Path, arguments: &str, variables: &[(&str, &str)]) -> Output {
    let words = arguments.split_whitespace();
    let mut command = Command::new(env!("CARGO_BIN_EXE_onewindow"));
    command.args(words).current_dir(folder).env_remove("ONEWINDOW_PIN").envs(variables.iter().copied());
    command.output().unwrap()
}

/// Exit code, standard output as JSON, and all that was said.
fn told(output: &Output) -> (Option<i32>, Value, String) {
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let all = format!("{out}{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), serde_json::from_str(&out).unwrap_or(Value::Null), all)
}

fn agent() -> clearance::party::Filing {
    sample::filings().into_iter().find(|filing| filing.has(Role::Agent)).unwrap()
}

fn subject(code: &str) -> Subject<'_> {
    Subject {
        enterprise_code: code,
        enterprise_name: "样例报关",
        serial: 0x51_6E,
        not_before: 20_200_101_000_000,
        not_after: 20_491_231_235_959,
    }
}

fn keep(folder: &Path, name: &str, key: &GeneratedKey) {
    std::fs::write(folder.join(format!("{name}.pem")), &key.private_key_pem).unwrap();
    std::fs::write(folder.join(format!("{name}.cer")), &key.certificate_der).unwrap();
}

fn messages(folder: &Path, declarations: u32) -> PathBuf {
    let (code, _, said) = told(&run(
        folder,
        &format!("generate --declarations {declarations} --seed 7 --batch 1 --out messages"),
        &[],
    ));
    assert_eq!(code, Some(0), "{said}");
    folder.join("messages")
}

/// The message of the one declaration.
fn declaration(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.into_iter().find(|path| path.display().to_string().ends_with("-621.xml")).unwrap()
}

#[test]
fn a_key_in_a_file_signs_a_folder_and_anybody_sees_whose_signature_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let count = std::fs::read_dir(messages(path, 2)).unwrap().count() - 1;
    let code = agent().code;
    keep(path, "rsa", &generate_rsa(2048, &subject(&code)).unwrap());
    keep(path, "sm2", &generate_sm2(&subject(&code)).unwrap());
    for (key, asked, algorithm) in [
        ("rsa", "", "rsa-sha256"),
        ("rsa", "--algorithm rsa-sha1", "rsa-sha1"),
        ("sm2", "", "sm2-sm3"),
        ("sm2", "--key-name C00000001", "sm2-sm3"),
    ] {
        let command = format!(
            "sign messages --private-key {key}.pem --certificate {key}.cer --out signed {asked} --json"
        );
        let (exit, answer, said) = told(&run(path, &command, &[]));
        assert_eq!((exit, answer["files"].as_array().map(Vec::len)), (Some(0), Some(count)), "{said}");
        let (exit, answer, said) = told(&run(path, "sign --verify signed --json", &[]));
        assert_eq!(exit, Some(0), "{said}");
        let file = &answer["files"][0];
        assert_eq!((&file["holds"], &file["algorithm"]), (&json!(true), &json!(algorithm)), "{said}");
        assert_eq!(file["certificate"]["enterpriseCode"], code.as_str());
        let name = if asked.contains("key-name") { "C00000001" } else { "516e" };
        assert_eq!(file["keyName"], name, "{file}");
        assert!(file["covers"]["copCode"].is_string() && file["covers"]["documents"] == 1, "{file}");
    }
    // A message that was changed, one without a signature, and what was signed already.
    let signed = declaration(&path.join("signed"));
    let text = std::fs::read_to_string(&signed).unwrap();
    std::fs::write(path.join("changed.xml"), text.replacen("<ceb:appStatus>2", "<ceb:appStatus>1", 1))
        .unwrap();
    for wrong in ["changed.xml", "messages"] {
        let (exit, answer, said) = told(&run(path, &format!("sign --verify {wrong} --json"), &[]));
        assert_eq!((exit, &answer["files"][0]["holds"]), (Some(1), &json!(false)), "{said}");
    }
    let again = "sign signed --private-key rsa.pem --certificate rsa.cer --out again";
    let (exit, _, said) = told(&run(path, again, &[]));
    assert!(exit == Some(1) && said.contains("0 of") && said.contains("signature"), "{said}");
    assert!(
        std::fs::read_dir(path.join("again")).unwrap().next().is_none(),
        "nothing is left of what failed"
    );
    // A key and a certificate of another, and what no command line may be.
    let (exit, _, said) =
        told(&run(path, "sign messages --private-key rsa.pem --certificate sm2.cer --out x", &[]));
    assert!(exit == Some(1) && said.contains("of another key"), "{said}");
    for wrong in [
        "sign messages --out x",
        "sign messages --private-key rsa.pem --certificate rsa.cer",
        "sign messages --private-key rsa.pem --out x",
        "sign messages --module m.so --out x",
        "sign messages --module m.so --token t --key k --private-key rsa.pem --certificate rsa.cer --out x",
        "sign messages --module m.so --token t --key k --pin 1234 --out x",
    ] {
        assert_eq!(run(path, wrong, &[]).status.code(), Some(2), "{wrong}");
    }
}

/// Where SoftHSM's module lies; none where it is not installed, unless `ONEWINDOW_REQUIRE_SOFTHSM` says that it must be.
fn module() -> Option<PathBuf> {
    let places = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so"];
    let found = places.iter().map(PathBuf::from).find(|place| place.exists());
    let required = std::env::var_os("ONEWINDOW_REQUIRE_SOFTHSM").is_some();
    assert!(found.is_some() || !required, "there is no SoftHSM: install softhsm2");
    found
}

/// A token with a key and its certificate under one id. SoftHSM is told its folder by a variable, which a test cannot set
/// for itself: the certificate is put in by this program, started again.
fn token(folder: &Path, module: &Path, key: &GeneratedKey) -> String {
    std::fs::create_dir_all(folder.join("tokens")).unwrap();
    let settings = folder.join("softhsm.conf");
    let tokens = folder.join("tokens").display().to_string();
    std::fs::write(&settings, format!("directories.tokendir = {tokens}\nobjectstore.backend = file\n"))
        .unwrap();
    let settings = settings.display().to_string();
    keep(folder, "key", key);
    let in_token = |arguments: &str| {
        let output = Command::new("softhsm2-util")
            .args(arguments.split_whitespace())
            .current_dir(folder)
            .env("SOFTHSM2_CONF", &settings)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    };
    in_token(&format!("--init-token --free --label port --so-pin 9{PIN} --pin {PIN}"));
    in_token(&format!("--import key.pem --token port --label signing --id 0A --pin {PIN}"));
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "sign::puts_the_certificate_into_a_token"])
        .envs([("SOFTHSM2_CONF", settings.as_str()), ("TOKEN_MODULE", &module.display().to_string())])
        .env("TOKEN_CERTIFICATE", folder.join("key.cer"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    std::fs::remove_file(folder.join("key.pem")).unwrap();
    settings
}

#[test]
#[ignore = "run by the story of the hardware token, with its variables"]
fn puts_the_certificate_into_a_token() {
    let named = |name: &str| std::env::var(name).unwrap();
    let module = Pkcs11::new(named("TOKEN_MODULE")).unwrap();
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    let session = module.open_rw_session(module.get_slots_with_initialized_token().unwrap()[0]).unwrap();
    session.login(UserType::User, Some(&AuthPin::new(PIN.into()))).unwrap();
    session
        .create_object(&[
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Id(vec![0x0A]),
            Attribute::Subject(b"\x30\x00".to_vec()),
            Attribute::Value(std::fs::read(named("TOKEN_CERTIFICATE")).unwrap()),
        ])
        .unwrap();
}

#[test]
fn a_key_in_a_hardware_token_signs_what_a_zone_accepts_of_its_party() {
    let Some(module) = module() else {
        println!("there is no SoftHSM: the story of the hardware token is skipped");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let sent = messages(path, 1);
    let agent = agent();
    let key = generate_rsa(2048, &subject(&agent.code)).unwrap();
    let settings = token(path, &module, &key);
    // The zone has the certificate of the declaring unit, and lets it declare nothing unsigned.
    let parties = sent.join("parties.json");
    let mut filings: Value = serde_json::from_slice(&std::fs::read(&parties).unwrap()).unwrap();
    let filing =
        filings.as_array_mut().unwrap().iter_mut().find(|filing| filing["code"] == agent.code.as_str());
    let filing = filing.unwrap();
    filing["certificates"] = json!([key.certificate_pem()]);
    filing["signatureRequired"] = json!(true);
    std::fs::write(&parties, filings.to_string()).unwrap();
    assert_eq!(run(path, "party import --data zone messages/parties.json", &[]).status.code(), Some(0));
    let mut tokens = String::new();
    for filing in sample::filings() {
        let (code, role) = (&filing.code, filing.roles[0].word());
        let issue = format!("token issue --data zone --party {code} --role {role} --name test");
        tokens += &format!("{code} {}\n", String::from_utf8(run(path, &issue, &[]).stdout).unwrap().trim());
    }
    std::fs::write(path.join("tokens.txt"), tokens).unwrap();
    let declaration = declaration(&sent).display().to_string();
    let place = format!("--module {} --token port --key signing", module.display());
    let sign = |more: &str, pin: Option<&str>| {
        let mut variables = vec![("SOFTHSM2_CONF", settings.as_str())];
        variables.extend(pin.map(|pin| ("ONEWINDOW_PIN", pin)));
        told(&run(path, &format!("sign {declaration} {place} {more}"), &variables))
    };
    for (algorithm, known) in [("rsa-sha1", Algorithm::RsaSha1), ("rsa-sha256", Algorithm::RsaSha256)] {
        let (exit, _, said) = sign(&format!("--algorithm {algorithm} --out {algorithm}.xml"), Some(PIN));
        assert_eq!(exit, Some(0), "{said}");
        let bytes = std::fs::read(path.join(format!("{algorithm}.xml"))).unwrap();
        let verified = Verifier::new().verify(&bytes).unwrap();
        assert_eq!(verified.algorithm, known);
        assert_eq!(verified.certificate.enterprise_code.as_deref(), Some(agent.code.as_str()));
    }
    std::fs::write(path.join("pin"), format!("{PIN}\n")).unwrap();
    assert_eq!(sign("--pin-file pin --out by-file.xml", None).0, Some(0));
    // What is wrong is told, and no PIN with it.
    for (more, pin, expected) in [
        ("--out x.xml", None, "ONEWINDOW_PIN"),
        ("--out x.xml", Some("999999"), "does not accept the PIN"),
        ("--algorithm sm2-sm3 --out x.xml", Some(PIN), "sm2-sm3"),
    ] {
        let (exit, _, said) = sign(more, pin);
        assert!(exit == Some(1) && said.contains(expected) && !said.contains(PIN), "{expected}: {said}");
    }
    let elsewhere =
        format!("sign {declaration} --module {} --token other --key signing --out x.xml", module.display());
    let (_, _, said) = told(&run(path, &elsewhere, &[("SOFTHSM2_CONF", &settings), ("ONEWINDOW_PIN", PIN)]));
    assert!(said.contains("there are: port"), "{said}");
    let others = generate_rsa(2048, &subject(&agent.code)).unwrap();
    keep(path, "others", &others);
    let (exit, _, said) = sign("--certificate others.cer --out x.xml", Some(PIN));
    assert!(exit == Some(1) && said.contains("is the certificate that of the key?"), "{said}");
    assert!(!path.join("x.xml").exists());

    let server = crate::operations::serve(path, "--data zone", "warn");
    let submit = |what: &str| {
        let command = format!("submit --server {} --tokens tokens.txt {what} --json", server.address);
        told(&run(path, &command, &[]))
    };
    let (exit, answer, said) = submit("messages");
    assert_eq!((exit, &answer["byRule"]["signature-missing"]), (Some(1), &json!(1)), "{said}");
    let (exit, answer, said) = submit("rsa-sha256.xml");
    assert!(exit == Some(0) && answer["documents"] == 1 && answer["byStatus"]["120"].is_null(), "{said}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn an_answer_of_original_payment_data_is_signed_and_stays_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let code = agent().code;
    keep(path, "rsa", &generate_rsa(2048, &subject(&code)).unwrap());
    let head = r#"{ "guid":"g", "initalRequest":"r","initalResponse":"ok","ebpCode":"5301960101","payCode":"5301960301",
        "payTransactionId":"T1","totalAmount":100.5,"currency":"142","verDept":"3","payType":"1","tradingTime":"20261123100000","note":""}"#;
    let lists = r#"[{"orderNo":"O1","goodsInfo":[{"gname":"样例一","itemLink":"https://shop.example/1"}],"recpAccount":"A1","recpCode":"","recpName":"样例"}]"#;
    let answer = |head: &str| {
        format!(
            r#"{{"sessionID":"S1","payExchangeInfoHead":{head},"payExchangeInfoLists":{lists},"serviceTime":1795399200000}}"#
        )
    };
    std::fs::write(path.join("answer.json"), answer(head)).unwrap();
    let command = "sign answer.json --private-key rsa.pem --certificate rsa.cer --out signed.json";
    let (exit, _, said) = told(&run(path, command, &[]));
    assert_eq!(exit, Some(0), "{said}");
    let signed = std::fs::read_to_string(path.join("signed.json")).unwrap();
    assert!(signed.contains(head) && signed.contains(lists), "{signed}");
    let data = register::payment_data::form::parse(&signed).unwrap();
    assert_eq!((data.certificate.as_str(), data.session.as_str()), ("516e", "S1"));
    let certificate = std::fs::read(path.join("rsa.cer")).unwrap();
    let verified =
        Verifier::new().verify_bytes(&certificate, data.signed[0].as_bytes(), &data.signature).unwrap();
    assert_eq!(verified.0, Algorithm::RsaSha256);
    // What is incomplete is told and not signed.
    std::fs::write(path.join("answer.json"), answer(&head.replace("\"T1\"", "\"\""))).unwrap();
    let (exit, _, said) = told(&run(path, &command.replace("signed", "other"), &[]));
    assert!(exit == Some(1) && said.contains("payTransactionId不为空"), "{said}");
    assert!(!path.join("other.json").exists());
}

/// A party's machine registers its key over the interface; from then on its token is worth nothing without it.
#[test]
fn a_machine_submits_with_its_key_and_nobody_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let sent = messages(path, 1);
    let agent = agent();
    let office = sample::filings().into_iter().find(|filing| filing.has(Role::Officer)).unwrap();
    assert_eq!(run(path, "party import --data zone messages/parties.json", &[]).status.code(), Some(0));
    let key = generate_ed25519(&subject(&agent.code)).unwrap();
    let facts = ceb::signature::CertificateFacts::read_with_key(&key.certificate_der).unwrap().0;
    let keyid = register::certificate::fingerprint(&facts);
    std::fs::write(path.join("machine.pem"), format!("{}{}", key.private_key_pem, key.certificate_pem()))
        .unwrap();
    let issue = |code: &str, role: &str, more: &str| {
        let command = format!("token issue --data zone --party {code} --role {role} --name test {more}");
        let output = run(path, &command, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output).2);
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let bound = issue(&agent.code, "agent", &format!("--bound-to {keyid}"));
    let (own, officer) = (issue(&agent.code, "agent", ""), issue(&office.code, "officer", ""));
    let (exit, _, said) =
        told(&run(path, "token issue --data zone --party x --role agent --name t --bound-to X", &[]));
    assert!(exit == Some(2) && said.contains("SHA-256"), "{said}");
    assert!(
        told(&run(path, "token list --data zone", &[]))
            .2
            .contains(&format!("bound to {}:{keyid}", agent.code))
    );
    let server = crate::operations::serve(path, "--data zone --signature-window 60", "warn");
    let client = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let act = |token: &str, body: Value| {
        let address = format!("{}/v1/registers/certificates/{}:{keyid}/actions", server.address, agent.code);
        let request = client.post(&address).header("authorization", format!("Bearer {token}"));
        let mut response = request.header("content-type", "application/json").send(body.to_string()).unwrap();
        assert_eq!(response.status(), 200, "{}", response.body_mut().read_to_string().unwrap());
    };
    let body = json!({"pem": key.certificate_pem(), "purposes": ["requests"], "holder": "machine"});
    act(&own, json!({"action": "register", "body": body}));
    let declaration = declaration(&sent).display().to_string();
    let submit = |more: &str| {
        let command = format!("submit {declaration} --server {} {more} --json", server.address);
        told(&run(path, &command, &[("ONEWINDOW_TOKEN", &bound)]))
    };
    let (exit, _, said) = submit("--request-key machine.pem");
    assert!(exit == Some(1) && said.contains("not approved"), "{said}");
    act(&officer, json!({"action": "approve", "version": 1}));
    let (exit, _, said) = submit("");
    assert!(exit == Some(1) && said.contains("signature of its key alone"), "{said}");
    let (exit, answer, said) = submit("--request-key machine.pem");
    assert_eq!((exit, answer["documents"].as_u64()), (Some(0), Some(1)), "{said}");
    act(&own, json!({"action": "revoke", "version": 2, "note": "stolen"}));
    let (exit, _, said) = submit(&format!("--request-key machine.pem --key-id {keyid}"));
    assert!(exit == Some(1) && said.contains("was revoked at") && said.contains("stolen"), "{said}");
    assert_eq!(server.stop().0, Some(0));
}
