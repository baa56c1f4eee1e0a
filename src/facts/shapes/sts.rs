//! STS: who asked.

use serde::{Deserialize, Serialize};

use super::node::{Members, WrongShape};

/// Who asked (STS, GetCallerIdentity).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Caller {
    /// The account's id.
    pub account: String,
    /// The caller's ARN.
    pub arn: Option<String>,
}

/// Who asked; `None` where the answer does not say it.
pub(in crate::facts) fn caller(of: &Members<'_>) -> Result<Option<Caller>, WrongShape> {
    if !of.has("Account") || !of.has("Arn") {
        return Ok(None);
    }
    Ok(Some(Caller {
        account: of.needed("Account")?,
        arn: of.text("Arn")?,
    }))
}
