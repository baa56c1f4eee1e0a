#!/bin/sh
# One check, and its metrics in a file for node_exporter's textfile collector. A check that could not be made leaves no
# file: what was found before is not shown as if it were found now.
# ENDPOINT: the cluster's endpoint. FLAGS: whom to ask and what to expect. TEXTFILES: the collector's directory.
set -u
directory=${TEXTFILES:-/var/lib/prometheus/node-exporter}
# In the same directory, so that it is put in its place in one step; the collector reads names in .prom only.
fresh=$(mktemp "$directory/.eks-dns.XXXXXX") || exit 2
code=0
# Word by word on purpose: FLAGS holds several.
eks-dns-doctor check ${FLAGS:---expect-scope private} -o openmetrics -- ${ENDPOINT:+"$ENDPOINT"} >"$fresh" || code=$?
if [ "$code" -eq 2 ] || ! [ -s "$fresh" ]; then
    rm -f "$fresh" "$directory/eks-dns.prom"
    exit 2
fi
chmod 644 "$fresh"
mv "$fresh" "$directory/eks-dns.prom"
# What was found is in the metrics; the step has done what it is for.
exit 0
