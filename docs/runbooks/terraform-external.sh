#!/bin/sh
# The program of a Terraform `external` data source: a JSON object of texts on standard input, one on standard output
# (Terraform, hashicorp/external, "External Program Protocol"). See terraform.tf beside it. The query has "endpoint", and
# FLAGS of the environment says whom to ask and what to expect. It ends with 0 where there is a conclusion, so that a
# condition of Terraform decides; and with 1 and a message where the check could not run.
endpoint=$(tr -d '\n' | sed -n 's/.*"endpoint" *: *"\([A-Za-z0-9][A-Za-z0-9.:\/_-]*\)".*/\1/p')
if [ -z "$endpoint" ]; then
    echo 'the query has no "endpoint": a host name or an https:// URL' >&2
    exit 1
fi
code=0
line=$(eks-dns-doctor check ${FLAGS:---expect-scope private} -o short --ascii -- "$endpoint") || code=$?
case $code in
    0 | 1 | 3) ;;
    *) exit 1 ;;
esac
escaped=$(printf '%s' "$line" | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g')
printf '{"exit_code": "%s", "line": "%s"}\n' "$code" "$escaped"
