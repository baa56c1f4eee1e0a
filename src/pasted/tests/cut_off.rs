//! Lines that end within their error, and lines of a mail that go on.

use super::*;

/// Wherever a line ends, what it says stays the same as far as it goes, and never becomes another error.
#[test]
fn an_error_that_is_cut_stays_what_it_is() {
    let lead = "dial tcp: lookup X on 10.71.5.53:53: ";
    let udp = "read udp 10.9.1.4:51234->10.71.5.53:53: ";
    for (said, whole, least) in [
        ("no such host".to_owned(), Symptom::NoAddress, "no s".len()),
        ("server misbehaving".to_owned(), Symptom::Misbehaving, "se".len()),
        ("lame referral".to_owned(), Symptom::Referral, "l".len()),
        (format!("{udp}i/o timeout"), Symptom::Silence, udp.len() + 2),
        (
            format!("{udp}read: connection refused"),
            Symptom::PortClosed,
            udp.len() + "read: connection ref".len(),
        ),
    ] {
        for at in 1..=said.len() {
            for end in ["", "...", "…", "\"}"] {
                let text = format!("{lead}{}{end}", &said[..at]);
                let found = read(&filled(&text)).unwrap();
                let open = [Symptom::Unknown, Symptom::Unanswered];
                if at >= least {
                    assert_eq!(found.symptom, whole, "{text}");
                } else {
                    assert!(open.contains(&found.symptom), "{text}: {:?}", found.symptom);
                }
                let says_so = found.resolver.iter().any(|sentence| sentence.contains("cut off"));
                assert_eq!(says_so, at < said.len(), "{text}: {:?}", found.resolver);
                assert_eq!(found.server.unwrap().to_string(), "10.71.5.53:53", "{text}");
            }
        }
    }
    // What begins otherwise is another error, and what goes on in the next line is read with it.
    assert_eq!(told(&format!("{lead}noble gases")).0, Symptom::OtherError);
    let on = format!("{lead}no\n   such host\n");
    let found = read(&filled(&on)).unwrap();
    assert_eq!(found.symptom, Symptom::NoAddress, "{found:?}");
    assert!(!found.resolver.iter().any(|sentence| sentence.contains("cut off")));
    let on = format!("{lead}read udp 10.9.1.4:51234->10.71.\n5.53:53: i/o timeout\n");
    assert_eq!(read(&filled(&on)).unwrap().symptom, Symptom::Silence);
    let on = format!("{lead}{udp}read: connec\ntion refused\n");
    assert_eq!(read(&filled(&on)).unwrap().symptom, Symptom::PortClosed);
    // The next line is about something else.
    for (start, next) in [
        ("n", "level=info msg=\"proxy: connection refused, will retry\""),
        ("no", "suchlike: connection refused"),
        ("i/o", "I1130 10:00:00 reflector.go: server misbehaving"),
        (udp, "10.71.5.53: connection refused"),
    ] {
        let found = read(&filled(&format!("{lead}{start}\n{next}\n"))).unwrap();
        assert!(
            found.resolver.iter().any(|sentence| sentence.contains("cut off")),
            "{start}: {found:?}"
        );
    }
    // Behind a call stands an error of calls alone.
    let found = read(&filled(&format!("{lead}dial udp 10.71.5.53:53: connect: n"))).unwrap();
    assert!(found.resolver.iter().any(|sentence| sentence.contains("cut off")));
    for (said, whole) in [
        ("dial udp 10.71.5.53:53: connect: cannot ass", Symptom::NoRoute),
        ("dial udp 10.71.5.53:53: socket: too many open fi", Symptom::NoSocket),
        ("dial udp 10.71.5.53:53: connect: network is ", Symptom::Unknown),
    ] {
        let found = read(&filled(&format!("{lead}{said}"))).unwrap();
        let is_open = [Symptom::Unknown, Symptom::Unanswered].contains(&found.symptom);
        assert!(
            found.symptom == whole || whole == Symptom::Unknown && is_open,
            "{said}: {found:?}"
        );
    }
    // Within an exchange no reply was read, so none said SERVFAIL or REFUSED.
    for said in [
        "read udp 10.9.1.4:51234->10.71.5.53:53",
        "read udp 10.9.1.4:51234->10.71.5.53:53: ",
    ] {
        let text = format!("{lead}{said}");
        assert_eq!(told(&text).0, Symptom::Unanswered, "{text}");
        let rules = candidates_of(&text);
        assert_eq!(rules[0], "resolver-unreachable", "{text}");
        for rule in ["dnssec-bogus", "resolver-refuses-client", "rebinding-protection"] {
            assert!(!rules.contains(&rule), "{text}: {rules:?}");
        }
    }
    // Without a name server too.
    assert_eq!(
        told("Get \"https://X/\": dial tcp: lookup X: no such h").0,
        Symptom::NoAddress
    );
    assert_eq!(
        told("read udp 10.9.1.4:51234->10.71.5.53:53: i/o tim").0,
        Symptom::Silence
    );
}

/// A name that ends in an ellipsis is no other name, and nobody hid it.
#[test]
fn a_name_that_is_cut_is_said_to_be() {
    for end in ["…", "..."] {
        let text = format!("dial tcp: lookup {}{end}: no such host", &X[..40]);
        let found = read(&text).unwrap();
        assert_eq!(found.host, None, "{text}");
        assert!(
            found.name[0].starts_with("The name is cut off"),
            "{text}: {:?}",
            found.name
        );
        assert_eq!(found.candidates[0].rule, "endpoint-name-stale", "{text}");
    }
}

/// Lines of a mail end in an equals sign where they go on.
#[test]
fn the_lines_of_a_mail_are_joined() {
    for at in [1, 20, 33, 40, X.len() - 1] {
        let (start, end) = X.split_at(at);
        for (before, after) in [
            ("dial tcp: lookup ", " on 10.71.5.53:53: no such host"),
            ("curl: (6) Could not resolve host: ", ""),
            ("** server can't find ", ": NXDOMAIN"),
        ] {
            let text = format!("Hello,\n\n{before}{start}=\n{end}{after}\n");
            let found = read(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.host.map(|host| host.to_string()).as_deref(), Some(X), "{text}");
        }
    }
}
