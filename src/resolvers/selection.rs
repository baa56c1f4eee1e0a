//! Which resolvers can be asked by what is known so far, and what is still waited for.

use super::{NoResolvers, Resolver, Role, Without, join, name};
use crate::facts::Facts;
use crate::settings::Settings;

/// The resolvers of a run, as far as the facts name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Those that can be asked: in a stated order, each address once, each with a name of its own.
    pub ready: Vec<Resolver>,
    /// What only more facts can bring.
    pub waiting_for: Option<WaitingFor>,
}

/// What a run cannot do without, and more facts may bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitingFor {
    /// A resolver that is not public: there is nobody yet whose answer could be judged.
    AnyResolver(Without),
    /// The resolver that `--judge` names. Derived resolvers are called by their role, with a number.
    Judge {
        /// What `--judge` names.
        judge: String,
        /// The resolvers that there are.
        names: String,
    },
}

impl Selection {
    /// The resolvers, where no more facts come: what was waited for is missing then.
    pub fn complete(self) -> Result<Vec<Resolver>, NoResolvers> {
        match self.waiting_for {
            None => Ok(self.ready),
            Some(WaitingFor::AnyResolver(without)) => Err(NoResolvers::None(without)),
            Some(WaitingFor::Judge { judge, names }) => Err(NoResolvers::JudgeUnknown(judge, names)),
        }
    }
}

/// The resolvers that these facts name. An error is one that no more facts put right.
pub fn select(settings: &Settings, facts: &Facts) -> Result<Selection, NoResolvers> {
    let mut ready = name(join(settings, facts)?)?;
    let waiting_for = if ready.iter().all(|resolver| resolver.role == Role::Public) {
        Some(WaitingFor::AnyResolver(Without::of(settings)))
    } else {
        judge(&mut ready, &settings.asked.judge)?
    };
    Ok(Selection { ready, waiting_for })
}

/// The resolvers of a run whose facts are all there.
pub fn resolve(settings: &Settings, facts: &Facts) -> Result<Vec<Resolver>, NoResolvers> {
    select(settings, facts)?.complete()
}

/// Narrows the scope to the roles and names of `--judge`. Nobody's judgement is narrowed while one of them is waited
/// for.
fn judge(resolvers: &mut [Resolver], judges: &[String]) -> Result<Option<WaitingFor>, NoResolvers> {
    if judges.is_empty() {
        return Ok(None);
    }
    let matches = |resolver: &Resolver, judge: &str| {
        resolver.role != Role::Public
            && (resolver.name == judge
                || resolver.role.as_str() == judge
                || resolver.also.iter().any(|role| role.as_str() == judge))
    };
    let mut waiting_for = None;
    for judge in judges {
        if resolvers.iter().any(|resolver| matches(resolver, judge)) {
            continue;
        }
        let names: Vec<&str> = resolvers
            .iter()
            .filter(|resolver| resolver.role != Role::Public)
            .map(|resolver| resolver.name.as_str())
            .collect();
        let (judge, names) = (judge.clone(), names.join(", "));
        let may_be_derived = [Role::Vpc, Role::Inbound]
            .iter()
            .any(|role| judge.starts_with(role.as_str()));
        if !may_be_derived {
            return Err(NoResolvers::JudgeUnknown(judge, names));
        }
        waiting_for.get_or_insert(WaitingFor::Judge { judge, names });
    }
    if waiting_for.is_none() {
        for resolver in resolvers {
            resolver.in_scope = judges.iter().any(|judge| matches(resolver, judge));
        }
    }
    Ok(waiting_for)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::cli::args::Command;
    use crate::facts::{AwsFacts, EndpointAddress, ResolverEndpoint, StubConfiguration};

    fn settings(line: &str) -> Settings {
        let words = ["eks-dns-doctor", "check", "a.test"].into_iter();
        let words = words.chain(line.split_whitespace());
        let Ok(Command::Check(args)) = crate::cli::parse(words.map(Into::into)) else {
            panic!("{line}");
        };
        crate::cli::settings::settings(&args).unwrap()
    }

    fn with_an_inbound_endpoint() -> Facts {
        let address = EndpointAddress {
            ip: "10.0.1.10".parse().unwrap(),
            status: Some("ATTACHED".to_owned()),
            status_message: None,
            subnet_id: None,
        };
        let endpoint = ResolverEndpoint {
            id: "rslvr-in-1".to_owned(),
            direction: "INBOUND".to_owned(),
            vpc_id: Some("vpc-1".to_owned()),
            addresses: Some(vec![address]),
            ..ResolverEndpoint::default()
        };
        Facts {
            aws: AwsFacts {
                resolver_endpoints: Some(vec![endpoint]),
                ..AwsFacts::default()
            },
            ..Facts::default()
        }
    }

    fn scopes(resolvers: &[Resolver]) -> Vec<(&str, bool)> {
        resolvers.iter().map(|one| (one.name.as_str(), one.in_scope)).collect()
    }

    #[test]
    fn a_name_server_that_no_client_asks_decides_nothing() {
        let four = [1, 2, 3, 4].map(|n| format!("nameserver 192.0.2.{n}\n")).concat();
        let mut facts = Facts::default();
        facts.host.stub = Some(StubConfiguration::parse("/etc/resolv.conf", four.as_bytes(), |_| None));
        let found = resolve(&settings("--no-os"), &facts).unwrap();
        let local: Vec<bool> = found
            .iter()
            .filter(|one| one.role == Role::Local)
            .map(|one| one.in_scope)
            .collect();
        assert_eq!(local, [true, true, true, false]);
        let fourth = found.iter().find(|one| one.name == "local-4").unwrap();
        assert!(fourth.known_from.contains("behind the third"), "{}", fourth.known_from);
        // It is the user's who names it.
        let named = resolve(&settings("--no-os --resolver 192.0.2.4"), &facts).unwrap();
        assert!(named.iter().find(|one| one.name == "local-4").unwrap().in_scope);
    }

    #[test]
    fn who_is_missing_is_a_value_until_no_more_facts_come() {
        let nobody = settings("--no-local --no-os --public");
        let selection = select(&nobody, &Facts::default()).unwrap();
        assert_eq!(selection.waiting_for, Some(WaitingFor::AnyResolver(Without::Local)));
        assert!(!selection.ready.is_empty(), "the public ones can be asked meanwhile");
        assert_eq!(selection.complete(), Err(NoResolvers::None(Without::Local)));
        let known = select(&nobody, &with_an_inbound_endpoint()).unwrap();
        assert_eq!(known.waiting_for, None);
    }

    /// A refusal names the flag that was given, and no other. Windows has no name server where no network is connected.
    #[test]
    fn the_flag_that_leaves_nobody_to_ask_is_named() {
        let without_name_servers = Facts::default();
        for line in ["--no-local", "--no-os", "--resolv-conf=/r", "--hosts-file=/h"] {
            let error = resolve(&settings(line), &without_name_servers).unwrap_err().to_string();
            let flag = line.split('=').next().unwrap();
            let flags = ["--no-local", "--no-os", "--resolv-conf", "--hosts-file"];
            let named: Vec<&str> = flags.into_iter().filter(|flag| error.contains(flag)).collect();
            assert_eq!(named, [flag], "{error}");
        }
        assert!(resolve(&settings(""), &without_name_servers).is_ok());
    }

    #[test]
    fn a_judge_that_may_be_derived_is_waited_for_and_narrows_nothing_until_then() {
        let judged = settings("--no-local --resolver corp=10.0.0.2 --judge inbound");
        let selection = select(&judged, &Facts::default()).unwrap();
        let waiting_for = WaitingFor::Judge {
            judge: "inbound".to_owned(),
            names: "corp".to_owned(),
        };
        assert_eq!(scopes(&selection.ready), [("corp", true)]);
        assert_eq!(selection.waiting_for, Some(waiting_for));
        let unknown = NoResolvers::JudgeUnknown("inbound".to_owned(), "corp".to_owned());
        assert_eq!(selection.complete(), Err(unknown));
        let found = resolve(&judged, &with_an_inbound_endpoint()).unwrap();
        assert_eq!(scopes(&found), [("inbound-1", true), ("corp", false)]);
    }

    #[test]
    fn a_judge_that_nothing_can_bring_is_an_error_at_once() {
        let judged = settings("--no-local --resolver corp=10.0.0.2 --judge somebody");
        let refused = select(&judged, &Facts::default());
        assert!(matches!(refused, Err(NoResolvers::JudgeUnknown(judge, _)) if judge == "somebody"));
    }
}
