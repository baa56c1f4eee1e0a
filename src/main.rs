//! Arguments in, bytes out, exit code.

fn main() {}
