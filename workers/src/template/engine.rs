//! The template engine within its limits.

use std::fmt::Write as _;
use std::io;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, ErrorKind, Output, State, UndefinedBehavior, filters, tests};

use super::medium::Medium;
use super::vet::vet;

/// Steps a template may take; every 64 bytes that it makes are one more.
const FUEL: u64 = 20_000;
/// Most bytes a part may come out as. The longest that any kind sends is an email's HTML.
const LARGEST: usize = 64 * 1024;
/// How deep a template may nest.
const DEEPEST: usize = 50;

/// Built-in templates: language, name and source.
const BUILT_IN: [(&str, &str, &str); 8] = [
    ("en", "subject", include_str!("en/subject.txt")),
    ("en", "facts", include_str!("en/facts.txt")),
    ("en", "text", include_str!("en/text.txt")),
    ("en", "sms", include_str!("en/sms.txt")),
    ("de", "subject", include_str!("de/subject.txt")),
    ("de", "facts", include_str!("de/facts.txt")),
    ("de", "text", include_str!("de/text.txt")),
    ("de", "sms", include_str!("de/sms.txt")),
];
const SHELL: &str = "email.html";

/// Renders templates.
pub(super) struct Engine {
    environment: Environment<'static>,
}

impl Engine {
    pub(super) fn new() -> Result<Self, minijinja::Error> {
        // Only what is added here: no loops over ranges, no filter that makes much of little.
        let mut environment = Environment::empty();
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEEPEST);
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()?,
        );
        environment.set_auto_escape_callback(|name| {
            let ending = name.rsplit('.').next().unwrap_or_default();
            MEDIA
                .into_iter()
                .find(|medium| medium.name() == ending)
                .unwrap_or(Medium::Plain)
                .auto_escape()
        });
        environment.set_formatter(print);
        environment.add_filter("upper", filters::upper);
        environment.add_filter("lower", filters::lower);
        environment.add_filter("trim", filters::trim);
        environment.add_filter("default", filters::default);
        environment.add_filter("length", filters::length);
        environment.add_filter("round", filters::round);
        environment.add_filter("bold", bold);
        environment.add_filter("time", time);
        environment.add_filter("cut", cut);
        environment.add_function("link", link);
        environment.add_test("defined", tests::is_defined);
        environment.add_test("none", tests::is_none);
        for (language, name, source) in BUILT_IN {
            for medium in MEDIA {
                environment.add_template_owned(file(language, name, medium), source)?;
            }
        }
        environment.add_template(SHELL, include_str!("email.html"))?;
        Ok(Self { environment })
    }

    /// A built-in template.
    pub(super) fn built_in(
        &self,
        language: &str,
        name: &str,
        medium: Medium,
        context: Value,
    ) -> Result<String, String> {
        let name = file(language, name, medium);
        let template = self
            .environment
            .get_template(&name)
            .map_err(|error| said(&error))?;
        finish(|out| template.render_captured_to(context, out).map(drop))
    }

    /// The page that surrounds an email's text.
    pub(super) fn shell(&self, context: Value) -> Result<String, String> {
        let template = self
            .environment
            .get_template(SHELL)
            .map_err(|error| said(&error))?;
        finish(|out| template.render_captured_to(context, out).map(drop))
    }

    /// A template from outside. What goes wrong is said so that it can follow the name of the part.
    pub(super) fn render(
        &self,
        source: &str,
        medium: Medium,
        context: Value,
    ) -> Result<String, String> {
        vet(source, self.environment.syntax())?;
        let name = format!("own.{}", medium.name());
        let template = self
            .environment
            .template_from_named_str(&name, source)
            .map_err(|error| said(&error))?;
        finish(|out| template.render_captured_to(context, out).map(drop))
    }
}

const MEDIA: [Medium; 5] = [
    Medium::Plain,
    Medium::Html,
    Medium::Slack,
    Medium::Teams,
    Medium::Json,
];

fn file(language: &str, name: &str, medium: Medium) -> String {
    format!("{language}/{name}.{}", medium.name())
}

/// Output up to the limit.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The text without white space around it.
fn finish(
    render: impl FnOnce(&mut Bounded) -> Result<(), minijinja::Error>,
) -> Result<String, String> {
    let mut out = Bounded(Vec::new());
    render(&mut out).map_err(|error| said(&error))?;
    let text = String::from_utf8(out.0).unwrap_or_default();
    Ok(text.trim().to_owned())
}

/// What went wrong, without a word of the template.
fn said(error: &minijinja::Error) -> String {
    let what = match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape => "cannot be parsed",
        ErrorKind::OutOfFuel => "takes too many steps or makes too much text",
        ErrorKind::WriteFailure => "comes out longer than 65536 bytes",
        ErrorKind::UnknownFilter => "uses a filter that does not exist",
        ErrorKind::UnknownTest => "uses a test that does not exist",
        ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => {
            "calls a function that does not exist"
        }
        ErrorKind::MissingArgument | ErrorKind::TooManyArguments => {
            "calls something with the wrong number of arguments"
        }
        _ => "does something with a value that cannot be done",
    };
    let mut said = what.to_owned();
    if let Some(line) = error.line() {
        let _ = write!(said, " (line {line})");
    }
    said
}

/// Prints a value as its medium needs it. Nothing and null are printed as nothing. Lists are for loops: one that holds
/// itself many times over would print without end.
fn print(out: &mut Output, state: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    let medium = Medium::from_auto_escape(state.auto_escape());
    if medium == Medium::Json {
        return Ok(out.write_str(&json(value)?)?);
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Ok(()),
        ValueKind::String | ValueKind::Number | ValueKind::Bool => {
            if value.is_safe() {
                return Ok(write!(out, "{value}")?);
            }
            Ok(out.write_str(&medium.escape(&value.to_string()))?)
        }
        _ => Err(minijinja::Error::new(
            ErrorKind::InvalidOperation,
            "only texts, numbers and truth values can be printed",
        )),
    }
}

/// The value as JSON, up to the limit.
fn json(value: &Value) -> Result<String, minijinja::Error> {
    if value.is_undefined() {
        return Ok("null".to_owned());
    }
    let mut out = Bounded(Vec::new());
    serde_json::to_writer(&mut out, value)
        .map_err(|_| minijinja::Error::new(ErrorKind::WriteFailure, "too long"))?;
    Ok(String::from_utf8(out.0).unwrap_or_default())
}

/// `{{ data.title|bold }}`.
fn bold(state: &mut State, value: &Value) -> Value {
    let medium = Medium::from_auto_escape(state.auto_escape());
    Value::from_safe_string(medium.bold(&text(value)))
}

/// `{{ link(links.acknowledge, "Acknowledge") }}`; nothing without a URL.
fn link(state: &mut State, url: &Value, name: &Value) -> Value {
    let (url, name) = (text(url), text(name));
    if url.is_empty() {
        return Value::UNDEFINED;
    }
    let medium = Medium::from_auto_escape(state.auto_escape());
    Value::from_safe_string(medium.link(&url, &name))
}

/// `{{ data.title|cut(80) }}`: at most so many characters.
fn cut(value: &Value, most: usize) -> String {
    let text = text(value);
    match text.char_indices().nth(most) {
        Some(_) => text
            .chars()
            .take(most.saturating_sub(1))
            .chain(['…'])
            .collect(),
        None => text,
    }
}

/// `{{ data.opened_at|time }}`: to the minute, in the recipient's time zone, otherwise in UTC.
fn time(state: &mut State, value: &Value) -> String {
    let text = text(value);
    let Ok(instant) = text.parse::<Timestamp>() else {
        return text;
    };
    let zone = state
        .lookup("time_zone")
        .and_then(|name| TimeZone::get(name.as_str()?).ok())
        .unwrap_or(TimeZone::UTC);
    instant
        .to_zoned(zone)
        .strftime("%Y-%m-%d %H:%M %Z")
        .to_string()
}

/// Texts, numbers and truth values; everything else is no text.
fn text(value: &Value) -> String {
    match value.kind() {
        ValueKind::String | ValueKind::Number | ValueKind::Bool => value.to_string(),
        _ => String::new(),
    }
}
