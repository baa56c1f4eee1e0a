//! What AWS is asked, and what comes of every way in which it answers: against a mock of its APIs on loopback.
//!
//! Credentials come from the environment, so each collection runs in a process of its own with an environment of its
//! own: this program again, see [`child`].

#![expect(
    clippy::disallowed_methods,
    reason = "a test runs itself, and reads the document that it holds to the code"
)]

mod collect;
mod credentials;
mod failures;
mod instance;
mod many;
mod mock;
mod reads;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use collect::child;

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.gr7.ap-northeast-1.eks.amazonaws.com";

const SECRET: &str = "THE-SECRET-KEY";

const TOKEN: &str = "THE-SESSION-TOKEN";

const VPC: &str = "vpc-083d1bc709009bb5b";

const ACCOUNT: &str = "123456789012";

/// A certificate of nobody: what the system trusts is not looked at, and need not be there.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n\
    MIIBeTCCAR+gAwIBAgIURK1J3RcHiC0Y40wnPyR2xm7SnK4wCgYIKoZIzj0EAwIw\n\
    ETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyNDEyMjMzMloYDzIxMjYxMDMxMTIy\n\
    MzMyWjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n\
    AASz7m854iG1v5lS/m+06vGMgXneUtRuFBjcmjDmHtvRwaZQC+uZ3+LNtSCkAQk6\n\
    K/je+uTFzqp/xA6jmS9xUgdzo1MwUTAdBgNVHQ4EFgQUUmcQcIDiktvP4SKTWcsO\n\
    GZHTsFYwHwYDVR0jBBgwFoAUUmcQcIDiktvP4SKTWcsOGZHTsFYwDwYDVR0TAQH/\n\
    BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA/QPanZpj0Za0QY5qIOyGAkooJr5S\n\
    B7VUZ6Gh7eP+FAwCIGk3cBnHnPjQkJrknfXatAuxSxgWbzHNdSFAqOvweBk9\n\
    -----END CERTIFICATE-----\n";

fn main() -> ExitCode {
    if std::env::var_os("EKS_DNS_DOCTOR_COLLECT").is_some() {
        return child();
    }
    let tests: &[(&str, fn())] = &[
        (
            "everything_is_read_and_nothing_else",
            reads::everything_is_read_and_nothing_else,
        ),
        (
            "pages_of_one_make_the_same_whole",
            reads::pages_of_one_make_the_same_whole,
        ),
        (
            "changes_are_looked_up_one_behind_the_other",
            reads::changes_are_looked_up_one_behind_the_other,
        ),
        (
            "a_denied_lookup_is_the_last_one",
            reads::a_denied_lookup_is_the_last_one,
        ),
        (
            "a_list_without_an_end_is_cut_and_said",
            reads::a_list_without_an_end_is_cut_and_said,
        ),
        (
            "a_list_of_associations_that_is_cut_leaves_open_what_decides",
            reads::a_list_of_associations_that_is_cut_leaves_open_what_decides,
        ),
        (
            "a_later_page_that_fails_leaves_no_part_of_the_list",
            failures::a_later_page_that_fails_leaves_no_part_of_the_list,
        ),
        ("each_read_may_be_denied", failures::each_read_may_be_denied),
        (
            "throttling_is_tried_again_and_said",
            failures::throttling_is_tried_again_and_said,
        ),
        ("expired_credentials_are_said", failures::expired_credentials_are_said),
        (
            "errors_without_a_code_have_their_status",
            failures::errors_without_a_code_have_their_status,
        ),
        (
            "what_is_no_answer_of_aws_is_a_failed_read",
            failures::what_is_no_answer_of_aws_is_a_failed_read,
        ),
        ("deep_answers_end", failures::deep_answers_end),
        (
            "an_answer_beyond_the_bound_is_refused",
            failures::an_answer_beyond_the_bound_is_refused,
        ),
        (
            "a_service_that_never_answers_holds_up_no_other",
            failures::a_service_that_never_answers_holds_up_no_other,
        ),
        ("silence_is_not_asked_again", failures::silence_is_not_asked_again),
        (
            "a_service_that_nothing_listens_for_is_unreachable",
            failures::a_service_that_nothing_listens_for_is_unreachable,
        ),
        (
            "endpoints_are_taken_from_the_profile_too",
            credentials::endpoints_are_taken_from_the_profile_too,
        ),
        (
            "a_named_profile_goes_before_the_environment",
            credentials::a_named_profile_goes_before_the_environment,
        ),
        (
            "shapes_of_a_mock_server_are_understood",
            reads::shapes_of_a_mock_server_are_understood,
        ),
        (
            "without_an_option_set_none_is_described",
            reads::without_an_option_set_none_is_described,
        ),
        (
            "a_cluster_that_is_not_there_is_a_fact",
            reads::a_cluster_that_is_not_there_is_a_fact,
        ),
        (
            "an_endpoint_that_no_cluster_has_is_said",
            reads::an_endpoint_that_no_cluster_has_is_said,
        ),
        (
            "the_cluster_that_has_the_target_goes_before_the_named_one",
            reads::the_cluster_that_has_the_target_goes_before_the_named_one,
        ),
        (
            "what_is_missing_to_ask_at_all_is_one_line",
            credentials::what_is_missing_to_ask_at_all_is_one_line,
        ),
        (
            "credentials_that_were_exported_stand_in_for_a_role_with_mfa",
            credentials::credentials_that_were_exported_stand_in_for_a_role_with_mfa,
        ),
        (
            "what_decides_in_this_instances_vpc_is_read_too",
            reads::what_decides_in_this_instances_vpc_is_read_too,
        ),
        (
            "what_was_learnt_before_is_not_asked_again",
            reads::what_was_learnt_before_is_not_asked_again,
        ),
        (
            "an_endpoint_url_that_is_none_is_a_failed_read",
            failures::an_endpoint_url_that_is_none_is_a_failed_read,
        ),
        (
            "the_instance_is_where_its_metadata_says",
            instance::the_instance_is_where_its_metadata_says,
        ),
        (
            "credentials_of_nobody_do_not_hold_up_the_run",
            credentials::credentials_of_nobody_do_not_hold_up_the_run,
        ),
        ("a_role_is_assumed_and_used", credentials::a_role_is_assumed_and_used),
        (
            "a_role_that_nobody_may_assume_is_a_gap_and_aws_is_asked_without_it",
            credentials::a_role_that_nobody_may_assume_is_a_gap_and_aws_is_asked_without_it,
        ),
        (
            "a_cluster_that_is_named_is_found_without_the_role_too",
            credentials::a_cluster_that_is_named_is_found_without_the_role_too,
        ),
        (
            "every_list_is_read_once_for_all_clusters",
            many::every_list_is_read_once_for_all_clusters,
        ),
        (
            "clusters_without_an_endpoint_are_named_and_nobody_is_asked",
            many::clusters_without_an_endpoint_are_named_and_nobody_is_asked,
        ),
        (
            "clusters_that_nobody_may_list_are_one_line",
            many::clusters_that_nobody_may_list_are_one_line,
        ),
        (
            "the_document_has_what_awss_runbook_reads",
            reads::the_document_has_what_awss_runbook_reads,
        ),
        (
            "the_document_has_the_policy_of_exactly_these_reads",
            reads::the_document_has_the_policy_of_exactly_these_reads,
        ),
    ];
    let trials = tests
        .iter()
        .map(|(name, test)| {
            let test = *test;
            Trial::test(*name, move || {
                test();
                Ok::<(), Failed>(())
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
