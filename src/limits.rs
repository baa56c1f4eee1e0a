//! Every bound in one place, each with its reason. What is beyond a bound is dropped or refused and said.
//!
//! Beside these stand only numbers of protocols (a label's 63 octets), measures of the layout, and what a library
//! bounds by itself: serde_json refuses JSON that is nested deeper than 128.

use std::time::Duration;

// Replies.

/// Records kept of one reply. A reply of 65,535 octets can hold over 4,000; a diagnosis reads the first few.
pub const RECORDS_PER_REPLY: usize = 64;
/// Extended DNS Errors kept of one reply. RFC 8914 allows several; resolvers send one or two.
pub const EXTENDED_ERRORS_PER_REPLY: usize = 8;
/// Compression pointers of one name that are followed: as many as Go follows (golang.org/x/net/dns/dnsmessage).
pub const COMPRESSION_POINTERS: usize = 10;
/// Characters kept of a text that a server sent: EXTRA-TEXT, unknown RDATA.
pub const TEXT_FROM_WIRE: usize = 256;
/// Replies with a wrong ID or question that one try waits past. Beyond that the try is a flood, not a race.
pub const MISMATCHED_REPLIES: u32 = 64;
/// Octets of a message, over UDP and TCP: what its length field can say (RFC 1035 section 4.2.2).
pub const REPLY: usize = 65_535;
/// Aliases that are followed from a name. Longer than real chains, and short enough to walk at once.
pub const ALIASES: usize = 16;
/// Aliases that the lab's servers follow from a name.
pub const LAB_ALIASES: usize = 8;
/// Records of a reply that a sentence quotes.
pub const QUOTED: usize = 3;

/// From here on an answer is slow, in milliseconds: a fifth of the 5 s that Go and glibc give one server
/// (resolv.conf(5): `timeout`).
pub const SLOW_MS: f64 = 1000.0;

// What is read of this host and from files.

/// Octets read from a configuration file. resolv.conf and hosts files that matter are far smaller.
pub const CONFIGURATION_FILE: u64 = 4 << 20;
/// Characters of a file that are looked at to see whether it is text.
pub const TEXT_LOOKED_AT: usize = 4096;
/// How long a configuration file may take to open and read: a named pipe may have no writer, a mount no server.
pub const FILE_READ: Duration = Duration::from_secs(5);
/// Name servers of one resolv.conf that are asked. Those beyond [`NAME_SERVERS_USED`] decide nothing.
pub const NAME_SERVERS: usize = 8;
/// Suffixes of one search list (glibc before 2.26 used six; Kubernetes takes 32, "DNS for Services and Pods").
pub const SEARCH_SUFFIXES: usize = 32;
/// Entries of a hosts file about the target that are kept.
pub const HOSTS_ENTRIES: usize = 32;
/// Name servers that a client here uses of a longer list (resolv.conf(5): MAXNS; Go, src/net/dnsconfig_unix.go; musl).
pub const NAME_SERVERS_USED: usize = 3;

// What is asked for.

/// Resolvers in one run. More is a mistake in a script rather than a path to diagnose.
pub const RESOLVERS: usize = 64;
/// Addresses of inbound endpoints that are asked because the account can see them. A VPC has two or four.
pub const DERIVED: usize = 16;
/// Octets of a DNS message: what two octets of length can say (RFC 1035 section 4.2.2), and what DNS over HTTPS carries
/// (RFC 8484 section 6).
pub const DNS_MESSAGE: usize = 65_535;
/// Octets of the headers of an HTTP response. Servers of DNS over HTTPS send a few hundred.
pub const HTTP_HEADERS: u32 = 16 << 10;
/// Octets of the path of a DNS over HTTPS URL: the longest that providers hand out carry an account's id.
pub const PATH_OF_URL: usize = 256;
/// Expected addresses and networks.
pub const EXPECTED: usize = 256;
/// Samples of `--samples`: a polite share of the 1,024 packets per second that a VPC resolver accepts.
pub const SAMPLES: u32 = 100;
/// Resolvers whose samples the one line of `-o short` sums up. A path has a handful of hops, each over UDP and TCP.
pub const SAMPLED_IN_SHORT: usize = 8;
/// Tries within one window.
pub const ATTEMPTS: u32 = 10;
/// The longest window of one question. A stub resolver gives up long before.
pub const TIMEOUT: Duration = Duration::from_secs(60);
/// The longest `--deadline`: what a job of a pipeline waits for a diagnosis.
pub const DEADLINE: Duration = Duration::from_secs(600);
/// How long a scenario of the lab may take.
pub const LAB_DEADLINE: Duration = Duration::from_secs(15);
/// The longest time between two rounds of a watch.
pub const INTERVAL: Duration = Duration::from_secs(3600);
/// How long a watch lasts where nothing else is said: longer than an update of a cluster's endpoint access takes.
pub const WATCH: Duration = Duration::from_secs(20 * 60);
/// The longest watch.
pub const LONGEST_WATCH: Duration = Duration::from_secs(24 * 3600);
/// Between two samples of the same question, so that a run never is a burst.
pub const BETWEEN_SAMPLES: Duration = Duration::from_millis(5);
/// The target's question over TCP follows its last try over UDP by so much. A server that forwards a question over the
/// transport that it came over may get the answer over TCP, and give it to the next try over UDP from its cache. What
/// clients meet would be hidden.
pub const TCP_AFTER_UDP: Duration = Duration::from_millis(20);
/// Characters of the label of a resolver: it has to fit a column.
pub const RESOLVER_LABEL: usize = 32;
/// Characters of the name of a place: it has to fit a line, or the head of a column.
pub const PLACE_NAME: usize = 64;
/// Characters of the name of an EKS cluster (EKS API reference, CreateCluster).
pub const CLUSTER_NAME: usize = 100;
/// Characters of the name of a Region that is taken for one.
pub const REGION_NAME: usize = 32;
/// Characters of the name of a profile or of a kubeconfig's context.
pub const FLAG_NAME: usize = 256;
/// File descriptors that have to be free before anything is asked: those of the least of [`SOCKETS`], and of the
/// runtime, the signals, the files and the getaddrinfo beside them. With fewer, this host's want of them would be taken
/// for a resolver's silence.
pub const DESCRIPTORS: usize = 48;
/// Sockets of a run that may be open at a time, at least and at most. The least lets every question be asked;
/// the most is below what Linux's default hard limit (4,096) and a range of ephemeral ports allow.
pub const SOCKETS: std::ops::Range<usize> = 32..4096;
/// How long a resolver that has answered everything else may take to say what it runs. It needs to ask nobody for that.
pub const SOFTWARE_PATIENCE: Duration = Duration::from_millis(50);
/// Characters of the version that a resolver says it runs. The longest marks of distributions make some forty.
pub const SOFTWARE_VERSION: usize = 64;
/// How long the OS's own lookup may take. glibc has no bound of its own on TCP.
pub const SYSTEM_LOOKUP: Duration = Duration::from_secs(10);

// Many targets.

/// Octets of a file of `--targets`: [`TARGETS`] lines of some 300 octets each.
pub const TARGETS_FILE: u64 = 32 << 20;
/// Targets of one run. Large organisations have some thousand clusters.
pub const TARGETS: usize = 100_000;
/// Octets of a line of `--targets`: a host name of 253, [`EXPECTED`] addresses, and a name.
pub const TARGET_LINE: usize = 16 << 10;
/// Octets of finished lines that wait for who reads them before no more targets are taken up: some hundred lines.
pub const UNWRITTEN: usize = 4 << 20;
/// Things that could not be learnt, of all targets together. Most are the same for all of them.
pub const GAPS_OF_FLEET: usize = 256;
/// Questions a second to one resolver where nothing else is said: half of the 1,024 packets that AWS lets one network
/// interface send to a VPC resolver (Amazon VPC User Guide, "Amazon DNS server").
pub const RATE: u32 = 500;
/// The most that may be asked for.
pub const FASTEST_RATE: u32 = 1_000_000;
/// A second.
pub const SECOND: Duration = Duration::from_secs(1);
/// The least time that the runtime's clock tells apart.
pub const TICK: Duration = Duration::from_millis(1);
/// Targets that are under way at once: each has some questions open at each resolver.
pub const TARGETS_AT_ONCE: usize = 64;
/// Questions to one resolver that a target takes, about: so many times fewer targets are under way than questions may
/// be sent in a second.
pub const QUESTIONS_OF_TARGET: usize = 8;
/// VPCs whose attributes are read for a fleet, in one account and Region. An account has five where nobody asked for
/// more (Amazon VPC quotas).
pub const VPCS_OF_FLEET: usize = 64;
/// Accounts and Regions that are asked at once.
pub const SESSIONS_AT_ONCE: usize = 4;
/// Targets whose reports wait for what others show of a resolver that was silent for them: those under way at once, and
/// some more. A report beyond goes out with what is known.
pub const TARGETS_HELD: usize = 256;
/// Targets that a page shows one by one, where not everything is asked for: a few screens.
pub const ROWS_SHOWN: usize = 50;
/// Names of targets that a line about a cause shows.
pub const TARGETS_SHOWN: usize = 5;
/// Questions that one server has not answered yet. A socket of a server holds some 270 small datagrams by default
/// (Linux, net.core.rmem_default), and a Resolver endpoint's or a VPC resolver's answers come within milliseconds.
pub const BULK_IN_FLIGHT: usize = 256;
/// Questions that are put to a server of which nothing was heard yet, and the questions in a row without a word after
/// which it is given up. Four names with A and AAAA: more than one lost datagram.
pub const BULK_UNPROVEN: usize = 8;
/// Questions that one socket carries before it is replaced by one with a new port.
pub const BULK_PER_SOCKET: usize = 64;
/// Datagrams that are sent or received with one call of the system.
pub const BULK_BATCH: u32 = 64;
/// Octets of a reply that are read: above what is announced, so that a longer one is known for that.
pub const BULK_REPLY: usize = 2048;
/// Targets that one server may be ahead of another: what is remembered for the slower one.
pub const BULK_AHEAD: usize = 4096;
/// Targets that the bulk engine has begun and that are not decided yet: more than it asks for in the time that it holds
/// answers back, and no more than a few megabytes.
pub const BULK_UNDECIDED: usize = 3072;
/// Kinds of targets of which all that differs is known, so that the others of a kind are not diagnosed. Each holds one
/// report and one line, of some 20 KB each.
pub const ALIKE: usize = 64;
/// How often other addresses are drawn that are to be in the same networks as those of a target.
pub const ALIKE_DRAWS: usize = 64;
/// No rule and no client takes a reply for late that came sooner: the least `options timeout` of resolv.conf is 1 s,
/// and clients are told apart within 250 ms of it.
pub const NEVER_LATE: Duration = Duration::from_millis(500);
/// Rows of targets that are like others which are written before the sockets are looked at again.
pub const ROWS_AT_ONCE: usize = 128;
/// Connections over TCP to one server at a time, for truncated replies.
pub const BULK_TCP: usize = 16;
/// How long a question may wait for a socket, a port or a buffer of this host before it is left out.
pub const BULK_SHORTAGE: Duration = Duration::from_secs(1);
/// Between two looks whether this host has those.
pub const BULK_LOOK: Duration = Duration::from_millis(5);
/// Questions to a server within this time are no more than a tenth of its rate: a tenth of a second, and what two
/// datagrams may come closer to each other on the way.
pub const PACE_SPAN: Duration = Duration::from_millis(101);
/// Between two questions, of the rate's own distance: so much more, since a tenth of the rate is the most within
/// [`PACE_SPAN`], and the whole stays within a twentieth of the rate's own time.
pub const PACE_SLACK: f64 = 1.01;

// What is read again: captures, comparisons, pasted messages.

/// Octets of a capture, or of `dig`'s text. A run with every resolver and every sample stays below 10 MiB.
pub const CAPTURE: u64 = 32 << 20;
/// Lookups of one resolver in a capture: 100 samples of A and AAAA over UDP and TCP, and the controls.
pub const LOOKUPS_PER_RESOLVER: usize = 512;
/// Tries of one lookup in a capture: [`ATTEMPTS`], each with its company without EDNS and over TCP, and room.
pub const ATTEMPTS_PER_LOOKUP: usize = 64;
/// Members of any other list in a capture.
pub const LIST_IN_CAPTURE: usize = 1024;
/// Octets of a text in a capture. The longest that this program writes is a block of configuration.
pub const TEXT_IN_CAPTURE: usize = 8192;
/// Characters of one word that an error shows: a path of any sense.
pub const ERROR_WORD: usize = 512;
/// Characters of an error that are shown of its beginning, and of its end, where it says what to do. A whole text that
/// was given in the place of a name is not shown again.
pub const ERROR_PART: usize = 1024;
/// Lines of one record of dig's text: +multiline spreads a SOA over seven.
pub const LINES_OF_RECORD: usize = 16;
/// Octets of the name of a resolver or a place in a capture: it has to fit a table.
pub const NAME_IN_CAPTURE: usize = 256;
/// Milliseconds of a time in a capture: a day.
pub const MILLISECONDS_IN_CAPTURE: f64 = 86_400_000.0;
/// Captures that are compared at once: a fleet of nodes behind one tag of `--via ssm:`.
pub const PLACES: usize = 64;
/// Places of `--via`, which are asked at once, and nodes of Systems Manager that run one command at once. Each may send
/// [`CAPTURE`] octets before it is refused.
pub const VIA_AT_ONCE: usize = 16;
/// Captures further apart than this may show a change. The records of a private endpoint live for 60 seconds.
pub const PLACES_APART: Duration = Duration::from_secs(60);
/// How long replies are still listened for once the resolvers in scope have answered, before anything is left unwaited
/// for: a forged reply comes first, and the real one behind it. And how long a resolver that decides nothing by itself
/// may say nothing before a healthy run ends without it: a VPC's resolver answers its VPC within 10 ms.
pub const UNHEARD: Duration = Duration::from_millis(150);
/// A pause in what comes in, after which it is looked at whether the rest is worth waiting for. A resolver that answers
/// answers all its questions within some milliseconds of each other.
pub const PAUSE: Duration = Duration::from_millis(20);
/// Seconds for which a public address of an endpoint may be kept and still be taken for today's: ten times AWS's TTL of
/// 60 s, which is more than caches that set a least TTL have by default.
pub const KEPT_TTL: u32 = 600;
/// Diagnoses that are made to find out whether the rest is worth waiting for. A silent resolver beside an answering one
/// takes some hundred; where more would be needed, the rest is waited for.
pub const SUPPOSED: usize = 6000;
/// Between the end of a round of questions of a watch and the start of the next: nobody is asked more often.
pub const BETWEEN_ROUNDS: Duration = Duration::from_secs(2);
/// Characters kept of what a parser says of a file: it repeats what it did not understand.
pub const PARSER_MESSAGE: usize = 200;
/// Characters of a file that a refusal shows: enough to find the place.
pub const SHOWN_OF_FILE: usize = 60;
/// Characters that a refusal shows of a text whose kind is not known: it may be a file of secrets, given by mistake.
pub const SHOWN_OF_UNKNOWN: usize = 20;
/// Keys of an object that a refusal names.
pub const KEYS_SHOWN: usize = 3;
/// Letters that two keys begin with alike, where one may be meant for the other.
pub const LIKENESS: usize = 4;
/// Documents in one file of `--facts`, one behind the other. More is no output of a few commands.
pub const DOCUMENTS: usize = 256;
/// Octets of a pasted message: a log of some thousand lines.
pub const PASTED: u64 = 1 << 20;
/// Characters of the pasted line that are shown again.
pub const PASTED_LINE: usize = 240;
/// Lines of a pasted text of which each is joined with those behind it: as far back as a terminal scrolls, and whoever
/// breaks lines is a terminal.
pub const PASTED_JOINED: usize = 4096;
/// Lines that a pasted message may be broken into.
pub const PASTED_LINES: usize = 4;
/// Messages of a pasted text that are told apart.
pub const PASTED_MESSAGES: usize = 8;
/// Runs of programs in a pasted text that are told apart.
pub const PASTED_RUNS: usize = 64;
/// Octets of a text that is no place, of which it is told what it is: the beginning tells it.
pub const PASTED_NAMED: usize = 1 << 16;
/// What is kept of a pasted text while it is read: what fails for an endpoint first.
pub const PASTED_FOUND: usize = 33;
/// Findings that are named for a pasted message.
pub const PASTED_CANDIDATES: usize = 5;
/// Members of one value of a pasted log in JSON that are looked at.
pub const PASTED_DEPTH: usize = 6;
/// Characters of a pasted error: the longest, with two addresses of IPv6 in it, has some two hundred.
pub const PASTED_ERROR: usize = 512;
/// How often a word may stand in a pasted line before the one that counts.
pub const PASTED_WORDS: usize = 256;
/// Sentences about domains of a pasted configuration that cover the endpoints of one Region or one cluster only.
pub const PASTED_DOMAINS: usize = 8;

// The Model Context Protocol.

/// Octets of a line: a capture in it is JSON once more, and captures are compared.
pub const MCP_LINE: usize = 96 << 20;
/// Messages of a batch.
pub const MCP_BATCH: usize = 64;
/// Octets of an id, of a name, or of the value of a flag. The longest value that has a sense is a path.
pub const MCP_TEXT: usize = 4096;
/// Values of one flag. Nobody has that many resolvers, and addresses that are expected are bounded by themselves.
pub const MCP_LIST: usize = 256;
/// Calls that are not answered yet, and those that run at once. Each asks as many resolvers as a run does.
pub const MCP_CALLS: usize = 64;
/// Calls that run at once.
pub const MCP_AT_ONCE: usize = 4;
/// How long a call may take that asks nobody: to look for messages in a text, or to diagnose captures. The longest log
/// takes less than three seconds, unoptimised; only a text of the shortest lines takes more. The largest capture takes
/// four.
pub const MCP_OFFLINE: Duration = Duration::from_secs(10);
/// How long calls may still take once standard input has ended. Clients wait two seconds before they send a signal.
pub const MCP_REST: Duration = Duration::from_millis(1500);

/// Characters of a zone's name in a `--creator-request-id`, which takes 255 (Amazon Route 53 Resolver API Reference,
/// CreateResolverRule).
pub const REQUEST_ID_OF: usize = 200;

// What is shown of more.

/// Names that a sentence or an error lists: contexts, clusters, networks.
pub const NAMES_SHOWN: usize = 8;
/// Resolvers that a sentence names with their addresses; the finding lists all.
pub const TITLES_SHOWN: usize = 4;
/// Columns of those that are named in one sentence: two lines of a page. One is named however long it is.
pub const TITLES_COLUMNS: usize = 150;
/// Lines of a first screen, with a line or two of whoever prints it above it: nobody scrolls back further than 60.
pub const FIRST_SCREEN: usize = 57;
/// Lines of a comment on a ticket that stand above its fold: nine of ten have less without anything left out.
pub const FIRST_PART: usize = 40;
/// Lines of the first screen of a comparison, which has more than one host's to say. Nine of ten comparisons of a few
/// places need less.
pub const FIRST_SCREEN_OF_PLACES: usize = 40;
/// Columns of a terminal for which that holds; in less, lines break more often.
pub const FIRST_SCREEN_COLUMNS: usize = 80;
/// Columns of a resolver's name there. The address beside it says who it is.
pub const NAME_IN_SHORT: usize = 26;
/// Rows of a table that stand apart even where resolvers answer alike: two networks with their resolvers fit, and a
/// first screen has room for them.
pub const ROWS_APART: usize = 8;
/// Ways of the question that the picture of a page draws; further ones stand in its table.
pub const WAYS_DRAWN: usize = 12;
/// Places whose columns stand beside each other on paper: A4 has room for a resolver and so many addresses.
pub const PLACES_ON_PAPER: usize = 4;
/// Names that are suggested for a mistyped one. More are a list to search rather than a hint.
pub const SUGGESTIONS: usize = 3;
/// Addresses shown of one answer, or of what is expected, where not everything is asked for.
pub const ADDRESSES_SHOWN: usize = 8;
/// Addresses of one answer that a cell of several places or a line of a watch shows.
pub const ADDRESSES_IN_CELL: usize = 4;
/// Rules named of those that lack the same thing, where not everything is asked for.
pub const RULES_SHOWN: usize = 3;
/// Lookups, endpoints or servers that are evidence of one finding.
pub const EVIDENCE_SHOWN: usize = 4;

/// Octets of the line of a monitoring plugin: Nagios reads 4 KiB (Nagios Core, "Plugin API"), the line's end among
/// them.
pub const PLUGIN_OUTPUT: usize = 4095;
/// Characters of its text, so that there is room for its numbers.
pub const PLUGIN_TEXT: usize = 768;

// The endpoint of the standing check.

/// Octets of the head of a request. A scraper's has some three hundred.
pub const SERVE_HEAD: usize = 8 << 10;
/// Fields of the head of a request. A scraper's has some six.
pub const SERVE_HEADERS: usize = 64;
/// Octets that are read behind a request before the connection is closed.
pub const SERVE_REST: usize = 64 << 10;
/// How long a request may take to come, and a connection with its answer: a scrape has 10 s by Prometheus's default.
pub const SERVE_REQUEST: Duration = Duration::from_secs(5);
/// A connection with its answer.
pub const SERVE_CONNECTION: Duration = Duration::from_secs(10);
/// Connections at a time: some scrapers, and some that are slow.
pub const SERVE_CONNECTIONS: usize = 64;
/// How long is waited where no connection can be taken, for want of a descriptor.
pub const SERVE_PAUSE: Duration = Duration::from_millis(100);
/// How often it is looked whether a file that a standing check was given has changed.
pub const SERVE_LOOK: Duration = Duration::from_secs(2);
/// Intervals after which what a standing check found says nothing any more: the next one and the one behind it.
pub const INTERVALS_MISSED: u32 = 2;

// AWS.

/// How long a connection to an AWS API may take, a try of a read, and a read with all its tries. The SDK has no bound
/// of its own on the last two; an API in the next Region answers within half a second.
pub const AWS_CONNECT: Duration = Duration::from_secs(2);
/// A try of a read of AWS.
pub const AWS_ATTEMPT: Duration = Duration::from_secs(4);
/// A read of AWS with all its tries.
pub const AWS_READ: Duration = Duration::from_secs(9);
/// Tries of a read of AWS: the first, and two after one that was throttled or that the service failed at.
pub const AWS_ATTEMPTS: u32 = 3;
/// How long the instance metadata service may take to say where this host is: it is one hop away, or nowhere.
pub const INSTANCE_METADATA: Duration = Duration::from_millis(300);
/// How long it may take to give the Region or credentials, where nothing else does: as the AWS CLI waits.
pub const INSTANCE_CREDENTIALS: Duration = Duration::from_secs(1);
/// How long the instance metadata service may take for everything that is asked of it.
pub const INSTANCE: Duration = Duration::from_secs(2);
/// How long is waited before a read of AWS is tried again, at first and at most.
pub const AWS_BACKOFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(1));
/// Members of a page: the most that EKS and Route 53 Resolver give.
pub const AWS_PAGE: i32 = 100;
/// Characters of a value of AWS's that is quoted because it is none.
pub const AWS_VALUE: usize = 48;
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
/// Targets of a Resolver rule, and subnets of an outbound endpoint, for which the way between them is looked at. AWS's
/// quota is six of each (quotas of Route 53).
pub const WAYS_OUT: usize = 8;
/// VPCs whose private hosted zones are listed: the cluster's, this instance's, and those of inbound endpoints.
pub const ZONES_OF_VPCS: usize = 8;
/// Members of a page of a domain list of DNS Firewall. AWS gives 5,000 at most; an answer of 1,000 has some 64 KiB.
pub const FIREWALL_DOMAINS: i32 = 1000;
/// Rule groups of DNS Firewall whose rules are listed. A VPC has five at most, and a Profile five (quotas of Route 53).
pub const FIREWALL_GROUPS: usize = 64;
/// Domain lists that are read. A rule group has 100 rules at most, and most share their lists.
pub const DOMAIN_LISTS: usize = 64;
/// Managed prefix lists whose entries are read. A security group has 60 rules in the default quota, few of them lists.
pub const PREFIX_LISTS: usize = 16;
/// Pages of one lookup in CloudTrail. A page has 50 events (CloudTrail API Reference, LookupEvents).
pub const EVENT_PAGES: usize = 4;
/// Members of such a page: the most that CloudTrail gives.
pub const EVENTS_OF_PAGE: i32 = 50;
/// What lies between two lookups in CloudTrail, which takes two a second (CloudTrail API Reference, LookupEvents).
pub const BETWEEN_LOOKUPS: Duration = Duration::from_millis(500);
/// How far back `--since` reaches. LookupEvents has 90 days; more of them than these are more events than are read.
pub const SINCE: Duration = Duration::from_secs(28 * 24 * 3600);
/// Values of an event of CloudTrail that are looked at for ids.
pub const EVENT_VALUES: usize = 512;
/// Ids that are kept of an event.
pub const EVENT_RESOURCES: usize = 16;
/// Seconds between an update of a cluster and the event of its request, within which they are one change.
pub const ONE_CHANGE_S: u64 = 60;
/// Changes that stand on a page; the JSON document has all.
pub const CHANGES_SHOWN: usize = 8;
/// Client VPN endpoints whose routes and rules are read. An account has five in the default quota (AWS Client VPN
/// Administrator Guide, "Limits").
pub const CLIENT_VPN_ENDPOINTS: usize = 8;
/// DNS servers of a Client VPN endpoint (EC2 API Reference, ModifyClientVpnEndpoint: up to two).
pub const CLIENT_VPN_DNS_SERVERS: usize = 2;
/// Profiles whose resources are listed. An account has five of its own in a Region; others are shared with it.
pub const PROFILES: usize = 16;
/// Service networks of VPC Lattice whose resources are listed. A VPC is associated with one, and reaches others by VPC
/// endpoints (quotas of VPC Lattice).
pub const SERVICE_NETWORKS: usize = 16;
/// Resource configurations of VPC Lattice that are read, each by a request of its own.
pub const RESOURCE_CONFIGURATIONS: usize = 64;

// Kubeconfigs, connections, other places.

/// Files of `KUBECONFIG` that are read. People list a handful.
pub const KUBECONFIGS: usize = 64;
/// Characters of a text that is taken from a kubeconfig: an argument, a name, a URL.
pub const KUBECONFIG_TEXT: usize = 2048;
/// Programs of an `exec` entry that run one inside the other: a shell, a wrapper, a shell in it.
pub const EXEC_DEPTH: usize = 12;
/// Arguments of an `exec` entry, and variables that it sets. Plugins have some ten.
pub const EXEC_WORDS: usize = 256;
/// Characters of the name of a program, or of a key of a kubeconfig, that are shown.
pub const EXEC_SHOWN: usize = 40;
/// Lists and mappings of it one inside the other: as many as kubectl takes (go-yaml v2, scannerc.go, `max_flow_level`
/// and `max_indents`). They take no stack.
pub const KUBECONFIG_DEPTH: usize = 10_000;
/// Merge keys of it one inside the other, which take stack. People write one.
pub const KUBECONFIG_MERGES: usize = 64;
/// Values of it, of which each takes some 50 octets. A kubeconfig of a thousand clusters has some 30,000.
pub const KUBECONFIG_VALUES: usize = 400_000;
/// Letters of one word of a line of a kubeconfig that is shown: the longest of its own, `authentication`, has 14.
pub const LETTERS_SHOWN: usize = 14;
/// Characters shown of a word that stands alone on a line of a kubeconfig: too few for a secret.
pub const KEY_SHOWN: usize = 8;
/// Octets of a certificate authority in it: a capture has to hold it. EKS's has some 1,500.
pub const KUBECONFIG_AUTHORITY: usize = TEXT_IN_CAPTURE;
/// Characters of the address of a proxy: a host name has 253, and a port behind it.
pub const PROXY: usize = 300;
/// Addresses that are connected to with `--connect`. An endpoint has two to four, from each resolver.
pub const CONNECTIONS: usize = 32;
/// Characters kept of why TLS failed: a certificate's names can stand in it.
pub const TLS_REASON: usize = 200;
/// How long `ssh` may take to connect, as it is told.
pub const VIA_CONNECT: Duration = Duration::from_secs(10);
/// What the way to another place and back may take beside the check there: a login over jump hosts, sending this
/// program's 20 MB with `--push`, Systems Manager's agent picking the command up.
pub const VIA_WAY: Duration = Duration::from_secs(60);
/// How long what `ssh` wrote may take to be read when it has ended: it is in a pipe.
pub const VIA_REST: Duration = Duration::from_secs(2);
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
/// Between two looks at how far Systems Manager's nodes are.
pub const VIA_POLL: Duration = Duration::from_secs(1);

// This host's own commands, and what they print.

/// Octets read of what one command of this host prints of its resolvers. Hosts with dozens of links print a few KiB.
pub const HOST_TEXT: usize = 256 << 10;
/// How long such a command may take. resolvectl and scutil answer within 50 ms, PowerShell starts within two seconds.
pub const HOST_COMMAND: Duration = Duration::from_secs(4);
/// How long such a command may take to end once it has closed its output, and between two looks whether it has.
pub const HOST_COMMAND_END: (Duration, Duration) = (Duration::from_millis(500), Duration::from_millis(5));
/// How deep the JSON of PowerShell may be: a document of lists of objects of lists.
pub const HOST_JSON_DEPTH: usize = 6;
/// Octets of resolv.conf in which the comment of the program that wrote it is looked for: it stands at the top.
pub const WRITER_COMMENT: usize = 4096;
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
