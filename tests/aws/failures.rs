//! What comes of a read that fails.

use std::net::TcpListener;

use eks_dns_doctor::facts::{Call, FailedRead, ReadFailure};

use super::collect::{Collected, Run};
use super::mock::{Fault, Mock, World, ec2_error, error_of, faulty, json_error, reads_of, rest_error};
use super::world::world;

pub(crate) fn failed(collected: &Collected, call: Call) -> Option<FailedRead> {
    let all = collected.facts.failed_reads.iter();
    all.filter(|one| one.call == call).min().cloned()
}

pub(crate) fn a_later_page_that_fails_leaves_no_part_of_the_list() {
    let denied = |call| error_of(call, "InvalidNextToken", "no such token");
    let mock = Mock::of(World {
        page: 1,
        ..faulty(
            [Call::DescribeNetworkInterfaces, Call::ListResolverEndpointIpAddresses]
                .map(|call| (call, Fault::LaterPages(400, denied(call)))),
        )
    });
    let collected = Run::new(&mock).collect();
    assert_eq!(collected.facts.interfaces, None);
    assert_eq!(mock.times(Call::DescribeNetworkInterfaces), 2);
    let read = failed(&collected, Call::DescribeNetworkInterfaces).expect("it failed");
    assert_eq!(read.code.as_deref(), Some("InvalidNextToken"));
    let endpoints = collected.facts.resolver_endpoints.unwrap_or_default();
    assert!(endpoints.iter().all(|one| one.addresses.is_none()));
}

pub(crate) fn each_read_may_be_denied() {
    let undisturbed = Mock::of(world());
    Run::new(&undisturbed)
        .with("COLLECT_CLUSTER", "shared-cluster")
        .collect();
    for call in Call::ALL {
        let code = match call.action().split(':').next() {
            Some("ec2") => "UnauthorizedOperation",
            Some("sts" | "route53") => "AccessDenied",
            _ => "AccessDeniedException",
        };
        let body = error_of(call, code, "User: arn:aws:iam::123456789012:user/ops is not authorized");
        let mock = Mock::of(faulty([(call, Fault::Reply(403, body))]));
        // With the name, ListClusters is not needed: that one is denied without.
        let run = match call {
            Call::ListClusters => Run::new(&mock),
            Call::LookupEvents => Run::new(&mock).with("COLLECT_SINCE", "1795000000"),
            _ => Run::new(&mock).with("COLLECT_CLUSTER", "shared-cluster"),
        };
        let collected = run.collect();
        let read = failed(&collected, call);
        let is_so = read
            .as_ref()
            .is_some_and(|read| read.kind == ReadFailure::Denied && read.code.as_deref() == Some(code));
        assert!(is_so, "{call:?}: {read:?}");
        // What is missing, and what the diagnosis goes without.
        let mut gaps = collected.gaps.iter().filter(|gap| gap.source == call.action());
        assert!(gaps.any(|gap| gap.reason.ends_with(call.costs())), "{call:?}");
        // A denial is not repeated, and the rest is there.
        match call {
            // Once in each Region.
            Call::LookupEvents => assert_eq!(mock.times(call), 2),
            Call::ListClusters => assert_eq!(mock.times(call), 1),
            _ => assert_eq!(mock.times(call), undisturbed.times(call), "{call:?}"),
        }
        let facts = &collected.facts;
        assert_eq!(facts.resolver_rules.is_none(), call == Call::ListResolverRules);
        assert_eq!(facts.caller.is_none(), call == Call::GetCallerIdentity);
        assert_eq!(
            facts.interfaces.is_none(),
            matches!(call, Call::DescribeNetworkInterfaces | Call::ListClusters),
            "{call:?}"
        );
        assert_eq!(
            facts.vpc.is_none(),
            matches!(call, Call::DescribeVpcs | Call::ListClusters),
            "{call:?}"
        );
    }
}

pub(crate) fn throttling_is_tried_again_and_said() {
    let mock = Mock::of(faulty([
        (
            Call::DescribeVpcs,
            Fault::Reply(503, ec2_error("RequestLimitExceeded", "Request limit exceeded.")),
        ),
        (
            Call::ListResolverRules,
            Fault::Reply(400, json_error("ThrottlingException", "Rate exceeded")),
        ),
        (
            Call::ListHostedZonesByVpc,
            Fault::Reply(400, rest_error("Throttling", "Rate exceeded")),
        ),
    ]));
    let collected = Run::new(&mock).collect();
    for call in [Call::DescribeVpcs, Call::ListResolverRules, Call::ListHostedZonesByVpc] {
        let read = failed(&collected, call).expect("it failed");
        assert_eq!(read.kind, ReadFailure::Throttled, "{read:?}");
        assert_eq!(mock.times(call), 3, "{call:?}");
    }
    assert!(collected.facts.interfaces.is_some());
}

pub(crate) fn expired_credentials_are_said() {
    let expired = |call| {
        let body = error_of(
            call,
            "ExpiredToken",
            "The security token included in the request is expired",
        );
        (call, Fault::Reply(403, body))
    };
    let mock = Mock::of(faulty(Call::ALL.map(expired)));
    let collected = Run::new(&mock).with("COLLECT_CLUSTER", "shared-cluster").collect();
    let read = failed(&collected, Call::GetCallerIdentity).expect("it failed");
    assert_eq!(read.kind, ReadFailure::Credentials);
    let read = failed(&collected, Call::DescribeCluster).expect("it failed");
    assert_eq!(read.kind, ReadFailure::Credentials);
}

pub(crate) fn errors_without_a_code_have_their_status() {
    let mock = Mock::of(faulty([
        (Call::DescribeVpcs, Fault::Reply(500, String::new())),
        (Call::ListResolverEndpoints, Fault::Reply(500, String::new())),
    ]));
    let collected = Run::new(&mock).collect();
    for call in [Call::DescribeVpcs, Call::ListResolverEndpoints] {
        let read = failed(&collected, call).expect("it failed");
        assert_eq!(
            (read.kind, read.code.as_deref()),
            (ReadFailure::Failed, Some("HTTP 500")),
            "{read:?}"
        );
    }
    // Without the VPC its option set is not known, and without the endpoints their addresses.
    assert!(failed(&collected, Call::DescribeDhcpOptions).is_some());
    assert!(failed(&collected, Call::ListResolverEndpointIpAddresses).is_some());
}

pub(crate) fn what_is_no_answer_of_aws_is_a_failed_read() {
    let html = "<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>".to_owned();
    for status in [200, 404] {
        let all = Call::ALL.map(|call| (call, Fault::Reply(status, html.clone())));
        let mock = Mock::of(faulty(all));
        let collected = Run::new(&mock).with("COLLECT_CLUSTER", "shared-cluster").collect();
        let facts = &collected.facts;
        assert_eq!(
            (&facts.cluster, &facts.vpc, &facts.resolver_rules),
            (&None, &None, &None)
        );
        assert_eq!((&facts.interfaces, &facts.caller), (&None, &None));
        assert!(failed(&collected, Call::GetCallerIdentity).is_some());
    }
    for body in ["<", "{", "<a><b>", "null", "{\"cluster\":7}", "\u{0}", "[[[[["] {
        let all = Call::ALL.map(|call| (call, Fault::Reply(200, body.to_owned())));
        let collected = Run::new(&Mock::of(faulty(all))).collect();
        assert!(!collected.facts.failed_reads.is_empty(), "{body:?}");
    }
}

pub(crate) fn deep_answers_end() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(1_000_000), close.repeat(1_000_000));
    let faults = [
        (
            Call::DescribeCluster,
            format!("{{\"cluster\":{{\"unknown\":{}}}}}", deep("[", "]")),
        ),
        (
            Call::ListResolverRules,
            format!("{{\"ResolverRules\":{}}}", deep("[", "]")),
        ),
        (Call::ListResolverEndpoints, deep("{\"a\":", "")),
        (
            Call::DescribeVpcs,
            format!("<DescribeVpcsResponse>{}</DescribeVpcsResponse>", deep("<a>", "</a>")),
        ),
        (Call::GetCallerIdentity, deep("<a>", "")),
    ];
    for status in [200, 400] {
        let faults = faults.clone();
        let mock = Mock::of(faulty(faults.map(|(call, body)| (call, Fault::Reply(status, body)))));
        let run = Run::new(&mock).with("COLLECT_CLUSTER", "shared-cluster");
        let collected = run.collect();
        assert!(collected.facts.rule_associations.is_some());
        assert!(failed(&collected, Call::GetCallerIdentity).is_some());
        assert!(failed(&collected, Call::ListResolverRules).is_some());
    }
}

pub(crate) fn an_answer_beyond_the_bound_is_refused() {
    let long = format!("<DescribeVpcsResponse>{}</DescribeVpcsResponse>", " ".repeat(9 << 20));
    let rules = format!("{{\"ResolverRules\":[{}]}}", " ".repeat(9 << 20));
    let mock = Mock::of(faulty([
        (Call::DescribeVpcs, Fault::Reply(200, long)),
        (Call::ListResolverRules, Fault::Reply(200, rules)),
    ]));
    let collected = Run::new(&mock).collect();
    assert!(failed(&collected, Call::DescribeVpcs).is_some());
    assert!(failed(&collected, Call::ListResolverRules).is_some());
    assert!(collected.facts.interfaces.is_some());
}

pub(crate) fn a_service_that_never_answers_holds_up_no_other() {
    let mock = Mock::of(faulty(reads_of("ec2").map(|call| (call, Fault::Silent))));
    let collected = Run::new(&mock).with("COLLECT_DEADLINE_MS", "2000").collect();
    let facts = &collected.facts;
    for call in [
        Call::DescribeVpcs,
        Call::DescribeNetworkInterfaces,
        Call::DescribeVpcAttribute,
    ] {
        let kind = failed(&collected, call).map(|read| read.kind);
        assert_eq!(kind, Some(ReadFailure::TimedOut), "{call:?}");
    }
    assert!(facts.cluster.is_some() && facts.caller.is_some() && facts.updates.is_some());
    assert!(facts.resolver_rules.is_some() && facts.hosted_zones.is_some());
    let addresses = facts.resolver_endpoints.iter().flatten().next();
    assert!(addresses.is_some_and(|endpoint| endpoint.addresses.is_some()));
}

pub(crate) fn silence_is_not_asked_again() {
    let silent = [Call::DescribeVpcs, Call::ListUpdates, Call::ListResolverRules];
    let mock = Mock::of(faulty(silent.map(|call| (call, Fault::Silent))));
    let collected = Run::new(&mock).with("COLLECT_DEADLINE_MS", "20000").collect();
    for call in silent {
        let kind = failed(&collected, call).map(|read| read.kind);
        assert_eq!(kind, Some(ReadFailure::TimedOut), "{call:?}");
        assert_eq!(mock.times(call), 1, "{call:?}");
    }
    assert!(collected.facts.cluster.is_some());
}

pub(crate) fn a_service_that_nothing_listens_for_is_unreachable() {
    let mock = Mock::of(world());
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address")
    };
    let collected = Run::new(&mock)
        .with("AWS_ENDPOINT_URL_EC2", &format!("http://{closed}"))
        .collect();
    let read = failed(&collected, Call::DescribeVpcs).expect("it failed");
    assert_eq!(read.kind, ReadFailure::Unreachable, "{read:?}");
    assert!(collected.facts.cluster.is_some());
}

pub(crate) fn an_endpoint_url_that_is_none_is_a_failed_read() {
    for url in ["", "::", "http://", "nonsense", "http://127.0.0.1:99999"] {
        let mock = Mock::of(world());
        let run = Run::new(&mock).with("AWS_ENDPOINT_URL_EC2", url);
        let collected = run.collect();
        assert!(collected.facts.cluster.is_some(), "{url}");
        // An empty variable is as good as none.
        let is_unset = url.is_empty();
        assert_eq!(collected.facts.vpc.is_some(), is_unset, "{url}");
        assert_eq!(failed(&collected, Call::DescribeVpcs).is_none(), is_unset, "{url}");
    }
}
