//! What each symptom means, for a person.

use super::layer::Layer;
use super::symptom::Symptom;

impl Symptom {
    /// The layer, for a person.
    pub fn title(self) -> &'static str {
        match self {
            Self::AfterLookup(what) => what.title(),
            Self::NoDialInTime => "the client's time ran out in DNS or TCP",
            Self::KubectlRefused => "TCP: a port was refused, the cluster's or a name server's",
            Self::Doubted => "DNS, and perhaps nothing: a negative answer that systemd-resolved doubts",
            Self::ConnectionElsewhere => "TCP: the connection to a server that is no EKS endpoint",
            Self::NoSocket | Self::NoSocketToConnect => {
                "this host: the program has no socket left, and nothing was sent"
            }
            Self::NoSuitable => "DNS: the client has no address of the family that it was told to use",
            Self::BadProxy => "the proxy: it is given in a form that the client cannot use",
            Self::Proxy => "the proxy: its own name was not found",
            Self::Address => "TCP: the server is an address, and no name was looked up",
            Self::OtherFamily => "before TCP: the server is an address of a family that the client may not use",
            Self::AtAddress(what) => what.title_at_address(),
            Self::AwsApi => "the AWS API's name or the path to it, not the cluster's endpoint",
            Self::AwsApiTimeout => "TCP: the AWS API's address, not the cluster's endpoint",
            Self::AccessDenied => "the permissions in AWS, not DNS",
            Self::Configuration => "nothing in this text: it is a host's resolver configuration",
            Self::BadServer => "the configuration: the server is no URL that the client can use",
            Self::BadPort => "the configuration: the port is neither a number nor a service's name",
            Self::RefusedKubeconfig => "the configuration: the client does not take the kubeconfig",
            Self::ClusterNotFound => "the configuration: AWS has no cluster of this name",
            Self::TunnelFailed => "the tunnel: its other end did not reach the endpoint",
            Self::TunnelRefused => "the tunnel: its other end makes no connection, or is not there",
            Self::WebPage => "HTTP: a web page came in the place of the API server's reply",
            Self::Answered => "nothing that this line shows",
            Self::AnsweredForSearch => "DNS: the answer is for the name with a search domain behind it",
            Self::DeniedInPublic => "nothing: public DNS lacks the name, and the network's own name server has it",
            Self::EmptyInPublic => {
                "perhaps nothing: public DNS gave no address, and the network's own name server has the name"
            }
            Self::PublicView => "perhaps nothing: one name server gives public addresses, and another private ones",
            Self::Searched => "nothing: a search domain stands behind the name",
            Self::PassedOver => "nothing that this line shows: the name server goes on to others",
            Self::OtherType => "nothing in this text: the name's A record was not asked for",
            Self::Credentials => "the credentials: what gives them failed on this host, before any connection",
            _ => match self.layer() {
                Layer::Configuration => "the configuration: no cluster is configured",
                Layer::Dns => "DNS, before any connection",
                Layer::Tcp => "TCP, after DNS gave an address",
                Layer::Tls => "TLS, after DNS gave an address and TCP connected",
                Layer::Http => "HTTP, after DNS, TCP and TLS",
                Layer::Proxy => "the proxy",
                Layer::ApiServer => "beyond the API server: kubectl reached the cluster",
                Layer::None => "nothing",
                Layer::Unknown => "the message does not tell",
            },
        }
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        match self {
            // Go, src/net/dnsclient_unix.go; recorded with kubectl 1.20 to 1.33.
            Self::NoAddress => {
                "The lookup ended without an address. This text stands for NXDOMAIN (the name does not exist), for \
                 NODATA (it exists without an address) and for an answer that a filter emptied. It does not tell which."
            }
            Self::NxDomain => "The name server said that the name does not exist (NXDOMAIN).",
            // Recorded with glibc 2.36, both (src/clients/glibc.rs, src/clients/gai.rs).
            Self::NoName => {
                "The operating system's lookup did not find the name. glibc says so where a name server denied it \
                 (NXDOMAIN), and also where nsswitch.conf ends the lookup before any name server is asked. The text \
                 does not tell which."
            }
            // systemd, src/resolve/resolved-dns-transaction.c, dns_transaction_process_reply.
            Self::Doubted => {
                "A name server said of some name that it does not exist (NXDOMAIN), and systemd-resolved asked it again \
                 with less of EDNS, since some servers say so of names that exist when they are asked with EDNS. The \
                 message does not tell which name it was, nor how it ended: any name that does not exist gives it."
            }
            Self::NoData => {
                "The reply had no address in it (NODATA). A filter that empties answers looks the same, and so does, \
                 with glibc, an A question that failed while the AAAA question was answered without an address."
            }
            Self::Misbehaving => {
                "The name server answered with an error: SERVFAIL, REFUSED or another RCODE. The text does not tell \
                 which, and Go shows the last server's error only."
            }
            // RFC 1035 section 4.1.1; RFC 6891 sections 7 and 9.
            Self::NotUnderstood => {
                "The name server answered that it does not understand the question (FORMERR, NOTIMP or BADVERS): not \
                 the name, but the form that it was asked in. Old servers, and boxes that change DNS messages on the \
                 way, say so of EDNS."
            }
            Self::ServFail => "The name server could not answer (SERVFAIL).",
            Self::Refused => "The name server would not answer (REFUSED).",
            Self::TryAgain => {
                "No name server gave an answer that could be used: SERVFAIL, REFUSED, silence or a closed port. The \
                 text does not tell which."
            }
            // c-ares, ares_strerror(3), ARES_ECONNREFUSED, which Node has as ECONNREFUSED (Node.js, "DNS", "Error
            // codes").
            Self::NotContacted => {
                "c-ares got no usable reply from any name server that it knows: their ports are closed, no route leads to \
                 them, or it knows none and asked this host. Older versions say the same where every server answered with \
                 an error (SERVFAIL, REFUSED)."
            }
            Self::Silence => {
                "No usable reply came within the window. A server that answers other names can still be silent for \
                 this one, where what it forwards to is."
            }
            // Go, src/net/dnsclient_unix.go: a reply that was read has another error.
            Self::Unanswered => {
                "The program sent its question, or was about to, and read no reply: none came in time, the name server's port \
                 is closed, or no route leads to it. The text does not tell which."
            }
            Self::PortClosed => "Nothing listens on the name server's port.",
            Self::Truncated => {
                "The reply over UDP was truncated, and the connection over TCP that should bring the rest failed."
            }
            Self::NoRoute => "This host has no route to the name server.",
            Self::NotLetOut => {
                "This host itself did not let the question out to the name server: a firewall here, or what the \
                 program is confined by."
            }
            Self::NoServer => "There is no name server to ask for this name: no link that may be asked for it has one.",
            Self::Bogus => {
                "The answer failed the validation of DNSSEC: its signatures are missing, out of date or not of the \
                 zone that is above it."
            }
            Self::Unreadable => "The name server's reply could not be decoded.",
            Self::Referral => "The name server pointed elsewhere in the place of an answer (a referral).",
            Self::Unknown => {
                "The lookup failed. The text is the same for a name that does not exist, for one without an \
                 address, for an error of the name server and for silence."
            }
            Self::OtherError => {
                "The lookup failed with an error that is none of DNS's own; what stands behind the name says which."
            }
            // Go, src/syscall/zerrors_linux_amd64.go, EMFILE and ENFILE; getrlimit(2), RLIMIT_NOFILE.
            Self::NoSocket | Self::NoSocketToConnect => {
                "The program, or its host, has as many files and sockets open as it may. So it sent nothing: neither a \
                 name server nor the network has a part in it. Look at what the program has open, and at its limit \
                 (ulimit -n where it is started; LimitNOFILE of a service)."
            }
            // Go, src/net/ipsock.go, internetAddrList and filterAddrList; before Go 1.20 also where the hosts line of
            // nsswitch.conf has no dns (recorded: fixtures/clients).
            Self::NoSuitable => {
                "Go says so where the name has addresses, and none of the family that the client was told to use (tcp4: \
                 IPv4, tcp6: IPv6) or that this host has. Go before 1.20 says it also where the hosts line of \
                 nsswitch.conf ends the lookup before any name server is asked."
            }
            Self::LookUpDeadline => "The time ran out during the lookup: no answer came. No connection was tried.",
            // Go, src/net/net.go, mapErr: of context.Canceled. The time that is over is "i/o timeout".
            Self::LookUpGivenUp => {
                "The program itself gave the lookup up before an answer came: it was stopped, it had the address by another \
                 way, or what the lookup was for had ended. No connection was tried. A slow or silent name server may be \
                 behind that; the text does not tell."
            }
            Self::Forward => {
                "This name server asked the server that it forwards to, and got no usable answer. Unless \
                 another server answers, its clients get SERVFAIL or nothing."
            }
            Self::ForwardRefused => {
                "The server that this name server forwards to answered, and would not do it (REFUSED). The path to it \
                 is open: what it lets this client ask is what counts."
            }
            Self::ForwardFailed => {
                "The server that this name server forwards to answered with an error. The path to it is open: the cause \
                 is at that server or behind it."
            }
            Self::ForwardUnusable => {
                "The server that this name server forwards to answered, and this name server did not take the reply. \
                 The path to it is open."
            }
            Self::ForwardClosed => {
                "Nothing listens on the port of the server that this name server forwards to, or that server, or \
                 something on the way, ends the connection. Unless another server answers, its clients get SERVFAIL or nothing."
            }
            Self::ForwardNoRoute => {
                "This name server has no route to the server that it forwards to. Unless another server answers, its \
                 clients get SERVFAIL or nothing."
            }
            Self::ForwardNoName => {
                "This name server is to forward to a server that its configuration gives by name, and that name was not \
                 found. So nothing was forwarded. Its clients get SERVFAIL or nothing."
            }
            Self::Loop => "The name server's question came back to itself: two servers forward to each other.",
            Self::Rebind => {
                "The name server took the answer for a DNS rebinding attack, since it holds private addresses, and \
                 dropped it."
            }
            Self::Blocked => "A policy of the name server blocked the name.",
            Self::OwnZone => "The name server answered from a zone or a line of its own configuration.",
            Self::FirewallBlocked => "Route 53 Resolver DNS Firewall blocked the question. Nothing was forwarded.",
            Self::Edns => "The name server does not get on with EDNS, and is asked without it.",
            Self::Encrypted => "A name server that is asked inside TLS could not be asked: its session failed.",
            Self::Sinkhole => "The answer is an address that leads nowhere, as filters give.",
            Self::Aliased => {
                "The answer is an alias (CNAME) that leads to an address. EKS gives an endpoint's name addresses and no \
                 alias, so something between gave this answer in its own name: a filter's page, or a zone of its own."
            }
            Self::NoDialInTime => {
                "The client stopped waiting before it had a connection: the lookup or TCP took too long. To tell them \
                 apart, ask the name server alone: a lookup that is answered at once leaves TCP."
            }
            // k8s.io/kubectl pkg/cmd/util/helpers.go, StandardErrorMessage.
            Self::KubectlRefused => {
                "kubectl prints this for every error with \"connection refused\" in it, also where the port that was \
                 refused is a name server's or a proxy's and the cluster was never asked."
            }
            // golang.org/x/net/http/httpproxy, proxy.go, parseProxy.
            Self::BadProxy => {
                "The client is told to use a proxy, and what it is told is no URL that it can use. Nothing was looked up, \
                 and nothing was connected to. Look at HTTPS_PROXY and HTTP_PROXY in the program's environment."
            }
            Self::Proxy => {
                "The client uses a proxy, and the proxy's own name was not found. Behind a proxy it is the proxy \
                 that looks the endpoint up."
            }
            Self::ProxyConnection => {
                "The client uses a proxy, and the connection to the proxy failed. Behind a proxy it is the proxy that \
                 looks the endpoint up."
            }
            // Go, src/net/http/transport.go: the status text of the reply to CONNECT is the error.
            Self::ProxyAnswer => {
                "A proxy was asked to connect to the endpoint, and would not or could not. Behind a proxy it is the \
                 proxy that looks the endpoint up."
            }
            Self::TunnelFailed => {
                "The tunnel stands, and its other end did not reach the endpoint: it did not find the name, or the \
                 connection failed. The text does not tell which. The name is looked up at that end, by the name \
                 servers of that host."
            }
            Self::TunnelRefused => {
                "The tunnel leads nowhere: its other end may not make the connection, or it is not there. Nothing was \
                 asked of the endpoint."
            }
            // The API server's errors are of kind Status (k8s.io/apimachinery, pkg/apis/meta/v1).
            Self::WebPage => {
                "What answered sent HTML. The API server sends none of its own: a proxy, a filter or another web server \
                 stands in the way or at the address. What the page says is theirs."
            }
            Self::Connection => {
                "The name was resolved, or the address was given, and the connection failed. If it is the cluster's \
                 address, then route, firewall and security group are next."
            }
            Self::ConnectionElsewhere => {
                "The connection failed: nothing listens there, or route, firewall or security group do not let it \
                 through. What was dialled is no EKS endpoint, so this says nothing of the cluster's."
            }
            Self::Address => {
                "The client's server is an address and no name, so no name server was asked. The connection to it \
                 failed: nothing listens there now, or route, firewall or security group do not let it through."
            }
            Self::OtherFamily => {
                "The client's server is an address and no name, so no name server was asked. The address is not of the \
                 family that the client was told to use (tcp4: IPv4, tcp6: IPv6). So no connection was tried."
            }
            Self::AfterLookup(what) => what.meaning(),
            Self::AtAddress(what) => what.meaning_at_address(),
            Self::ApiServer => {
                "kubectl reached the API server. The API server then failed towards a node, a webhook or another \
                 server. The name server of this host has no part in it."
            }
            Self::NotLetIn => {
                "The client reached the API server, and the API server does not take its credentials, or they may not \
                 do this. Names, addresses and the way there are in order."
            }
            Self::Credentials => {
                "kubectl runs a program for its credentials (aws eks get-token), and it failed: it is not there, it is of \
                 another version, or AWS's own credentials are missing or out of date. Nothing was asked of the cluster."
            }
            Self::NoCluster => {
                "The client has no cluster to talk to: no kubeconfig, no current context, or none in this program's \
                 environment. It then tries localhost, or says so. No name server was asked."
            }
            Self::BadServer => {
                "The client's server is not written as a URL: https://HOST, with no space in it and at most one port. \
                 Nothing was looked up, and nothing was connected to. Look at the server of the cluster in the \
                 kubeconfig: aws eks update-kubeconfig writes the right one."
            }
            // Go, src/net/lookup.go, LookupPort, and port_unix.go: services(5), and no name server.
            Self::BadPort => {
                "The program was given a port that is neither a number nor the name of a service on its host \
                 (/etc/services). No name server was asked, and nothing was connected to. Look at what stands behind the \
                 last colon of the address that the program is given."
            }
            Self::RefusedKubeconfig => {
                "The client cannot read the kubeconfig, or an entry of it is not as it has to be. It ends there: no name \
                 server was asked, and nothing was connected to. The message says which file or entry it is. Mend that; \
                 a file that cannot be read cannot be written anew by aws eks update-kubeconfig either."
            }
            Self::ClusterNotFound => "AWS answered: it has no cluster of this name in this account and Region.",
            Self::AccessDenied => "AWS answered, and denied the call. This is about permissions, not about DNS.",
            Self::AwsApi => {
                "The AWS CLI and SDKs print this when the name of the AWS API does not resolve or cannot be reached."
            }
            Self::AwsApiTimeout => {
                "The AWS CLI and SDKs print this where the name of the AWS API had an address, and the connection to \
                 it was not made in time: no route to the API (NAT gateway, interface endpoint), a firewall or \
                 security group, or a proxy that the client does not know of."
            }
            Self::Configuration => {
                "It says which name servers this host has, and for which names it asks each of them. Whether they know \
                 the name is what asking them shows."
            }
            Self::Answered => {
                "The name server answered without an error (NOERROR). The line does not say what was in the answer: with \
                 no address in it, it is NODATA, and the client says that the name was not found."
            }
            // The rule not-in-public-dns has what AWS says of it.
            Self::DeniedInPublic => {
                "A public name server denies the name (NXDOMAIN), and a name server of the network has it, with \
                 private addresses. The name of a private endpoint may be missing in public DNS, so this is no \
                 failure: clients have to ask the name server that has it."
            }
            Self::EmptyInPublic => {
                "A public name server gave nothing that dig +short prints, and a name server of the network has the \
                 name, with private addresses. dig +short prints nothing for a denial, and nothing for an error of the \
                 server. A denial is no failure here: the name of a private endpoint may be missing in public DNS. To \
                 see which it was, run dig without +short."
            }
            // Amazon EKS User Guide, "Cluster API server endpoint": with both accesses on, the name has private
            // addresses inside the VPC.
            Self::PublicView => {
                "This name server gives public addresses for the name, and another one in this text gives private \
                 addresses. With the cluster's public and private access both on, each is right in its place: who asks \
                 this one connects over the internet, and who asks the other stays in the VPC. That public access is on \
                 is not in this text: without it the public addresses are old, or not the cluster's. Where this host is \
                 to use the private addresses, its name server has to forward the name to the VPC."
            }
            // resolv.conf(5), "search" and "ndots".
            Self::Searched => {
                "The name was asked with a search domain behind it, and that name does not exist. This is as it should \
                 be: the client then asks for the name as it is. What that gave is not in this text."
            }
            // resolv.conf(5), "search"; RFC 4592.
            Self::AnsweredForSearch => {
                "The name was asked with a search domain behind it, and that longer name has an address: the search \
                 domain has a wildcard record. A client that asks so gets an address that is not the cluster's. What \
                 the name itself gives is not in this answer."
            }
            Self::PassedOver => {
                "The name server passed over one of the servers that it could ask, and goes on to the others. That alone \
                 is no failure: its clients get SERVFAIL only where none of the others can be asked or answers."
            }
            // RFC 2308 section 2.2: NODATA is said of one type, and leaves the others open.
            Self::OtherType => {
                "The question was for another type than A, and nothing failed. An endpoint has A records, and AAAA \
                 records where its cluster has IPv6: a reply without a record of another type is as it should be. \
                 Whether the name has an A record is not in this text, since it was not asked for."
            }
            Self::Healthy => "The reply is in order: it has an address.",
        }
    }
}
