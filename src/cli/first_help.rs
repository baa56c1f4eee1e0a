//! The help that fits one screen, of the commands that have many flags. Everything is in `--help-all`.

/// The help of a command: of check, which is the program's, and of serve. `None` where clap's own fits.
pub(super) fn of(command: &str) -> Option<String> {
    let parts: &[&str] = match command {
        "check" => &[CHECK, SOURCES, "\n", ASK_AND_EXPECT, REPORT],
        "serve" => &[SERVE, SOURCES, MANY, "\n", ASK_AND_EXPECT, METRICS],
        _ => return None,
    };
    Some(parts.concat())
}

const CHECK: &str = "\
Says why an EKS cluster's API endpoint name does not resolve from here, and what
to change. It sends DNS questions, reads from AWS, and changes nothing.

Examples (HOST stands for the endpoint's host name or URL):
  eks-dns-doctor                          the current kubectl context's endpoint
  eks-dns-doctor HOST                     the endpoint, as this host resolves it
  eks-dns-doctor HOST -o short            one line and a code, for a runbook
  eks-dns-doctor explain \"MESSAGE\"        what a line of kubectl means
  eks-dns-doctor demo                     a failure, played here and diagnosed

Usage: eks-dns-doctor [check] [OPTIONS] [TARGET]
       eks-dns-doctor COMMAND ...

Commands:
  check     ask the resolvers, compare the answers, name the cause (the default)
  explain   what a finding or a pasted error message means
  compare   captures of several places: what differs, and why
  replay    today's rules on a saved capture
  demo      a scenario, played on loopback and diagnosed; demo --list
  facts     what AWS, the kubeconfig and this host say, for another machine
  mcp       these as tools for an agent

";

const SERVE: &str = "\
Checks again and again, and serves what was found as metrics: /metrics for
Prometheus, /healthz for a probe. It sends what check sends, each time.

Examples (HOST stands for the endpoint's host name or URL):
  eks-dns-doctor serve --listen 127.0.0.1:9853 HOST --expect-scope private
  eks-dns-doctor serve --listen 127.0.0.1:9853 --all-contexts --interval 5m

Usage: eks-dns-doctor serve --listen ADDR:PORT [OPTIONS] [TARGET]

How long and how often:
  --listen ADDR:PORT                the address to listen on
  --interval 60s                    how often a check begins (2s to 1h)
  --deadline 15s                    the whole of one check

";

const SOURCES: &str = "\
The endpoint, and the facts about it:
  --cluster NAME, --region REGION   take them from AWS
  --kubeconfig FILE, --context NAME take them from there
  --facts FILE                      read what AWS says from a file
";

/// Written as it is printed: a line that is continued would lose its indent.
const MANY: &str = "  --targets FILE, --all-contexts, --all-clusters
                                    many endpoints instead of one
";

const ASK_AND_EXPECT: &str = "\
Resolvers to ask, beside this host's own:
  --resolver [NAME=]ADDR            any; also tcp://, tls:// and https://
  --inbound ADDR,...                an inbound endpoint of Route 53 Resolver
  --vpc-resolver ADDR               the VPC's own resolver (.2)
  --public                          public DNS too, as a control
  --via ssh:HOST                    ask from another host, a bastion
  --connect                         then connect to the API server's port

What the answers should be:
  --expect IP|CIDR,...              these addresses, or in these networks
  --expect-scope private|public     addresses of this kind
  --judge ROLE|NAME,...             only these resolvers decide

";

const REPORT: &str = "\
Output, and how long:
  -o, --output FORMAT               table, short, json, markdown and others
  --save FILE                       write the report as JSON too
  --redact                          replace what identifies you
  -v, --explain-why, --fix NAME     all of it; why no other cause; whose lines
  --deadline 15s, --watch[=10s]     the whole run; repeat it

Exit codes: 0 as expected, 1 broken, 2 could not run, 3 inconclusive
Every flag, with its text: eks-dns-doctor --help-all
";

const METRICS: &str = "\
Output:
  --redact                          replace what identifies you
  --vantage NAME                    the name of this place, in the metrics too
  -q                                print nothing

Every flag, with its text: eks-dns-doctor serve --help-all
";
