//! Every bound in one place, each with its reason. What is beyond a bound is dropped or refused and said.

/// Records kept of one reply. A reply of 65,535 octets can hold over 4,000; a diagnosis reads the first few.
pub const RECORDS_PER_REPLY: usize = 64;
/// Extended DNS Errors kept of one reply. RFC 8914 allows several; resolvers send one or two.
pub const EXTENDED_ERRORS_PER_REPLY: usize = 8;
/// Characters kept of a text that a server sent: EXTRA-TEXT, unknown RDATA.
pub const TEXT_FROM_WIRE: usize = 256;
/// Replies with a wrong ID or question that one try waits past. Beyond that the try is a flood, not a race.
pub const MISMATCHED_REPLIES: u32 = 64;
/// Octets read from a configuration file. resolv.conf and hosts files that matter are far smaller.
pub const CONFIGURATION_FILE: u64 = 4 << 20;
/// How long a configuration file may take to open and read: a named pipe may have no writer, a mount no server.
pub const FILE_READ: std::time::Duration = std::time::Duration::from_secs(5);
/// Name servers of one resolv.conf that are asked. glibc and Go use the first three (resolv.conf(5): MAXNS).
pub const NAME_SERVERS: usize = 8;
/// Suffixes of one search list (glibc before 2.26 used six; a longer list is rare).
pub const SEARCH_SUFFIXES: usize = 6;
/// Entries of a hosts file about the target that are kept.
pub const HOSTS_ENTRIES: usize = 32;
/// Resolvers in one run. More is a mistake in a script rather than a path to diagnose.
pub const RESOLVERS: usize = 64;
/// Addresses of inbound endpoints that are asked because the account can see them. A VPC has two or four.
pub const DERIVED: usize = 16;
/// Expected addresses and networks.
pub const EXPECTED: usize = 256;
/// Samples of `--samples`: a polite share of the 1,024 packets per second that a VPC resolver accepts.
pub const SAMPLES: u32 = 100;
/// Tries within one window.
pub const ATTEMPTS: u32 = 10;
/// Sockets of a run that may be open at a time, at least and at most. The least lets every question be asked;
/// the most is below what Linux's default hard limit (4,096) and a range of ephemeral ports allow.
pub const SOCKETS: std::ops::Range<usize> = 32..4096;
/// How long the OS's own look-up may take. glibc has no bound of its own on TCP.
pub const SYSTEM_LOOKUP: std::time::Duration = std::time::Duration::from_secs(10);
/// Octets of a capture, or of `dig`'s text. A run with every resolver and every sample stays below 10 MiB.
pub const CAPTURE: u64 = 32 << 20;
/// Look-ups of one resolver in a capture: 100 samples of A and AAAA over UDP and TCP, and the controls.
pub const LOOKUPS_PER_RESOLVER: usize = 512;
/// Tries of one look-up in a capture: [`ATTEMPTS`], each with its company without EDNS and over TCP, and room.
pub const ATTEMPTS_PER_LOOKUP: usize = 64;
/// Members of any other list in a capture.
pub const LIST_IN_CAPTURE: usize = 1024;
/// Octets of a text in a capture. The longest that this program writes is a block of configuration.
pub const TEXT_IN_CAPTURE: usize = 8192;
/// Octets of the name of a resolver or a place in a capture: it has to fit a table.
pub const NAME_IN_CAPTURE: usize = 256;
/// Milliseconds of a time in a capture: a day.
pub const MILLISECONDS_IN_CAPTURE: f64 = 86_400_000.0;
/// Captures that are compared at once: a fleet of nodes behind one tag of `--via ssm:`.
pub const PLACES: usize = 64;
/// Places of `--via`, which are asked at once, and nodes of Systems Manager that run one command at once. Each may send
/// [`CAPTURE`] octets before it is refused.
pub const VIA_AT_ONCE: usize = 16;
/// Between the end of a round of questions of a watch and the start of the next: nobody is asked more often.
pub const BETWEEN_ROUNDS: std::time::Duration = std::time::Duration::from_secs(2);
/// Octets of a pasted message: a log of some thousand lines.
pub const PASTED: u64 = 1 << 20;
/// How long a connection to an AWS API may take, a try of a read, and a read with all its tries. The SDK has no bound
/// of its own on the last two; an API in the next Region answers within half a second.
pub const AWS_CONNECT: std::time::Duration = std::time::Duration::from_secs(2);
/// A try of a read of AWS.
pub const AWS_ATTEMPT: std::time::Duration = std::time::Duration::from_secs(4);
/// A read of AWS with all its tries.
pub const AWS_READ: std::time::Duration = std::time::Duration::from_secs(9);
/// Tries of a read of AWS: the first, and two after a throttled or lost one.
pub const AWS_ATTEMPTS: u32 = 3;
/// How long the instance metadata service may take to say where this host is: it is one hop away, or nowhere.
pub const INSTANCE_METADATA: std::time::Duration = std::time::Duration::from_millis(300);
/// How long it may take to give the Region or credentials, where nothing else does: as the AWS CLI waits.
pub const INSTANCE_CREDENTIALS: std::time::Duration = std::time::Duration::from_secs(1);
/// Octets of an answer of AWS. A page of 1,000 network interfaces has less than 4 MiB.
pub const AWS_ANSWER: usize = 8 << 20;
/// How deep a JSON answer of AWS may be. Theirs are below ten; the SDK's parser goes down one call a level.
pub const AWS_DEPTH: usize = 64;
/// Pages of a list of AWS. With 100 to 1,000 members a page that is more than a capture holds.
pub const AWS_PAGES: usize = 20;
/// Characters kept of what AWS says of a failure.
pub const AWS_MESSAGE: usize = 200;
/// Octets of any other text of AWS. Names, ids and ARNs are at most 2,048 long (IAM quotas).
pub const AWS_TEXT: usize = 2048;
/// Clusters that are described to find the one with a given endpoint. The default quota of a Region is 100.
pub const CLUSTERS_DESCRIBED: usize = 100;
/// Reads of one kind that are under way at once, below the rates at which AWS throttles (EC2: 20 a second).
pub const AWS_CONCURRENCY: usize = 8;
/// Updates of a cluster that are described.
pub const UPDATES_DESCRIBED: usize = 8;
/// VPCs whose private hosted zones are listed: the cluster's, and those of inbound endpoints.
pub const ZONES_OF_VPCS: usize = 8;
/// Files of `KUBECONFIG` that are read. People list a handful.
pub const KUBECONFIGS: usize = 64;
/// Addresses that are connected to with `--connect`. An endpoint has two to four, from each resolver.
pub const CONNECTIONS: usize = 32;
/// How long `ssh` may take to connect, as it is told.
pub const VIA_CONNECT: std::time::Duration = std::time::Duration::from_secs(10);
/// What the way to another place and back may take beside the check there: a login over jump hosts, sending this
/// program's 20 MB with `--push`, Systems Manager's agent picking the command up.
pub const VIA_WAY: std::time::Duration = std::time::Duration::from_secs(60);
/// How long what `ssh` wrote may take to be read when it has ended: it is in a pipe.
pub const VIA_REST: std::time::Duration = std::time::Duration::from_secs(2);
/// Looks at an output, or at the list of a command's nodes, after Systems Manager said that it is there: it is
/// eventually consistent.
pub const VIA_LOOKS: u32 = 5;
/// Octets kept of what another place says beside the document.
pub const VIA_SAID: usize = 64 << 10;
/// Characters kept of one line of it.
pub const VIA_LINE: usize = 300;
/// Octets of this program that `--push` sends.
pub const PUSHED: u64 = 256 << 20;
/// Certificates of an authority's bundle.
pub const AUTHORITIES: usize = 32;
/// Octets read of what one command of this host prints of its resolvers. Hosts with dozens of links print a few KiB.
pub const HOST_TEXT: usize = 256 << 10;
/// How long such a command may take. resolvectl and scutil answer within 50 ms, PowerShell starts within two seconds.
pub const HOST_COMMAND: std::time::Duration = std::time::Duration::from_secs(4);
/// Links, adapters, rules or files of a host's resolver configuration. A host with containers has a few dozen links.
pub const DNS_SCOPES: usize = 128;
/// Domains of one of them. Old versions of systemd-resolved list some twenty of their own.
pub const SCOPE_DOMAINS: usize = 128;
/// Characters of the name of one of them.
pub const SCOPE_NAME: usize = 64;
/// Name servers behind this host's stub that are asked as evidence.
pub const UPSTREAMS: usize = 16;
/// What is said of a host's resolver configuration that could not be read.
pub const HOST_PROBLEMS: usize = 16;
/// Services of the `hosts:` line of nsswitch.conf. There are about a dozen in all.
pub const NSS_SERVICES: usize = 16;
