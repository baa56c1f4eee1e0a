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
