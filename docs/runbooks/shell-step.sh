#!/bin/sh
# One line and one exit code; where the check fails, the whole report follows.
# ENDPOINT: the cluster's endpoint. FLAGS: whom to ask and what to expect.
set -u
kept=$(mktemp -d)
capture=$kept/capture.json
report=$(mktemp)
# Word by word on purpose: FLAGS holds several. A step may run under `sh -e`, and that ends at a code that nobody takes.
code=0
eks-dns-doctor check ${FLAGS:---expect-scope private} -o markdown --save "$capture" -- "$ENDPOINT" >"$report" || code=$?
if [ "$code" -eq 0 ]; then
    rm -rf "$kept"
    echo "DNS for $ENDPOINT is as expected from $(uname -n)"
else
    cat "$report"
    # A run that could not start has no capture.
    if [ -s "$capture" ]; then
        echo "DNS for $ENDPOINT: eks-dns-doctor ended with $code; the capture is $capture" >&2
    else
        rm -rf "$kept"
        echo "DNS for $ENDPOINT: eks-dns-doctor ended with $code" >&2
    fi
fi
rm -f "$report"
exit "$code"
