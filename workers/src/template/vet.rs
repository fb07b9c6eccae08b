//! What a template from outside may not do although the engine could.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

/// Words that a value can follow but that are none.
const OPERATORS: [&str; 10] = [
    "and",
    "elif",
    "else",
    "if",
    "in",
    "is",
    "not",
    "or",
    "recursive",
    "set",
];

/// Refuses lists, tuples and maps of the template's own. Fuel pays for steps and for text, but not for comparing two
/// lists: `{% set x = [x, x] %}`, written forty times, makes one that takes days. What a payload holds is bounded.
/// The reason can follow the name of the part.
pub(super) fn vet(source: &str, syntax: &SyntaxConfig) -> Result<(), String> {
    // Brackets that are open, and whether commas within them separate arguments.
    let mut open: Vec<bool> = Vec::new();
    // Whether the last token can be called or looked into.
    let mut after_value = false;
    for token in tokenize(source, false, syntax.clone()) {
        // The engine finds the same fault and says where it is.
        let Ok((token, span)) = token else {
            return Ok(());
        };
        let refused = match token {
            Token::BraceOpen => true,
            Token::BracketOpen => !after_value,
            Token::Comma => !open.last().is_some_and(|call| *call),
            _ => false,
        };
        if refused {
            return Err(format!(
                "makes a list of its own, which it may not (line {})",
                span.start_line
            ));
        }
        match token {
            Token::ParenOpen => open.push(after_value),
            Token::BracketOpen => open.push(false),
            Token::ParenClose | Token::BracketClose => drop(open.pop()),
            Token::VariableStart | Token::BlockStart => open.clear(),
            _ => {}
        }
        after_value = match token {
            Token::Ident(word) => !OPERATORS.contains(&word),
            Token::Str(_) | Token::String(_) | Token::ParenClose | Token::BracketClose => true,
            _ => false,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_refused_in_all_their_forms() {
        let syntax = SyntaxConfig::default();
        for source in [
            "{{ [1] }}",
            "{% set x = [x, x] %}",
            "{% set x = (x, x) %}",
            "{% set x = x, x %}",
            "{% for x in (a, b) %}{% endfor %}",
            "{% for x in a, b %}{% endfor %}",
            "{% for a, b in x %}{% endfor %}",
            "{% if x in [1] %}{% endif %}",
            "{% if (a, b) == c %}{% endif %}",
            "{{ not (a, b) }}",
            "{{ {'a': 1} }}",
            "{{ f((a, b)) }}",
            "{{ f(a, [b]) }}",
            "{{ x[a, b] }}",
            "{{ x|cut([1]) }}",
        ] {
            assert!(vet(source, &syntax).is_err(), "{source}");
        }
        let line = vet("a\nb\n{{ [1] }}", &syntax);
        assert_eq!(
            line,
            Err("makes a list of its own, which it may not (line 3)".to_owned())
        );
    }

    #[test]
    fn everything_else_passes() {
        let syntax = SyntaxConfig::default();
        for source in [
            "",
            "text with [brackets], (parentheses), {braces}",
            "{{ data['title'] }} {{ data.alerts[0].summary }} {{ 'abc'[0] }}",
            "{{ link(links.acknowledge, 'Acknowledge') }}",
            "{{ data.title|cut(80) }} {{ (1 + 2) * 3 }}",
            "{% for alert in data.alerts %}{{ loop.index }}{% endfor %}",
            "{% if (a or b) and c is defined %}{% endif %}",
            "{{ broken",
        ] {
            assert_eq!(vet(source, &syntax), Ok(()), "{source}");
        }
    }
}
