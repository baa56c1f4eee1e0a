//! What the metadata of the instance says.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use super::collect::Run;
use super::mock::Mock;
use super::world::world;
use super::{ACCOUNT, VPC};

/// An instance metadata service that answers each path from a table; anything else with 404.
pub(crate) fn metadata(token: u16, table: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
                loop {
                    let mut first = String::new();
                    if reader.read_line(&mut first).unwrap_or_default() == 0 {
                        return;
                    }
                    let mut line = String::new();
                    while reader.read_line(&mut line).unwrap_or_default() > 0 && !line.trim().is_empty() {
                        line.clear();
                    }
                    let path = first.split(' ').nth(1).unwrap_or_default();
                    let found = table.iter().find(|(suffix, _)| path.ends_with(suffix));
                    let (status, body) = match (first.starts_with("PUT"), found) {
                        (true, _) => (token, "a-token"),
                        (false, Some((_, body))) => (200, *body),
                        (false, None) => (404, ""),
                    };
                    let ttl = "x-aws-ec2-metadata-token-ttl-seconds: 21600";
                    let length = body.len();
                    let answer = format!("HTTP/1.1 {status} X\r\n{ttl}\r\ncontent-length: {length}\r\n\r\n{body}");
                    if stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

pub(crate) fn the_instance_is_where_its_metadata_says() {
    let mock = Mock::of(world());
    let asked = |url: &str| {
        Run::anonymous(&mock)
            .with("COLLECT_INSTANCE", "yes")
            // A proxy would answer for another host.
            .with("HTTP_PROXY", &mock.url)
            .with("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
    };
    let url = metadata(
        200,
        &[
            ("/meta-data/mac", "02:00:00:34:3e:18"),
            ("/instance-id", "i-0123456789abcdef0"),
            ("/placement/region", "ap-northeast-1"),
            ("/macs/02:00:00:34:3e:18/vpc-id", VPC),
            ("/owner-id", ACCOUNT),
            ("/vpc-ipv4-cidr-block", "192.168.0.0/16"),
            ("/vpc-ipv4-cidr-blocks", "100.64.0.0/16\n192.168.0.0/16"),
        ],
    );
    let found = asked(&url).collect().instance.expect("an instance");
    assert_eq!(found.vpc_id.as_deref(), Some(VPC));
    assert_eq!(found.region.as_deref(), Some("ap-northeast-1"));
    assert_eq!(found.account.as_deref(), Some(ACCOUNT));
    let cidrs: Vec<String> = found.vpc_cidrs.iter().map(ToString::to_string).collect();
    assert_eq!(cidrs, ["192.168.0.0/16", "100.64.0.0/16"]);
    // Nobody, a refusal, and what is no MAC address, are unknown.
    let unknown = |run: Run| {
        let collected = run.collect();
        assert_eq!(collected.instance, None);
        collected.gaps[0].reason.clone()
    };
    let hanging = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", hanging.local_addr().expect("an address"));
    assert!(unknown(asked(&silent)).contains("no answer"));
    unknown(asked(&metadata(403, &[])));
    let hostile = metadata(200, &[("/meta-data/mac", "../../x y\u{1b}")]);
    assert!(unknown(asked(&hostile)).contains("no MAC address"));
    let disabled = asked(&url).with("COLLECT_INSTANCE", "disabled");
    assert!(unknown(disabled).contains("AWS_EC2_METADATA_DISABLED"));
    assert_eq!(mock.seen().len(), 0);
}
