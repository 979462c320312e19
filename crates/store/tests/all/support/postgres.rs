//! A PostgreSQL of the tests' own: a cluster in a temporary directory, shared by the tests of a process and gone with it,
//! and an empty database for whoever asks. Nothing of it is kept, so nothing of it is synced.
#![allow(clippy::print_stderr, clippy::disallowed_methods, reason = "test support")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Ends the cluster when its standard input ends, which it does however the tests end. With each line of it the cluster is ended as
/// a power cut would end it, and started again.
const KEEPER: &str = r#"
trap '' INT TERM HUP
exec > "$LOG" 2>&1
"$@" &
server=$!
while read -r _; do
    kill -QUIT $server
    wait $server
    "$@" &
    server=$!
done
kill -INT $server
wait $server
rm -rf "$PLACE"
"#;

struct Cluster {
    place: PathBuf,
    programs: PathBuf,
    /// Its standard input is what keeps the cluster.
    keeper: Child,
}

/// A cluster that one test has for itself, and may restart.
#[allow(dead_code, reason = "not every program of tests does")]
pub struct Own(Cluster);

#[allow(dead_code, reason = "not every program of tests does")]
impl Own {
    /// None where the server's programs are not installed.
    pub fn start() -> Option<Self> {
        let started = start().map(Self);
        if started.is_none() {
            eprintln!("the programs of PostgreSQL are not here: what restarts a database is skipped");
        }
        started
    }

    /// The address of its database.
    pub fn address(&self) -> String {
        format!("host={} user=onewindow dbname=postgres", self.0.place.display())
    }

    /// Ends it without warning and starts it again; returns when it answers.
    pub fn restart(&mut self) {
        let before = self.process();
        let keeper = self.0.keeper.stdin.as_mut().expect("the keeper listens");
        keeper.write_all(b"\n").expect("the keeper listens");
        let began = Instant::now();
        while self.process() == before || !accepts(&self.0.programs, &self.0.place) {
            assert!(began.elapsed() < Duration::from_secs(60), "the server does not come back");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops all its processes where they are: connections stay, and nothing is answered any more until what is given back is dropped.
    pub fn freeze(&self) -> Frozen {
        let server = self.process().expect("the server runs");
        // Itself first: then it starts no more of them.
        signal("STOP", std::slice::from_ref(&server));
        let mut processes = children(&server);
        signal("STOP", &processes);
        processes.push(server);
        Frozen(processes)
    }

    /// The number of its process, as its file says; none between two.
    fn process(&self) -> Option<String> {
        let file = std::fs::read_to_string(self.0.place.join("data/postmaster.pid")).ok()?;
        file.lines().next().map(str::to_owned)
    }
}

/// The processes of a server that stands still; they go on when this is dropped, however the test ends.
#[allow(dead_code, reason = "not every program of tests does")]
pub struct Frozen(Vec<String>);

impl Drop for Frozen {
    fn drop(&mut self) {
        signal("CONT", &self.0);
    }
}

#[allow(dead_code, reason = "not every program of tests does")]
fn signal(signal: &str, processes: &[String]) {
    if processes.is_empty() {
        return;
    }
    // One that has ended meanwhile is none to be told.
    let told = Command::new("kill").arg(format!("-{signal}")).args(processes).stderr(Stdio::null()).status();
    told.expect("processes are told");
}

/// The processes that a process has started.
#[allow(dead_code, reason = "not every program of tests does")]
fn children(parent: &str) -> Vec<String> {
    let of_parent = |entry: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // Behind its name, which may have anything in it: its state, then its parent.
        let (_, rest) = stat.rsplit_once(')')?;
        (rest.split_whitespace().nth(1)? == parent).then(|| entry.file_name().to_string_lossy().into_owned())
    };
    std::fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(of_parent).collect()
}

/// The address of an empty database: on the server that `ONEWINDOW_POSTGRES` names, whose role may create databases, or
/// on a cluster of our own. None where there is no PostgreSQL, unless `ONEWINDOW_REQUIRE_POSTGRES` says that there must be.
pub fn database() -> Option<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let since = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis());
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let name = format!("onewindow_{}_{since}_{number}", std::process::id());
    if let Ok(server) = std::env::var("ONEWINDOW_POSTGRES") {
        let mut command = Command::new("psql");
        command.args([server.as_str(), "-qc", &format!("CREATE DATABASE {name}")]);
        expect_success(command, "create a database");
        // A later `dbname` of a connection string is the one that counts; a URL has it as its path.
        return Some(match server.split_once("://") {
            None => format!("{server} dbname={name}"),
            Some((scheme, rest)) => {
                let (host, query) =
                    rest.split_once('?').map_or((rest, None), |(host, query)| (host, Some(query)));
                let host = host.split('/').next().unwrap_or(host);
                let query = query.map_or(String::new(), |query| format!("?{query}"));
                format!("{scheme}://{host}/{name}{query}")
            }
        });
    }
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    let Some(cluster) = CLUSTER.get_or_init(start) else {
        let required = std::env::var_os("ONEWINDOW_REQUIRE_POSTGRES").is_some();
        assert!(!required, "there is no PostgreSQL: install the server, or name one in ONEWINDOW_POSTGRES");
        eprintln!("there is no PostgreSQL: its tests are skipped");
        return None;
    };
    let host = cluster.place.display().to_string();
    let mut command = Command::new(cluster.programs.join("psql"));
    command.args([
        "-h",
        &host,
        "-U",
        "onewindow",
        "-d",
        "postgres",
        "-qc",
        &format!("CREATE DATABASE {name}"),
    ]);
    expect_success(command, "create a database");
    Some(format!("host={host} user=onewindow dbname={name}"))
}

/// Runs a statement on a database.
#[allow(dead_code, reason = "not every program of tests does")]
pub fn execute(address: &str, statement: &str) {
    let program = programs().map_or_else(|| "psql".into(), |programs| programs.join("psql"));
    let mut command = Command::new(program);
    command.args([address, "-qc", statement]);
    expect_success(command, "run a statement");
}

fn expect_success(mut command: Command, what: &str) {
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{what}: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("{what}: {error}"),
    }
}

/// Where the server's programs are: the newest version that is installed.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(version, path)| *version >= 15 && path.join("initdb").exists())
        .collect();
    versions.sort();
    let in_path = std::env::var_os("PATH");
    let in_path =
        in_path.iter().flat_map(std::env::split_paths).find(|folder| folder.join("initdb").exists());
    versions.pop().map(|(_, path)| path).or(in_path)
}

/// A command of the server, which refuses to run as root: then it is the user whom its package made.
fn as_server(program: &Path) -> Vec<String> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    let mut words = Vec::new();
    if root {
        words.extend(["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"].map(str::to_owned));
    }
    words.push(program.display().to_string());
    words
}

fn start() -> Option<Cluster> {
    let programs = programs()?;
    let place = tempfile::Builder::new().prefix("onewindow-postgres-").tempdir();
    // Its keeper removes it.
    let place = place.expect("a temporary directory").keep();
    let init = as_server(&programs.join("initdb"));
    if init.len() > 1 {
        let mut command = Command::new("chown");
        command.arg("postgres").arg(&place);
        expect_success(command, "give the directory to the server");
    }
    let data = place.join("data").display().to_string();
    let mut command = Command::new(&init[0]);
    command.args(&init[1..]).current_dir(&place).args(["-D", &data, "-A", "trust", "-U", "onewindow"]);
    command.args(["--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C.UTF-8"]);
    expect_success(command, "make a cluster");
    let server = as_server(&programs.join("postgres"));
    let socket = format!("unix_socket_directories={}", place.display());
    let settings = [
        socket.as_str(),
        "listen_addresses=",
        "fsync=off",
        "full_page_writes=off",
        "shared_buffers=32MB",
        "max_wal_size=64MB",
        "min_wal_size=32MB",
        "max_connections=300",
        "deadlock_timeout=200ms",
    ];
    let log = std::env::temp_dir().join(format!("{}.log", place.file_name().unwrap_or_default().display()));
    let mut command = Command::new("setsid");
    command.args(["sh", "-c", KEEPER, "keeper"]).args(&server).args(["-D", &data]).current_dir("/");
    command.args(settings.iter().flat_map(|setting| ["-c", setting]));
    command.env("PLACE", &place).env("LOG", &log);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut keeper = command.spawn().expect("the server is started");
    let began = Instant::now();
    while !accepts(&programs, &place) {
        if began.elapsed() > Duration::from_secs(30) {
            drop(keeper.stdin.take());
            panic!("the server does not answer: {}", std::fs::read_to_string(&log).unwrap_or_default());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    // It stays open as a file that nobody names any more.
    let _ = std::fs::remove_file(&log);
    Some(Cluster { place, programs, keeper })
}

fn accepts(programs: &Path, place: &Path) -> bool {
    let mut command = Command::new(programs.join("pg_isready"));
    command.arg("-q").arg("-h").arg(place).args(["-U", "onewindow", "-d", "postgres"]);
    command.stdin(Stdio::null()).status().is_ok_and(|status| status.success())
}
