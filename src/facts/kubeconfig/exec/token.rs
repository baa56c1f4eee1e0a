//! The credential plugins: the cluster, Region, profile and role that each is called with.

use super::{ExecReading, flag, shown, shown_whole};
use crate::facts::kubeconfig::text;
use crate::facts::kubeconfig::words::UNKNOWN;
use crate::limits;

/// The options of the AWS CLI, and of its `eks get-token` (AWS CLI command reference).
const OPTIONS: &[&str] = &[
    "--ca-bundle",
    "--cli-auto-prompt",
    "--cli-binary-format",
    "--cli-connect-timeout",
    "--cli-read-timeout",
    "--cluster-id",
    "--cluster-name",
    "--color",
    "--debug",
    "--endpoint-url",
    "--output",
    "--profile",
    "--query",
    "--region",
    "--role-arn",
    "--version",
];

/// The option that is meant: its beginning is enough where no other begins so (Python, argparse, `allow_abbrev`).
fn whole(given: &str) -> Option<&'static str> {
    if given == "-r" {
        return Some("-r");
    }
    if given.len() < 3 {
        return None;
    }
    let mut meant = OPTIONS.iter().filter(|option| option.starts_with(given));
    let first = meant.next()?;
    (*first == given || meant.next().is_none()).then_some(*first)
}

/// Whether a cluster can have the name (EKS API reference, CreateCluster, `name`).
fn is_cluster_name(name: &str) -> bool {
    let is_inner = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    name.len() <= limits::CLUSTER_NAME
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(is_inner)
}

impl ExecReading {
    /// `aws eks get-token` (AWS CLI command reference). The CLI takes the beginning of an option for the whole, and
    /// update-kubeconfig itself writes `--role`.
    pub(super) fn aws(&mut self, words: &[String]) -> bool {
        let mut plain = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            // Options that take no value.
            let is_alone = |name: &str| matches!(name, "--debug" | "--version" | "--cli-auto-prompt");
            if word == "--" || word.starts_with("--no-") || whole(word).is_some_and(is_alone) {
                at += 1;
                continue;
            }
            at += self.take_flag(words, at, false).unwrap_or_else(|| {
                if word.starts_with("--") {
                    return if word.contains('=') { 1 } else { 2 };
                }
                plain.push(word.as_str());
                1
            });
        }
        if matches!(plain[..], ["eks", "get-token", ..]) {
            // Of a local cluster on an Outpost (AWS CLI command reference, eks get-token).
            let mut flags = (0..words.len()).filter_map(|at| flag(words, at, &["--cluster-id"]));
            if self.understood.cluster.is_none() && flags.next().is_some() {
                return self.unread("it names the cluster by --cluster-id, and its name is not there".to_owned());
            }
            return true;
        }
        let what = plain.get(..plain.len().min(2)).unwrap_or_default();
        self.unread(format!(
            "`aws {}` is not `aws eks get-token`",
            what.iter().map(|word| shown(word)).collect::<Vec<_>>().join(" ")
        ))
    }

    /// `aws-iam-authenticator token` (its own help).
    pub(super) fn authenticator(&mut self, words: &[String]) -> bool {
        let mut at = 0;
        while at < words.len() {
            at += self.take_flag(words, at, true).unwrap_or(1);
        }
        true
    }

    fn take_flag(&mut self, words: &[String], at: usize, is_authenticator: bool) -> Option<usize> {
        let given = words.get(at)?;
        // pflag takes the value of a flag of one letter right behind it, with or without `=`.
        let of_letter = given
            .strip_prefix("-i")
            .filter(|_| is_authenticator)
            .filter(|value| !value.is_empty());
        let (given, joined) = match (given.split_once('='), of_letter) {
            (Some((name, value)), _) if name == "-i" || of_letter.is_none() => (name, Some(value)),
            (_, Some(value)) => ("-i", Some(value)),
            _ => (given.as_str(), None),
        };
        let name = if is_authenticator { given } else { whole(given)? };
        let which = match name {
            "--cluster-name" => 0,
            "--cluster-id" | "-i" if is_authenticator => 0,
            "--region" => 1,
            "--profile" => 2,
            "--role-arn" | "--role" | "-r" => 3,
            _ => return None,
        };
        let value = joined.or_else(|| words.get(at + 1).map(String::as_str));
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.take(which, value, name);
        }
        Some(if joined.is_some() { 1 } else { 2 })
    }

    fn take(&mut self, which: usize, value: &str, name: &str) {
        if value.contains(UNKNOWN) {
            self.unread(format!("the value of {name} is known when it runs only"));
            return;
        }
        // The token is for the name that stands there, whatever it is (x-k8s-aws-id: AWS CLI, eks/get_token.py).
        if which == 0 && value.starts_with("arn:") {
            let name = shown(name);
            self.unread(format!(
                "the value of {name} is an ARN, and it has to be the cluster's name alone"
            ));
            return;
        }
        if which == 0 && !is_cluster_name(value) {
            self.unread(format!(
                "`{}` is no name that a cluster of EKS can have",
                shown_whole(value)
            ));
            return;
        }
        let wanted = match which {
            0 => &mut self.understood.cluster,
            1 => &mut self.understood.region,
            2 => &mut self.understood.profile,
            _ => &mut self.understood.role_arn,
        };
        *wanted = Some(text(value));
    }

    pub(super) fn kubergrunt(&mut self, words: &[String]) -> bool {
        for at in 0..words.len() {
            let Some((Some(arn), _)) = flag(words, at, &["--eks-cluster-arn"]) else {
                continue;
            };
            if let ["arn", _, "eks", region, _, resource] = arn.splitn(6, ':').collect::<Vec<_>>()[..]
                && let Some(cluster) = resource.strip_prefix("cluster/")
                && is_cluster_name(cluster)
                && !region.contains(UNKNOWN)
            {
                self.understood.cluster = Some(text(cluster));
                self.understood.region = Some(text(region));
                return true;
            }
        }
        self.unread("`kubergrunt` names no cluster there".to_owned())
    }
}
