//! What a text says of the cluster beside the failure: that its endpoint is there, that it is new, or that it is being
//! changed.

use super::{others, prompt, runs};
use crate::limits;

/// What the rest of a text says of the cluster.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is said in the text or not")]
pub(super) struct KnownOfCluster {
    /// Its endpoint is there: AWS names it, or kubectl reached it behind the failure.
    pub(super) is_there: bool,
    /// And kubectl reached it, behind the failure.
    pub(super) is_reached: bool,
    /// What remembers an old answer is the likeliest cause: a cluster is new, or emptying a cache helped.
    pub(super) may_be_remembered: bool,
    /// The access to its endpoint is being changed.
    pub(super) is_changing: bool,
}

impl KnownOfCluster {
    /// Of the cluster with this endpoint, as far as the text tells, behind the line that failed and before it. The line
    /// is in this run: what another host reached or emptied says nothing of the one that failed.
    pub(super) fn of(host: Option<&str>, line: &str, text: &str, around: &str) -> Self {
        let behind = behind(line, text).filter(|_| is_one_cluster(text));
        let reached = behind.and_then(table_of_kubectl);
        let is_here = |place: &str| runs::around(text, place).is_some_and(|run| prompt::is_here(around, run));
        let is_reached = reached.is_some_and(is_here);
        let flushes = text
            .lines()
            .filter(|line| FLUSHES.iter().any(|word| line.contains(word)));
        let is_made = is_made(text);
        Self {
            is_there: host.is_some_and(|host| others::is_in_aws(host, text)) || is_reached,
            is_reached,
            may_be_remembered: is_made || is_reached && flushes.take(limits::PASTED_RUNS).any(is_here),
            is_changing: is_changing(text),
        }
    }
}

/// The text behind a line of it.
fn behind<'a>(line: &str, text: &'a str) -> Option<&'a str> {
    let at = (line.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    text.get(at + line.len()..)
}

/// Words of commands that choose another cluster than the current one.
const CHOICES: &[&str] = &[
    "--context",
    "--kubeconfig",
    "--server",
    "use-context",
    "kubectx",
    "KUBECONFIG",
    "update-kubeconfig",
];

/// Whether nothing in the text chooses between clusters.
fn is_one_cluster(text: &str) -> bool {
    !CHOICES.iter().any(|word| text.contains(word))
}

/// The head of a table as `kubectl get` prints it: its columns begin with the object's name and have its age
/// (k8s.io/kubernetes, pkg/printers/internalversion), and a row is behind them. Only the cluster's API server has what
/// stands there.
fn table_of_kubectl(text: &str) -> Option<&str> {
    let mut lines = text.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        let is_capital = |word: &str| {
            word.chars()
                .all(|c| c.is_ascii_uppercase() || matches!(c, '-' | '(' | ')'))
        };
        let is_head = (line.starts_with("NAME ") || line.starts_with("NAMESPACE "))
            && line.split_whitespace().any(|word| word == "AGE")
            && line.split_whitespace().all(is_capital);
        let is_row = |row: &&str| row.split_whitespace().count() > 1 && row.split_whitespace().any(is_age);
        if is_head && lines.peek().is_some_and(is_row) {
            return Some(line);
        }
    }
    None
}

/// `10d`, `5h12m`, `37s` (k8s.io/apimachinery, pkg/util/duration, HumanDuration).
fn is_age(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.ends_with(['y', 'd', 'h', 'm', 's'])
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, 'y' | 'd' | 'h' | 'm' | 's'))
}

/// What empties a cache of answers: resolvectl(1) and systemd-resolve(1), ipconfig, PowerShell's DnsClient,
/// dscacheutil(1) and the signal to mDNSResponder(8), nscd(8), rndc(8), unbound-control(8).
const FLUSHES: &[&str] = &[
    "flush-caches",
    "/flushdns",
    "Clear-DnsClientCache",
    "dscacheutil -flushcache",
    "killall -HUP mDNSResponder",
    "nscd -i hosts",
    "nscd --invalidate",
    "rndc flush",
    "unbound-control flush",
];

/// Whether a program says that it has just made the cluster, and none that it was taken away: Terraform
/// (hashicorp/terraform, internal/command/views, "Creation complete after"), eksctl (eksctl-io/eksctl,
/// pkg/ctl/create/cluster.go).
fn is_made(text: &str) -> bool {
    let of_terraform = |said: &str| {
        text.lines()
            .any(|line| line.contains("aws_eks_cluster.") && line.contains(said))
    };
    let is_gone = of_terraform(": Destruction complete after") || of_terraform(": Destroying...");
    let of_eksctl = || text.contains("EKS cluster \"") && text.contains("\" region is ready");
    !is_gone && (of_terraform(": Creation complete after") || of_eksctl())
}

/// Whether an answer of DescribeUpdate says that the access to the endpoint is being changed (Amazon EKS API Reference,
/// Update: its `type` and its `status`). Of several updates the text does not tell which has which status.
fn is_changing(text: &str) -> bool {
    let has_ended = ["Successful", "Cancelled", "\"Failed\""]
        .iter()
        .any(|status| text.contains(status));
    text.contains("EndpointAccessUpdate") && text.contains("InProgress") && !has_ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_kubectl_are_told_from_others() {
        for table in [
            "NAME      STATUS   AGE\ndefault   Active   10d\n",
            "NAMESPACE     NAME          READY   STATUS    RESTARTS      AGE\n\
             kube-system   coredns-0     1/1     Running   1 (2d4h ago)  5h12m\n",
            "NAME                 TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n\
             service/kubernetes   ClusterIP   172.20.0.1   <none>        443/TCP   3y10d\n",
        ] {
            assert!(table_of_kubectl(table).is_some(), "{table}");
        }
        for other in [
            "NAME      STATUS   AGE\n",
            "NAME   REGION         EKSCTL CREATED\nprod   eu-central-1   True\n",
            "CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE\n*         prod   prod      prod       default\n",
            "NAME of the host and its AGE\nx 10d\n",
            "Name   Type   TTL   Section   IPAddress\na.test   A   60   Answer   10.0.0.1\n",
        ] {
            assert!(table_of_kubectl(other).is_none(), "{other}");
        }
    }

    #[test]
    fn what_was_made_and_taken_away_is_not_there() {
        let made = "module.eks.aws_eks_cluster.this[0]: Creation complete after 9m2s [id=prod]";
        let gone = "module.eks.aws_eks_cluster.this[0]: Destruction complete after 2m10s";
        assert!(is_made(made));
        assert!(!is_made(gone));
        assert!(!is_made(&format!("{gone}\n{made}")));
        assert!(!is_made("aws_vpc.this: Creation complete after 3s [id=vpc-1]"));
        assert!(is_made("[✔]  EKS cluster \"prod\" in \"eu-central-1\" region is ready"));
    }

    #[test]
    fn an_update_that_ended_changes_nothing() {
        let update =
            |status: &str| format!("{{\"update\": {{\"status\": \"{status}\", \"type\": \"EndpointAccessUpdate\"}}}}");
        assert!(is_changing(&update("InProgress")));
        assert!(!is_changing(&update("Successful")));
        assert!(!is_changing(&format!(
            "{}\n{}",
            update("Successful"),
            "\"InProgress\" \"VersionUpdate\""
        )));
    }
}
