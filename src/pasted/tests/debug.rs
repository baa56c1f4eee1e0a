//! Windows' nslookup with -debug.

use super::*;

/// A block as it prints one: of the question, what came, and the records.
fn block(name: &str, kind: &str, rcode: &str, flags: &str, records: &[&str]) -> String {
    let answers: Vec<String> = records
        .iter()
        .map(|data| format!("    ->  {name}\n        {data}\n"))
        .collect();
    let answers = if answers.is_empty() {
        String::new()
    } else {
        format!("    ANSWERS:\n{}", answers.concat())
    };
    format!(
        "------------\nGot answer:\n    HEADER:\n        opcode = QUERY, id = 4, rcode = {rcode}\n        header flags:  \
         {flags}\n        questions = 1,  answers = {},  authority records = 0,  additional = 0\n\n    QUESTIONS:\n        \
         {name}, type = {kind}, class = IN\n{answers}\n------------\n",
        records.len()
    )
}

const RESPONSE: &str = "response, want recursion, recursion avail.";
const SERVER: &str = "Server:  dns1.corp.example\nAddress:  10.71.5.53\n\n";

/// The denial of a name with a search domain behind it is not that of the name.
#[test]
fn each_block_of_nslookup_is_of_its_own_question() {
    let reverse = block(
        "53.5.71.10.in-addr.arpa",
        "PTR",
        "NOERROR",
        RESPONSE,
        &["name = dns1.corp.example"],
    );
    let searched = block("X.corp.example", "A", "NXDOMAIN", RESPONSE, &[]);
    let own = block("X", "A", "NOERROR", RESPONSE, &["internet address = 10.61.7.8"]);
    let of_aaaa = block("X", "AAAA", "NOERROR", RESPONSE, &[]);
    let end = "Name:    X\nAddress:  10.61.7.8\n";
    let text = format!("{reverse}{SERVER}{searched}{own}{of_aaaa}{end}");
    let found = messages(&filled(&text));
    assert_eq!(found[0].symptom, Symptom::Healthy, "{found:?}");
    assert_eq!(found[0].host.as_ref().unwrap().to_string(), X);
    assert!(found.iter().all(|one| one.symptom.is_no_failure()), "{found:?}");

    // And the name's own denial is.
    let denied = block("X", "A", "NXDOMAIN", RESPONSE, &[]);
    let text = format!("{reverse}{SERVER}{searched}{denied}*** dns1.corp.example can't find X: Non-existent domain\n");
    let (symptom, host, server) = told(&text);
    assert_eq!((symptom, host.as_deref()), (Symptom::NxDomain, Some(X)));
    assert_eq!(server.as_deref(), Some("10.71.5.53:53"));

    // A question is shown in the same form (`set d2`), and its header says NOERROR.
    let question = block("X", "A", "NOERROR", "query, want recursion", &[]);
    let failed = block("X", "A", "SERVFAIL", RESPONSE, &[]);
    assert_eq!(told(&format!("{question}{failed}")).0, Symptom::ServFail);
    assert_eq!(read(&filled(&question)), None);
    assert_eq!(told(&block("X", "A", "NOERROR", RESPONSE, &[])).0, Symptom::NoData);
}
