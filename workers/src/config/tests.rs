use super::*;

fn config(arguments: &[&str]) -> Result<Config, Error> {
    let secrets = std::env::temp_dir();
    let base = [
        "vigil-worker",
        "--secrets-dir",
        secrets.to_str().expect("a temporary directory in UTF-8"),
    ];
    Options::try_parse_from(base.iter().chain(arguments))
        .expect("flags that parse")
        .try_into()
}

const URL: &str = "postgres://vigil_worker:s3cret-canary@127.0.0.1:5433/vigil";

fn refusal(arguments: &[&str]) -> String {
    let mut all = vec!["--database-url", URL];
    all.extend_from_slice(arguments);
    config(&all)
        .expect_err("settings that do not fit")
        .to_string()
}

#[test]
fn defaults_fit_together() {
    let config = config(&["--database-url", URL]).expect("the defaults are valid");
    assert_eq!(config.options.deadline, Duration::from_secs(15));
    assert_eq!(
        config.options.listen,
        "127.0.0.1:9464".parse().expect("an address")
    );
    assert!(config.options.lease >= config.options.deadline + 2 * config.options.database_timeout);
    assert!(
        config.options.shutdown_timeout > config.options.deadline,
        "a shutdown lets every delivery end"
    );
}

#[test]
fn reaches_postgres_by_socket_and_by_tcp() {
    for url in [
        "host=/run/postgresql port=5433 user=vigil_worker dbname=vigil",
        "postgres://vigil_worker@%2Frun%2Fpostgresql:5433/vigil",
        "postgres:///vigil?host=/run/postgresql&user=vigil_worker&port=5433",
    ] {
        let config =
            config(&["--database-url", url]).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert!(
            matches!(config.database.get_hosts(), [tokio_postgres::config::Host::Unix(path)] if path.as_os_str() == "/run/postgresql"),
            "{url}"
        );
        assert_eq!(config.database.get_ports(), [5433], "{url}");
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    for arguments in [
        &["--lease", "20s"][..],
        &["--lease", "34s"],
        &["--lease", "11m"],
        &[
            "--lease",
            "4s",
            "--deadline",
            "1s",
            "--database-timeout",
            "1s",
        ],
        &["--deadline", "10ms"],
        &["--poll-interval", "2h"],
        &["--concurrency", "0"],
        &["--batch", "1001"],
        &["--secrets-dir", "/nonexistent/secrets"],
        &["--database-password-file", "/nonexistent/password"],
        &["--log", "vigil_worker=loud"],
    ] {
        // A flag may be given once; --secrets-dir is in the base.
        let message = if arguments[0] == "--secrets-dir" {
            let options = Options::try_parse_from(
                [&["vigil-worker", "--database-url", URL], arguments].concat(),
            );
            Config::try_from(options.expect("flags that parse"))
                .expect_err("no such directory")
                .to_string()
        } else {
            refusal(arguments)
        };
        assert!(message.contains("\n  hint: "), "{arguments:?}: {message}");
        assert!(!message.contains("canary"), "{arguments:?}: {message}");
    }
}

#[test]
fn a_password_is_never_repeated() {
    for url in [
        "postgres://vigil_worker:s3cret-canary@127.0.0.1:notaport/vigil",
        "host=127.0.0.1 password=s3cret-canary dbname=vigil nonsense=1",
        "password='s3cret-canary",
        "s3cret-canary",
        "postgres://s3cret-canary",
        "user=x password=s3cret-canary",
    ] {
        let message = config(&["--database-url", url]).expect_err(url).to_string();
        assert!(message.contains("database url"), "{message}");
        assert!(!message.contains("canary"), "{message}");
    }
    let config = config(&["--database-url", URL]).expect("a valid url");
    assert!(!format!("{config:?}").contains("canary"));
}

#[test]
fn help_shows_no_value_of_the_environment_for_the_url() {
    use clap::CommandFactory;
    let command = Options::command();
    let url = command
        .get_arguments()
        .find(|argument| argument.get_id() == "database_url")
        .expect("the flag");
    assert!(url.is_hide_env_values_set());
    for argument in command.get_arguments().filter(|argument| {
        argument.get_long() != Some("help") && argument.get_long() != Some("version")
    }) {
        let name = argument
            .get_long()
            .expect("a long flag")
            .replace('-', "_")
            .to_uppercase();
        assert_eq!(
            argument.get_env().and_then(|env| env.to_str()),
            Some(format!("VIGIL_WORKER_{name}").as_str())
        );
    }
}

#[test]
fn the_password_file_wins_and_loses_its_line_end() {
    let path = std::env::temp_dir().join(format!("vigil-worker-password-{}", std::process::id()));
    std::fs::write(&path, "from file\n").expect("a writable temporary directory");
    let config = config(&[
        "--database-url",
        URL,
        "--database-password-file",
        path.to_str().expect("UTF-8"),
    ]);
    std::fs::remove_file(&path).expect("the file just written");
    assert_eq!(
        config.expect("a valid config").database.get_password(),
        Some(b"from file".as_slice())
    );
}

#[test]
fn the_readme_lists_every_flag_with_its_default() {
    use clap::CommandFactory;
    let readme = include_str!("../../README.md");
    for argument in Options::command()
        .get_arguments()
        .filter(|argument| argument.get_env().is_some())
    {
        let flag = argument.get_long().expect("a long flag");
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `--{flag}` |")))
            .expect(flag);
        let defaults = argument
            .get_default_values()
            .iter()
            .filter_map(|value| value.to_str());
        for default in defaults.filter(|default| !default.is_empty()) {
            assert!(
                row.contains(&format!("| {default} |")),
                "{row} does not say {default}"
            );
        }
    }
}
