//! A name server that this host knows has the name, and is not the one that this host asks for it.

use super::shared::split::{self, Split};
use super::{Case, Evidence, Finding, Fits, Reference, Remedy, Severity, Stage, Subject, phrase, reference, remedy};
use crate::facts::{AskedFor, Chooser, SplitDns, System};

declare_rule! {
    /// ## What it means
    /// This host knows several name servers, one for each link, adapter or domain, and it does not ask the one that has
    /// the endpoint's name, such as a VPN's.
    ///
    /// ## How it was decided
    /// The operating system lists the name servers that it has: systemd-resolved with `resolvectl status` and in
    /// `/run/systemd/resolve/resolv.conf`, macOS with `scutil --dns` and in `/etc/resolver`, Windows for each adapter
    /// and in its NRPT rules. Each of them was asked by itself: one gives the right addresses, and the stub
    /// (127.0.0.53), getaddrinfo or the name server in use does not.
    ///
    /// ## Why it matters
    /// The VPN is up and its DNS works. Only the rule that says for which names to ask it is missing. A change on the
    /// other side of the VPN does not help.
    ///
    /// ## What to do
    /// Send the endpoint's zone to that name server: with a routing domain for its link (systemd-resolved), a file in
    /// `/etc/resolver` (macOS), or an NRPT rule (Windows); best in the VPN client, which brought it.
    "split-dns-not-applied" = {
        summary: "a name server that this host has can resolve the name, but this host asks another",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "a VPN's name server has the name, and this host asks another",
        complaints: [Denial 90, NoServer 10, HostConfiguration 10],
        references: [SYSTEMD_RESOLVED, RESOLVECTL, MACOS_RESOLVER, WINDOWS_NRPT],
        at: Run,
        requires: [[A_NAME_SERVER_OUT_OF_USE_HAS_THE_NAME]],
        names: [[IN_USE_HERE]],
        confidence: [Medium if [[WHO_HAS_THE_NAME_IS_ASKED]], High],
        explains: [PublicView, NotPublished, Denial, NoSuchName, OwnConfiguration, CachedDenial, SilentForwardTarget],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(Split {
        asked,
        know,
        others,
        mut failing,
        is_race,
    }) = split::split(case)
    else {
        return Vec::new();
    };
    failing.extend(split::failing_system(case));
    let who = phrase::titles(&failing);
    let those = phrase::titles(&know);
    let zone = case.regional_zone().unwrap_or_else(|| case.own_zone());
    let mut evidence: Vec<Evidence> = know
        .iter()
        .chain(
            others
                .iter()
                .filter(|other| !failing.iter().any(|it| it.name() == other.name())),
        )
        .flat_map(|subject| phrase::observed_target(subject))
        .collect();
    evidence.extend(failing.iter().flat_map(|subject| phrase::observed_target(subject)));
    evidence.extend(asked.as_ref().map(|asked| Evidence::fact(asked.sentence())));
    let split = case.split_dns();
    let links = links(split, &know);
    vec![
        RULE.finding(fits.confidence, &failing)
            .summary(if is_race {
                format!(
                    "{those} {} the name, but {who} may ask another name server and {} its NXDOMAIN",
                    phrase::plural(know.len(), "knows", "know"),
                    phrase::plural(failing.len(), "accepts", "accept"),
                )
            } else {
                format!(
                    "{those} {} the name, but {who} {} another name server for it",
                    phrase::plural(know.len(), "knows", "know"),
                    phrase::plural(failing.len(), "asks", "ask"),
                )
            })
            .why(match &asked {
                None => format!(
                    "systemd-resolved has {those} behind it, which {} the right addresses, and {}, which {} not. \
                     Without a routing domain for {zone} on the link of the first, the stub may ask the others, and \
                     accepts their answers.",
                    phrase::plural(know.len(), "gives", "give"),
                    phrase::titles(&others),
                    phrase::plural(others.len(), "does", "do"),
                ),
                Some(asked) => explanation(asked, &those, (know.len(), is_race), &links, &zone),
            })
            .seen(evidence)
            .fix(remedies(case, &know, &links, &zone, &case.own_zone()))
            .read_on(references(split)),
    ]
}

/// What the name servers that know belong to.
fn links(split: Option<&SplitDns>, know: &[&Subject<'_>]) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for address in know.iter().filter_map(|subject| subject.probed.resolver.address) {
        for scope in split.iter().flat_map(|split| split.scopes_of(address)) {
            if !links.contains(&scope.name) {
                links.push(scope.name.clone());
            }
        }
    }
    links
}

fn explanation(asked: &AskedFor, those: &str, (count, is_race): (usize, bool), links: &[String], zone: &str) -> String {
    let of = if links.is_empty() {
        String::new()
    } else {
        format!(", known from {},", phrase::list(links))
    };
    let missing = match asked.chooser {
        Chooser::SystemdResolved => {
            format!("a routing domain for {zone} on the link of the latter")
        }
        Chooser::Macos => format!("a resolver for the domain {zone}"),
        Chooser::Windows => format!("an NRPT rule for .{zone}"),
    };
    if is_race {
        return format!(
            "{} Of these {those}{of} {} the right addresses, and the others do not. What leaves no choice is \
             {missing}.",
            asked.sentence(),
            phrase::plural(count, "gives", "give"),
        );
    }
    format!(
        "{} {those}{of} {} the right addresses and {} not asked. What is missing is {missing}.",
        asked.sentence(),
        phrase::plural(count, "gives", "give"),
        phrase::plural(count, "is", "are"),
    )
}

fn remedies(case: &Case<'_>, know: &[&Subject<'_>], links: &[String], zone: &str, own: &str) -> Vec<Remedy> {
    let servers: Vec<String> = know
        .iter()
        .filter_map(|subject| subject.ip())
        .map(|ip| ip.to_string())
        .collect();
    let for_good = format!(
        "For good: in the VPN client or its server, hand out {} with the domain {zone}. In AWS Client VPN, those are the \
         endpoint's DNS servers. OpenVPN on Linux needs a script that passes them to systemd-resolved",
        phrase::list(&servers)
    );
    let first = match remedy::here::system(case) {
        System::Linux => {
            // A name of an interface has no character that means anything to a shell.
            let plain = |name: &&String| {
                let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                !name.is_empty() && !name.starts_with('-') && name.chars().all(of_name)
            };
            let link = links.iter().find(plain).map_or("<link>", String::as_str);
            let scopes = || case.split_dns().into_iter().flat_map(|split| &split.scopes);
            let has_none = scopes().any(|scope| scope.name == link && scope.domains.is_empty());
            // resolvectl(1): domain replaces those that the link has.
            let beside = if has_none { "" } else { "<its-domains> " };
            Remedy::new(
                "See which link has the name server, and which domains. Then route the zone there, beside those domains",
                [
                    "resolvectl dns".to_owned(),
                    format!("resolvectl domain {link}"),
                    format!("resolvectl domain {link} {beside}'~{zone}'"),
                    format!("resolvectl query {own}"),
                ],
            )
        }
        System::Macos => Remedy::new(
            "Give the zone a resolver of its own, then look it up as programs do",
            [
                "sudo mkdir -p /etc/resolver".to_owned(),
                format!(
                    "printf 'nameserver %s\\n' {} | sudo tee /etc/resolver/{zone}",
                    servers.join(" ")
                ),
                format!("dscacheutil -q host -a name {own}"),
            ],
        ),
        System::Windows => {
            let quoted: Vec<String> = servers.iter().map(|server| format!("\"{server}\"")).collect();
            Remedy::new(
                "Send the zone to the name server with an NRPT rule (as administrator), then look it up as programs do",
                [
                    format!(
                        "Add-DnsClientNrptRule -Namespace \".{zone}\" -NameServers {}",
                        quoted.join(",")
                    ),
                    "Clear-DnsClientCache".to_owned(),
                    format!("Resolve-DnsName {own}"),
                ],
            )
        }
    };
    vec![first, Remedy::advice(for_good)]
}

/// The texts about what chooses the name servers here.
fn references(split: Option<&SplitDns>) -> &'static [Reference] {
    match split.map(|split| split.chooser) {
        None | Some(Chooser::SystemdResolved) => &[reference::SYSTEMD_RESOLVED, reference::RESOLVECTL],
        Some(Chooser::Macos) => &[reference::MACOS_RESOLVER],
        Some(Chooser::Windows) => &[reference::WINDOWS_NRPT],
    }
}
