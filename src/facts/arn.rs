//! The parts of an ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE` (IAM User Guide, "Identify AWS resources with
//! Amazon Resource Names").

/// Its Region; empty where it has none.
pub fn region(arn: &str) -> Option<&str> {
    arn.split(':').nth(3)
}

/// Its account; empty where it has none.
pub fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// What it is of, with everything behind the account.
pub fn resource(arn: &str) -> Option<&str> {
    arn.splitn(6, ':').nth(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_its_parts() {
        let cluster = "arn:aws:eks:eu-west-1:111122223333:cluster/demo";
        assert_eq!(region(cluster), Some("eu-west-1"));
        assert_eq!(account(cluster), Some("111122223333"));
        assert_eq!(resource(cluster), Some("cluster/demo"));
        assert_eq!(resource("arn:aws:iam::1:role/a:b"), Some("role/a:b"));
        assert_eq!((account("demo"), resource("demo")), (None, None));
    }
}
