//! The credential plugins: the cluster, Region, profile and role that each is called with.

use super::{Reading, flag, shown};
use crate::facts::kubeconfig::text;
use crate::facts::kubeconfig::words::UNKNOWN;

impl Reading {
    /// `aws eks get-token` (AWS CLI command reference). The CLI takes the beginning of an option for the whole, and
    /// update-kubeconfig itself writes `--role`.
    pub(super) fn aws(&mut self, words: &[String]) -> bool {
        let mut plain = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            // Options that take no value.
            if word == "--" || (word.starts_with("--no-") || matches!(word.as_str(), "--debug" | "--version")) {
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
        self.unread(format!("`aws {}` is not `aws eks get-token`", shown(&what.join(" "))))
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
        let cluster: &[&str] = if is_authenticator {
            &["--cluster-name", "--cluster-id", "-i"]
        } else {
            &["--cluster-name", "--cluster-n", "--cluster-na", "--cluster-nam"]
        };
        let role: &[&str] = &["--role-arn", "--role", "-r", "--role-a", "--role-ar"];
        for (names, which) in [(cluster, 0), (&["--region"], 1), (&["--profile"], 2), (role, 3)] {
            if let Some((value, taken)) = flag(words, at, names) {
                let value = value.filter(|value| !value.is_empty()).map(str::to_owned);
                if let Some(value) = value {
                    self.take(which, &value, names[0]);
                }
                return Some(taken);
            }
        }
        None
    }

    fn take(&mut self, which: usize, value: &str, name: &str) {
        if value.contains(UNKNOWN) {
            self.unread(format!("the value of {name} is known when it runs only"));
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
            {
                self.understood.cluster = Some(text(cluster));
                self.understood.region = Some(text(region));
                return true;
            }
        }
        self.unread("`kubergrunt` names no cluster there".to_owned())
    }
}
