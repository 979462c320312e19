//! The server as an operator runs it: backed up under load, drained, on a disk that fills up, with logs that tell no
//! secret.

use clearance::sample;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Where a space lies that commands are told of by their environment.
pub type Environment<'a> = &'a [(&'a str, &'a str)];

fn onewindow_in(folder: &Path, arguments: &str, environment: Environment<'_>) -> Output {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_onewindow"));
    command.args(words).current_dir(folder).envs(environment.iter().copied()).output().unwrap()
}

fn onewindow(folder: &Path, arguments: &str) -> Output {
    onewindow_in(folder, arguments, &[])
}

pub fn done_in(folder: &Path, arguments: &str, environment: Environment<'_>) -> Value {
    let output = onewindow_in(folder, arguments, environment);
    let (out, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0), "{arguments}: {out} {told}");
    serde_json::from_str(&out).unwrap_or(Value::Null)
}

fn done(folder: &Path, arguments: &str) -> Value {
    done_in(folder, arguments, &[])
}

/// A space with filed parties, a token for each, and messages to send: sender and bytes.
pub struct Space {
    folder: PathBuf,
    pub tokens: BTreeMap<String, String>,
    pub messages: Vec<(String, Vec<u8>)>,
}

fn space(folder: &Path, declarations: u32) -> Space {
    space_in(folder, declarations, ("--data zone", &[]))
}

pub fn space_in(folder: &Path, declarations: u32, (place, environment): (&str, Environment<'_>)) -> Space {
    done(folder, &format!("generate --declarations {declarations} --seed 7 --batch 1 --out messages"));
    done_in(folder, &format!("party import {place} messages/parties.json"), environment);
    issued(folder, (place, environment))
}

/// A token for each party, and the messages that lie there, as far as they are any.
fn issued(folder: &Path, (place, environment): (&str, Environment<'_>)) -> Space {
    let mut tokens = BTreeMap::new();
    for filing in sample::filings() {
        let (code, role) = (&filing.code, filing.roles[0].word());
        let issue = format!("token issue {place} --party {code} --role {role} --name test");
        let output = onewindow_in(folder, &issue, environment);
        tokens.insert(code.to_string(), String::from_utf8(output.stdout).unwrap().trim().to_owned());
    }
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder.join("messages")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    let messages = files
        .iter()
        .filter_map(|path| {
            let bytes = std::fs::read(path).unwrap();
            let parsed = ceb::parse(&bytes, &ceb::Limits::default()).message?;
            Some((parsed.transfer?.cop_code.to_string(), bytes))
        })
        .collect();
    Space { folder: folder.to_owned(), tokens, messages }
}

/// A server at work; what it says is kept.
pub struct Server {
    child: Child,
    pub address: String,
    said: std::thread::JoinHandle<String>,
}

pub fn serve(folder: &Path, arguments: &str, log: &str) -> Server {
    serve_in(folder, arguments, log, &[])
}

pub fn serve_in(folder: &Path, arguments: &str, log: &str, environment: Environment<'_>) -> Server {
    let mut child = Command::new(env!("CARGO_BIN_EXE_onewindow"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env("RUST_LOG", log)
        .envs(environment.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    let address = loop {
        let mut line = String::new();
        assert!(errors.read_line(&mut line).unwrap() > 0, "the server did not start: {said}");
        said.push_str(&line);
        if line.starts_with("onewindow serves") {
            break line[line.find("http://").unwrap()..].trim().to_owned();
        }
    };
    let said = std::thread::spawn(move || {
        let mut rest = String::new();
        errors.read_to_string(&mut rest).unwrap();
        said + &rest
    });
    Server { child, address, said }
}

impl Server {
    /// Tells it to end; its exit code, how long that took, and what it said.
    pub fn stop(mut self) -> (Option<i32>, Duration, String) {
        let started = Instant::now();
        let kill = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let code = self.child.wait().unwrap().code();
        (code, started.elapsed(), self.said.join().unwrap())
    }
}

/// Sends the messages that lie in a folder to a server of the space that the environment names, in order.
pub fn sent(folder: &Path, environment: Environment<'_>) {
    let space = issued(folder, ("", environment));
    let server = serve_in(folder, "", "warn", environment);
    for (sender, bytes) in &space.messages {
        let Some(token) = space.tokens.get(sender) else { continue };
        let (status, _, told) = post(&agent(), &server.address, token, bytes).unwrap();
        assert!(status < 500, "{status} {told}");
    }
    assert_eq!(server.stop().0, Some(0));
}

/// Status, `Retry-After` and body; none when no answer came.
pub fn post(agent: &ureq::Agent, address: &str, token: &str, bytes: &[u8]) -> Option<(u16, bool, Value)> {
    let mut response = agent
        .post(format!("{address}/v1/messages"))
        .header("authorization", format!("Bearer {token}"))
        .send(bytes)
        .ok()?;
    let retry = response.headers().contains_key("retry-after");
    let body = serde_json::from_str(&response.body_mut().read_to_string().ok()?).ok()?;
    Some((response.status().as_u16(), retry, body))
}

pub fn get(address: &str, path: &str, token: &str) -> (u16, String) {
    let mut response = agent()
        .get(format!("{address}{path}"))
        .header("authorization", format!("Bearer {token}"))
        .call()
        .unwrap_or_else(|error| panic!("{address}{path}: {error}"));
    (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(Duration::from_secs(20))).build().new_agent()
}

/// Sends from four threads until told to stop or all is sent; digests of what was acknowledged, in order of sending.
fn send_all(space: &Space, address: &str, stop: &AtomicBool, acknowledged: &Mutex<Vec<String>>) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let agent = agent();
                while !stop.load(Ordering::SeqCst) {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    let Some((sender, bytes)) = space.messages.get(at) else { return };
                    match post(&agent, address, &space.tokens[sender], bytes) {
                        Some((200, _, answer)) => {
                            let sha = answer["message"]["sha256"].as_str().unwrap();
                            acknowledged.lock().unwrap().push(format!("{sender} {sha}"));
                        }
                        Some((503, retry, problem)) => {
                            assert!(retry && problem["detail"].is_string(), "{problem}");
                        }
                        None => return,
                        Some((status, _, problem)) => panic!("{status} {problem}"),
                    }
                }
            });
        }
    });
}

#[test]
fn backups_of_a_server_at_work_hold_all_that_was_acknowledged_before() {
    let folder = tempfile::tempdir().unwrap();
    let space = space(folder.path(), 400);
    let path = space.folder.as_path();
    let server = serve(path, "--data zone --keep-free 0", "warn");
    let (stop, acknowledged) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let mut taken = 0;
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| send_all(&space, &server.address, &stop, &acknowledged));
        loop {
            let last = sender.is_finished();
            let before = acknowledged.lock().unwrap().clone();
            let manifest = done(path, "backup --data zone --out backup --json");
            // One in three is restored, verified and asked for everything.
            if taken % 3 == 0 || last {
                let restored =
                    done(path, "restore --from backup --data restored --master-key zone.key --json");
                assert_eq!(restored["position"], manifest["position"]);
                assert_eq!(restored["head"], manifest["head"]);
                let verified = done(path, "verify --data restored --master-key zone.key --json");
                assert_eq!(verified["clean"], true, "{verified}");
                let copy = serve(path, "--data restored --master-key zone.key --keep-free 0", "warn");
                for line in &before {
                    let (sender, sha) = line.split_once(' ').unwrap();
                    let (status, _) =
                        get(&copy.address, &format!("/v1/messages?sha256={sha}"), &space.tokens[sender]);
                    assert_eq!(status, 200, "backup {taken}: acknowledged before it, and not in it");
                }
                assert_eq!(copy.stop().0, Some(0));
                std::fs::remove_dir_all(path.join("restored")).unwrap();
            }
            taken += 1;
            if last {
                break;
            }
        }
        stop.store(true, Ordering::SeqCst);
    });
    assert!(taken > 2, "{taken} backups");
    assert_eq!(acknowledged.lock().unwrap().len(), space.messages.len(), "backups kept nobody from sending");
    let (code, ..) = server.stop();
    assert_eq!(code, Some(0));
    // No key, no restoring; and the operator is told where his key is.
    let output = onewindow(path, "restore --from backup --data elsewhere");
    assert_eq!(output.status.code(), Some(1));
    let output = onewindow(path, "backup --data zone --out backup");
    assert!(String::from_utf8_lossy(&output.stderr).contains("zone.key"));
    let key = std::fs::read_to_string(path.join("zone.key")).unwrap();
    for entry in std::fs::read_dir(path.join("backup")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(64).any(|window| window == key.trim().as_bytes()));
    }
}

#[test]
fn a_server_that_is_told_to_end_answers_what_it_took_and_ends_with_zero() {
    let folder = tempfile::tempdir().unwrap();
    let space = space(folder.path(), 150);
    let path = space.folder.as_path();
    let log = "trace";
    let server = serve(path, "--data zone --drain 5 --keep-free 0 --log-format json", log);
    let address = server.address.clone();
    let (stop, acknowledged) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let said = std::thread::scope(|scope| {
        scope.spawn(|| send_all(&space, &address, &stop, &acknowledged));
        while acknowledged.lock().unwrap().len() < 50 {
            std::thread::sleep(Duration::from_millis(5));
        }
        let (code, took, said) = server.stop();
        assert_eq!(code, Some(0), "{said}");
        assert!(took < Duration::from_secs(7), "{took:?}");
        stop.store(true, Ordering::SeqCst);
        said
    });
    // Every line but what is said at the start is one JSON object, and none tells a token or a person.
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with('{')).collect();
    assert!(lines.len() > 20, "{said}");
    for line in &lines {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(value["level"].is_string() && value["timestamp"].is_string(), "{line}");
    }
    let key = std::fs::read_to_string(path.join("zone.key")).unwrap();
    assert!(!said.contains(key.trim()));
    for token in space.tokens.values() {
        assert!(!said.contains(token.as_str()), "a token is in the log");
    }
    // What was acknowledged is there.
    let server = serve(path, "--data zone --keep-free 0", "warn");
    for line in acknowledged.lock().unwrap().iter() {
        let (sender, sha) = line.split_once(' ').unwrap();
        let found = get(&server.address, &format!("/v1/messages?sha256={sha}"), &space.tokens[sender]);
        assert_eq!(found.0, 200, "acknowledged, lost");
    }
    assert_eq!(server.stop().0, Some(0));
}

/// A disk of its own, for as long as this lives; none where the system does not let us.
pub struct Disk(PathBuf);

impl Disk {
    pub fn new(path: &Path, kibibytes: u32) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let size = format!("size={kibibytes}k");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path).output().ok()?;
        mounted.status.success().then(|| Self(path.to_owned()))
    }

    fn mount_again(&self, options: &str) {
        let done = Command::new("mount").args(["-o", options]).arg(&self.0).status().unwrap();
        assert!(done.success(), "{options}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn on_a_disk_that_fills_up_nothing_acknowledged_is_lost_and_intake_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("disk");
    let Some(disk) = Disk::new(&place, 12 << 10) else {
        eprintln!("skipped: this system lets us mount no disk");
        return;
    };
    let space = space(folder.path(), 400);
    std::fs::rename(folder.path().join("zone"), place.join("zone")).unwrap_or_else(|_| {
        let copied = Command::new("cp").arg("-a").arg(folder.path().join("zone")).arg(&place).status();
        assert!(copied.unwrap().success());
    });
    let key = folder.path().join("zone.key");
    // Once with a guard, which stops intake before the disk is full; once without, so that a commit fails.
    for keep_free in [4, 0] {
        let arguments = format!("--data disk/zone --master-key {} --keep-free {keep_free}", key.display());
        let mut server = serve(folder.path(), &arguments, "warn");
        let acknowledged = Mutex::new(Vec::new());
        let closed = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| send_all(&space, &server.address, &closed, &acknowledged));
            let started = Instant::now();
            let open = || {
                let (_, health) = get(&server.address, "/health", "");
                serde_json::from_str::<Value>(&health).unwrap()["intake"]["open"] == true
            };
            while open() {
                assert!(started.elapsed() < Duration::from_secs(60), "the disk never filled up");
                std::thread::sleep(Duration::from_millis(20));
            }
            closed.store(true, Ordering::SeqCst);
        });
        assert!(server.child.try_wait().unwrap().is_none(), "the server lives");
        let (status, why) = get(&server.address, "/ready", "");
        assert_eq!(status, 503, "{why}");
        let readable = |server: &Server| {
            for line in acknowledged.lock().unwrap().iter() {
                let (sender, sha) = line.split_once(' ').unwrap();
                let path = format!("/v1/messages?sha256={sha}");
                assert_eq!(get(&server.address, &path, &space.tokens[sender]).0, 200, "acknowledged, lost");
            }
        };
        readable(&server);
        // Room again, without anybody telling the server.
        disk.mount_again(&format!("remount,size={}k", if keep_free > 0 { 20 << 10 } else { 64 << 10 }));
        let started = Instant::now();
        while get(&server.address, "/ready", "").0 != 200 {
            assert!(started.elapsed() < Duration::from_secs(30), "intake did not go on");
            std::thread::sleep(Duration::from_millis(50));
        }
        let (sender, bytes) = &space.messages[space.messages.len() - 1];
        assert_eq!(post(&agent(), &server.address, &space.tokens[sender], bytes).unwrap().0, 200);
        readable(&server);
        let (code, _, said) = server.stop();
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("intake is closed"), "{said}");
        // The guard looks once a second: a disk this small may be faster.
        assert!(keep_free > 0 || said.contains("the store is open again"), "{said}");
    }
    let verify = format!("verify --data disk/zone --master-key {} --json", key.display());
    assert_eq!(done(folder.path(), &verify)["clean"], true);
}

/// A folder that nothing can be written to any more, whatever is open in it; none where the system does not let us.
struct ReadOnly(PathBuf);

impl ReadOnly {
    fn new(path: &Path) -> Option<Self> {
        let mount = |options: &[&str], places: &[&Path]| {
            let done = Command::new("mount").args(options).args(places).output();
            done.is_ok_and(|output| output.status.success())
        };
        // Mounted over itself: what was open stays so, and every path leads to what is read-only.
        let mounted = mount(&["--bind"], &[path, path]).then(|| Self(path.to_owned()))?;
        mount(&["-o", "remount,bind,ro"], &[path]).then_some(mounted)
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn on_a_disk_that_turns_read_only_intake_stops_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let space = space(folder.path(), 10);
    let server = serve(folder.path(), "--data zone --keep-free 0", "warn");
    let send = |at: usize| {
        let (sender, bytes) = &space.messages[at];
        post(&agent(), &server.address, &space.tokens[sender], bytes).unwrap()
    };
    let until_ready = |wanted: u16| {
        let started = Instant::now();
        while get(&server.address, "/ready", "").0 != wanted {
            assert!(started.elapsed() < Duration::from_secs(30), "it is never {wanted}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    let (status, _, answer) = send(0);
    assert_eq!(status, 200, "{answer}");
    let found = format!("/v1/messages?sha256={}", answer["message"]["sha256"].as_str().unwrap());
    let found = || get(&server.address, &found, &space.tokens[&space.messages[0].0]).0;
    assert_eq!(found(), 200);
    let Some(read_only) = ReadOnly::new(&folder.path().join("zone")) else {
        eprintln!("skipped: this system lets us mount nothing");
        assert_eq!(server.stop().0, Some(0));
        return;
    };
    until_ready(503);
    let (_, health) = get(&server.address, "/health", "");
    assert!(health.contains("disk-read-only"), "{health}");
    let (status, retry, problem) = send(1);
    assert!(status == 503 && retry && problem["detail"].is_string(), "{status} {problem}");
    // What was acknowledged is read meanwhile.
    assert_eq!(found(), 200);
    drop(read_only);
    until_ready(200);
    let (status, _, answer) = send(1);
    assert_eq!(status, 200, "{answer}");
    let (code, _, said) = server.stop();
    assert!(code == Some(0) && said.contains("intake is closed"), "{said}");
    assert!(said.contains("intake is open again"), "{said}");
    assert_eq!(done(folder.path(), "verify --data zone --json")["clean"], true);
}

/// What PostgreSQL says (53100) where it cannot make a table longer.
const NO_ROOM: &str = "CREATE FUNCTION onewindow.no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; \
    CREATE TRIGGER no_room BEFORE INSERT ON onewindow.ledger FOR EACH STATEMENT EXECUTE FUNCTION onewindow.no_room()";

#[test]
fn on_a_database_without_room_nothing_acknowledged_is_lost_and_intake_goes_on() {
    let Some(address) = crate::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let environment = [("ONEWINDOW_DATABASE", address.as_str()), ("ONEWINDOW_MASTER_KEY", "space.key")];
    done_in(path, "migrate", &environment);
    let space = space_in(path, 100, ("", &environment));
    let mut server = serve_in(path, "", "warn", &environment);
    let send = |server: &Server, at: usize| {
        let (sender, bytes) = &space.messages[at];
        post(&agent(), &server.address, &space.tokens[sender], bytes).unwrap()
    };
    let kept = |answer: &Value| answer["message"]["sha256"].as_str().unwrap().to_owned();
    let mut acknowledged = Vec::new();
    for at in 0..20 {
        let (status, _, answer) = send(&server, at);
        assert_eq!(status, 200, "{answer}");
        acknowledged.push((at, kept(&answer)));
    }
    crate::database::execute(&address, NO_ROOM);
    // Whoever sends now is told to come again, and may read meanwhile.
    for at in 20..25 {
        let (status, retry, problem) = send(&server, at);
        assert!(status == 503 && retry && problem["detail"].is_string(), "{status} {problem}");
    }
    assert!(server.child.try_wait().unwrap().is_none(), "the server lives");
    let (status, why) = get(&server.address, "/ready", "");
    assert_eq!(status, 503, "{why}");
    let readable = |server: &Server, all: &[(usize, String)]| {
        for (at, sha) in all {
            let found = format!("/v1/messages?sha256={sha}");
            let token = &space.tokens[&space.messages[*at].0];
            assert_eq!(get(&server.address, &found, token).0, 200, "acknowledged, lost");
        }
    };
    readable(&server, &acknowledged);
    // Room again, without anybody telling the server.
    crate::database::execute(&address, "DROP TRIGGER no_room ON onewindow.ledger");
    let started = Instant::now();
    while get(&server.address, "/ready", "").0 != 200 {
        assert!(started.elapsed() < Duration::from_secs(30), "intake did not go on");
        std::thread::sleep(Duration::from_millis(50));
    }
    for at in 20..space.messages.len() {
        let (status, _, answer) = send(&server, at);
        assert_eq!(status, 200, "{answer}");
        acknowledged.push((at, kept(&answer)));
    }
    readable(&server, &acknowledged);
    let (code, _, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("intake is closed") && said.contains("the store is open again"), "{said}");
    assert_eq!(done_in(path, "verify --json", &environment)["clean"], true);
}
