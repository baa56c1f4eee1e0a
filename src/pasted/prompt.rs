//! Prompts of shells, in front of a command.

/// What stands behind a prompt in a line: of a shell, of PowerShell, of Windows' own.
pub(super) fn at_prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(command) = line.strip_prefix("$ ") {
        return Some(command);
    }
    if line.starts_with("PS ") {
        return line.split_once("> ").map(|(_, command)| command);
    }
    let is_drive = |line: &str| line.as_bytes().get(1..3) == Some(b":\\");
    if is_drive(line) {
        return line.split_once('>').map(|(_, command)| command);
    }
    // `user@host:~$ `, `[user@host ~]$ `, `root@host:/# `, `user@host ~ % `.
    let ends = ["$ ", "# ", "% "];
    let (end, mark) = ends.iter().filter_map(|mark| Some((line.find(mark)?, mark))).min()?;
    let before = &line[..end];
    let is_user = before.split(' ').next().is_some_and(|word| {
        let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '[' | '(' | ')');
        word.split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && user.chars().all(of_name) && !host.is_empty())
    });
    (is_user && before.len() < PROMPT).then(|| &line[end + mark.len()..])
}

/// Characters of a prompt.
pub(super) const PROMPT: usize = 60;

/// Words of commands that run another command elsewhere: on another host, in a container, in a namespace.
const ELSEWHERE: &[&str] = &[
    "ssh", "exec", "run", "debug", "nsenter", "netns", "unshare", "chroot", "wsl", "vagrant", "ssm", "psexec",
];

/// Where a part of a text was printed, as far as the prompts in it tell.
#[derive(PartialEq, Eq)]
enum PromptSeen<'a> {
    /// There is no prompt.
    None,
    /// A prompt that does not name its host.
    Unnamed,
    /// A prompt with the user and the host.
    Named(&'a str),
    /// A command that leads elsewhere.
    Elsewhere,
}

impl<'a> PromptSeen<'a> {
    fn of(text: &'a str) -> Self {
        let mut shell = Self::None;
        for line in text.lines() {
            let Some(command) = at_prompt(line) else { continue };
            if command.split_whitespace().any(|word| ELSEWHERE.contains(&word)) {
                return Self::Elsewhere;
            }
            let first = line.split_whitespace().next().unwrap_or_default();
            let name = first
                .trim_start_matches(['[', '('])
                .split([':', ']', '$', '#', '%'])
                .next();
            shell = match name.filter(|name| name.contains('@')) {
                Some(name) => Self::Named(name),
                None => Self::Unnamed,
            };
        }
        shell
    }
}

/// Whether nothing tells that two parts of a text were printed in two places: their prompts are alike, or the first has
/// none, and nobody wrote anything between.
pub(super) fn is_one_place(one: &str, other: &str) -> bool {
    if [one, other].iter().any(|text| text.lines().any(is_remark)) {
        return false;
    }
    match (PromptSeen::of(one), PromptSeen::of(other)) {
        (PromptSeen::Elsewhere, _) | (_, PromptSeen::Elsewhere) => false,
        (PromptSeen::None, PromptSeen::Unnamed | PromptSeen::None) | (PromptSeen::Unnamed, PromptSeen::None) => true,
        (one, other) => one == other,
    }
}

/// The same, of a part that may be the other itself.
pub(super) fn is_here(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other) && PromptSeen::of(one) != PromptSeen::Elsewhere || is_one_place(one, other)
}

/// Whether somebody wrote the line, and no program: a comment, or words that end in a colon.
fn is_remark(line: &str) -> bool {
    let line = at_prompt(line).unwrap_or(line).trim();
    let is_of_words = |line: &str| {
        line.split_whitespace().count() > 1
            && line
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, ' ' | ',' | '\'' | '-' | '(' | ')'))
    };
    line.strip_prefix("# ").is_some_and(|rest| !rest.starts_with('<'))
        || line.strip_suffix(':').is_some_and(is_of_words) && !line.starts_with("Non-authoritative")
}
