//! Embeds the scenarios: every `fixtures/cases/<rule>/<scenario>/scenario.toml`, found by reading the
//! directory, so that none can be added and never played. They are compressed, one behind the other: half a megabyte of the
//! program becomes a tenth of that.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads the environment and writes a file"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let cases = root.join("fixtures").join("cases");
    println!("cargo::rerun-if-changed={}", cases.display());
    let (mut list, mut texts) = (String::from("&[\n"), String::new());
    for rule in folders(&cases)? {
        for scenario in folders(&rule)? {
            let file = scenario.join("scenario.toml");
            let name = format!("{}/{}", name(&rule), name(&scenario));
            println!("cargo::rerun-if-changed={}", file.display());
            let begin = texts.len();
            texts.push_str(&fs::read_to_string(&file)?);
            let _ = writeln!(list, "    ({name:?}, {begin}..{}),", texts.len());
        }
    }
    list.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
    compressed.write_all(texts.as_bytes())?;
    fs::write(out.join("scenarios.gz"), compressed.finish()?)?;
    fs::write(out.join("scenarios.rs"), list)
}

fn folders(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
