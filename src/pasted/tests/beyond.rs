//! What failed where no name server was asked.

use super::*;

/// A port of localhost that something else than a client of Kubernetes asked.
#[test]
fn a_closed_port_of_localhost_is_not_always_no_cluster() {
    let closed = "dial tcp 127.0.0.1:8080: connect: connection refused";
    let forward = format!(
        "an error occurred forwarding 8080 -> 8080: error forwarding port 8080 to pod 5c, uid : failed to connect to \
         localhost:8080 inside namespace \"5c\": {closed}"
    );
    assert_eq!(first(&forward).0.layer(), Layer::ApiServer);
    for port in ["8080", "80", "5432"] {
        assert_eq!(
            first(&forward.replace("8080", port)).0.layer(),
            Layer::ApiServer,
            "{port}"
        );
    }
    let backend = format!("level=error msg=\"orders: upstream failed\" err=\"{closed}\"");
    assert_eq!(first(&backend).0, Symptom::Address);
    for probe in ["Liveness", "Readiness", "Startup"] {
        let text = format!("{probe} probe failed: Get \"http://localhost:8080/api/health\": {closed}");
        assert_eq!(read(&text), None, "{text}");
    }
    for client in [
        format!("Unable to connect to the server: {closed}"),
        format!("Get \"http://localhost:8080/apis/apps/v1?timeout=32s\": {closed}"),
        "memcache.go:265] couldn't get current server API group list: Get \"http://localhost:8080/api?timeout=32s\": \
         dial tcp [::1]:8080: connectex: Es konnte keine Verbindung hergestellt werden"
            .to_owned(),
    ] {
        assert_eq!(first(&client).0, Symptom::NoCluster, "{client}");
    }
}

/// The API server's own time-out is no time-out of the client's, whoever hands it on.
#[test]
fn a_time_out_of_the_api_servers_is_beyond_it() {
    let said = "Timeout: request did not complete within requested timeout - context deadline exceeded";
    for lead in [
        "error: ",
        "E1129 controller.go:158] failed to create token: ",
        "Warning  FailedCreate  12s  job-controller  Error creating: ",
        "Error: UPGRADE FAILED: failed to create resource: ",
        "Error from server (Timeout): error when creating \"a.yaml\": ",
    ] {
        assert_eq!(first(&format!("{lead}{said}")).0, Symptom::ApiServer, "{lead}");
    }
    let of_client = "Get \"https://X/api?timeout=5s\": context deadline exceeded";
    assert_eq!(first(of_client).0, Symptom::AfterLookup(AfterLookup::Deadline));
    assert_eq!(
        first("error: Timeout: context deadline exceeded").0,
        Symptom::AfterLookup(AfterLookup::Deadline)
    );
}
