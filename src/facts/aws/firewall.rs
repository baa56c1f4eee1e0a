//! DNS Firewall and Route 53 Profiles: what is asked after which other answer.
//!
//! ```text
//! ListFirewallRuleGroupAssociations ──────────────────┐
//! ListProfileAssociations ─ what each Profile brings ─ ListFirewallRules of each group ─ ListFirewallDomains
//!                                                                                      ─ GetFirewallDomainList
//! ```

use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::{Clients, failure};
use crate::facts::Call;
use crate::facts::answers::Answers;
use crate::limits;

/// The first ids, each once.
pub(super) fn few(ids: impl IntoIterator<Item = String>, most: usize) -> Vec<String> {
    let distinct: BTreeSet<String> = ids.into_iter().filter(|id| !id.is_empty()).collect();
    distinct.into_iter().take(most).collect()
}

impl Clients {
    /// The same read of several things. Of one that has more than is read nothing is kept: what is missing of it could
    /// be what decides.
    pub(super) async fn each(&self, call: Call, name: &str, ids: &[String], is_of: fn(&mut Answers, &str)) -> Answers {
        self.each_with(call, &[], name, ids, is_of).await
    }

    /// The same with parameters that all of them have.
    pub(super) async fn each_with(
        &self,
        call: Call,
        fixed: &[(&str, &str)],
        name: &str,
        ids: &[String],
        is_of: fn(&mut Answers, &str),
    ) -> Answers {
        let mut under_way = stream::iter(ids)
            .map(|id| async move {
                let named: Vec<(&str, &str)> = fixed.iter().copied().chain([(name, id.as_str())]).collect();
                (id, self.ask(call, &named).await)
            })
            .buffered(limits::AWS_CONCURRENCY);
        let mut all = Answers::default();
        while let Some((id, asked)) = under_way.next().await {
            all.keep(asked.map(|mut answers| {
                if answers.failed.is_empty() {
                    is_of(&mut answers, id);
                    return answers;
                }
                Answers {
                    failed: answers.failed,
                    ..Answers::default()
                }
            }));
        }
        all
    }

    /// DNS Firewall of whatever VPC, and the Profiles.
    pub(super) async fn firewall(&self) -> Answers {
        let (associations, mut all) =
            tokio::join!(self.ask(Call::ListFirewallRuleGroupAssociations, &[]), self.profiles(),);
        all.keep(associations);
        let direct = all
            .firewall
            .associations
            .iter()
            .flatten()
            .map(|one| one.group_id.clone());
        let resources = all.profiles.resources.iter().flat_map(|one| &one.resources);
        let by_profile = resources.filter_map(|one| one.id_of("firewall-rule-group").map(str::to_owned));
        let ids = few(direct.chain(by_profile), limits::FIREWALL_GROUPS);
        if all.firewall.associations.is_none() && ids.is_empty() {
            let not_asked = [
                Call::ListFirewallRules,
                Call::ListFirewallDomains,
                Call::GetFirewallDomainList,
            ]
            .map(|call| failure::not_asked(call, "which rule groups there are"));
            all.failed.extend(not_asked);
            return all;
        }
        let (call, name) = (Call::ListFirewallRules, "FirewallRuleGroupId");
        all.join(self.each(call, name, &ids, Answers::rules_are_of).await);
        // What an AutoAllowlist rule keeps, another operation lists, to the owner alone.
        let lists = all.firewall.lists_of_rules().into_iter().map(str::to_owned);
        let ids = few(lists, limits::DOMAIN_LISTS);
        let name = "FirewallDomainListId";
        let (domains, details) = tokio::join!(
            self.each(Call::ListFirewallDomains, name, &ids, Answers::domains_are_of),
            self.each(Call::GetFirewallDomainList, name, &ids, |_, _| {}),
        );
        all.join(domains);
        all.join(details);
        all
    }

    async fn profiles(&self) -> Answers {
        let mut all = Answers::default();
        all.keep(self.ask(Call::ListProfileAssociations, &[]).await);
        let call = Call::ListProfileResourceAssociations;
        let Some(associations) = &all.profiles.associations else {
            all.failed.push(failure::not_asked(call, "which Profiles there are"));
            return all;
        };
        let ids = few(associations.iter().map(|one| one.profile_id.clone()), limits::PROFILES);
        all.join(self.each(call, "ProfileId", &ids, Answers::resources_are_of).await);
        all
    }

    /// What happens in these VPCs where the firewall fails.
    pub(super) async fn firewall_configs(&self, vpcs: &[String]) -> Answers {
        self.each(Call::GetFirewallConfig, "ResourceId", vpcs, |_, _| {}).await
    }
}
