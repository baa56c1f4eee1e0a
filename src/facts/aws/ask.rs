//! How one read is asked: the request in its service's own form, page after page, within the time of the run.

use serde_json::{Map, Value};
use tokio::time::timeout_at;

use super::transport::AwsRequest;
use super::{Clients, answer, failure};
use crate::facts::answers::Answers;
use crate::facts::{Call, FailedRead};
use crate::limits;

impl Clients {
    /// A read with its parameters, under the names of its API. A list comes with all its pages, at most
    /// [`limits::AWS_PAGES`], and is a part where there are more; one whose later page failed does not come at all,
    /// since what is missing from it would look absent.
    pub(super) async fn ask(&self, call: Call, named: &[(&str, &str)]) -> Result<Answers, FailedRead> {
        let mut answers = Answers::default();
        let mut token = None;
        for _ in 0..limits::AWS_PAGES {
            let page = timeout_at(self.until, Box::pin(self.page(call, named, token)));
            let text = page.await.unwrap_or_else(|_| Err(failure::timed_out(call)))?;
            token = answer::take(call, &text, &mut answers).map_err(|error| failure::unparsable(call, &error))?;
            if token.is_none() {
                return Ok(answers);
            }
        }
        answers.failed.push(failure::cut(call));
        answers.partial.push(call);
        Ok(answers)
    }

    /// The text of one page.
    async fn page(&self, call: Call, named: &[(&str, &str)], token: Option<String>) -> Result<String, FailedRead> {
        match call.action().split_once(':').map_or("", |(service, _)| service) {
            "ec2" => self.ec2.ask(call, form("2016-11-15", call, named, token)).await,
            "sts" => self.sts.ask(call, form("2011-06-15", call, named, token)).await,
            "route53" => self.route53.ask(call, zones_by_vpc(named, token)).await,
            "route53resolver" => self.resolver.ask(call, resolver_json(call, named, token)).await,
            "route53profiles" => match profiles_path(call, named, token) {
                Some(request) => self.profiles.ask(call, request).await,
                None => Err(failure::unparsable(call, "not asked: no Profile has this id")),
            },
            "vpc-lattice" => match lattice_path(call, named, token) {
                Some(request) => self.lattice.ask(call, request).await,
                None => Err(failure::unparsable(
                    call,
                    "not asked: no resource configuration has this id",
                )),
            },
            _ => self.eks.ask(call, named, token).await,
        }
    }
}

/// A form of the Query APIs.
fn form(version: &str, call: Call, named: &[(&str, &str)], token: Option<String>) -> AwsRequest {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", call.operation())
        .append_pair("Version", version)
        .extend_pairs(named)
        .extend_pairs(token.map(|token| ("NextToken", token)));
    AwsRequest::Form(form.finish())
}

/// Route 53, ListHostedZonesByVPC: the one operation that is asked of it.
fn zones_by_vpc(named: &[(&str, &str)], token: Option<String>) -> AwsRequest {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("maxitems", &limits::AWS_PAGE.to_string())
        .extend_pairs(named)
        .extend_pairs(token.map(|token| ("nexttoken", token)));
    AwsRequest::Get(format!("/2013-04-01/hostedzonesbyvpc?{}", query.finish()))
}

/// Route 53 Resolver: JSON 1.1.
fn resolver_json(call: Call, named: &[(&str, &str)], token: Option<String>) -> AwsRequest {
    let mut body = Map::new();
    // What is no list has no pages.
    if call.is_list() {
        let most = match call {
            Call::ListFirewallDomains => limits::FIREWALL_DOMAINS,
            _ => limits::AWS_PAGE,
        };
        body.insert("MaxResults".to_owned(), most.into());
    }
    let named = named.iter().map(|(name, value)| (*name, (*value).to_owned()));
    for (name, value) in named.chain(token.map(|token| ("NextToken", token))) {
        body.insert(name.to_owned(), value.into());
    }
    AwsRequest::Json {
        target: format!("Route53Resolver.{}", call.operation()),
        body: Value::Object(body).to_string(),
    }
}

/// Route 53 Profiles: paths, the Profile's id in one of them. `None` for an id that no Profile has, which would change
/// the path.
fn profiles_path(call: Call, named: &[(&str, &str)], token: Option<String>) -> Option<AwsRequest> {
    let path = match (call, named) {
        (Call::ListProfileResourceAssociations, [("ProfileId", id)]) => {
            let is_plain = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            is_plain.then(|| format!("/profileresourceassociations/profileid/{id}"))?
        }
        _ => "/profileassociations".to_owned(),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("maxResults", &limits::AWS_PAGE.to_string())
        .extend_pairs(token.map(|token| ("nextToken", token)));
    Some(AwsRequest::GetJson(format!("{path}?{}", query.finish())))
}

/// VPC Lattice: what a list is of stands in the query, and the id or ARN of a resource configuration in the path.
/// `None` for what is neither, which would change the path.
fn lattice_path(call: Call, named: &[(&str, &str)], token: Option<String>) -> Option<AwsRequest> {
    if call == Call::GetResourceConfiguration {
        let id = named.first().map_or("", |(_, id)| id);
        let is_plain = id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '/'));
        // An ARN has a slash: encoded, it is one segment.
        let encoded: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
        return (is_plain && !id.is_empty()).then(|| AwsRequest::GetJson(format!("/resourceconfigurations/{encoded}")));
    }
    let path = match call {
        Call::ListServiceNetworkVpcAssociations => "/servicenetworkvpcassociations",
        _ => "/servicenetworkresourceassociations",
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("maxResults", &limits::AWS_PAGE.to_string())
        .extend_pairs(named)
        .extend_pairs(token.map(|token| ("nextToken", token)));
    Some(AwsRequest::GetJson(format!("{path}?{}", query.finish())))
}
