//! What AWS answers, in one place for each service: the types that are kept, and how each is read from an answer, under
//! the member names that AWS has in JSON (API references of EKS, EC2, Route 53 Resolver, Route 53 Profiles, Route 53,
//! VPC Lattice and STS). The same functions read what this program is answered and what the AWS CLI printed into a
//! file. Each item says itself who may see it.

mod client_vpn;
mod ec2;
mod eks;
mod event;
mod firewall;
mod lattice;
mod network;
mod node;
mod route53;
mod sts;

pub use client_vpn::*;
pub use ec2::*;
pub use eks::*;
pub use event::*;
pub use firewall::*;
pub use lattice::*;
pub use network::*;
pub use node::*;
pub use route53::*;
pub use sts::*;
