//! Arguments in, bytes out, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    eks_dns_doctor::app::main(std::env::args_os())
}
