//! AWS on loopback, of which one may read one cluster and nothing else. Whatever else is asked is denied. Only `tests/aws/`
//! has a mock of every read.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// The cluster's name.
pub(crate) const CLUSTER: &str = "shared-cluster";

/// The cluster with the endpoint at this host, as `eks:DescribeCluster` answers.
pub(crate) fn described(host: &str) -> String {
    format!(
        r#"{{"cluster":{{"name":"{CLUSTER}","arn":"arn:aws:eks:ap-northeast-1:123456789012:cluster/{CLUSTER}",
        "createdAt":1795461910.803,"version":"1.31","endpoint":"https://{host}","status":"ACTIVE","resourcesVpcConfig":{{
        "subnetIds":["subnet-1"],"securityGroupIds":["sg-1"],"clusterSecurityGroupId":"sg-cluster",
        "vpcId":"vpc-083d1bc709009bb5b","endpointPublicAccess":false,"endpointPrivateAccess":true,"publicAccessCidrs":[]}},
        "tags":{{}}}}}}"#
    )
}

/// Starts it, and returns its URL. It ends with the test's process.
pub(crate) fn start(host: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream, host));
        }
    });
    url
}

/// Answers the requests of one connection.
fn serve(mut stream: TcpStream, host: &str) {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or_default() == 0 {
            return;
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or_default() == 0 || line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or_default();
            }
        }
        if reader.read_exact(&mut vec![0; length]).is_err() {
            return;
        }
        let path = first.split([' ', '?']).nth(1).unwrap_or_default();
        let (status, answer) = if path == "/clusters" {
            (200, format!(r#"{{"clusters":["{CLUSTER}"]}}"#))
        } else if path == format!("/clusters/{CLUSTER}") {
            (200, described(host))
        } else {
            (403, r#"{"message":"not authorized"}"#.to_owned())
        };
        let code = if status == 403 {
            "x-amzn-errortype: AccessDeniedException\r\n"
        } else {
            ""
        };
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{code}\r\n", answer.len());
        if stream.write_all(format!("{head}{answer}").as_bytes()).is_err() {
            return;
        }
    }
}
