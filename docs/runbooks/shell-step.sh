#!/bin/sh
# One line and one exit code; where the check fails, the whole report follows.
# ENDPOINT: the cluster's endpoint. FLAGS: whom to ask and what to expect.
set -u
kept=$(mktemp -d)
capture=$kept/capture.json
report=$(mktemp)
# Word by word on purpose: FLAGS holds several.
eks-dns-doctor check ${FLAGS:---expect-scope private} -o markdown --save "$capture" -- "$ENDPOINT" >"$report"
code=$?
if [ "$code" -eq 0 ]; then
    rm -rf "$kept"
    echo "DNS for $ENDPOINT is as expected from $(uname -n)"
else
    cat "$report"
    echo "DNS for $ENDPOINT: eks-dns-doctor ended with $code; the capture is $capture" >&2
fi
rm -f "$report"
exit "$code"
