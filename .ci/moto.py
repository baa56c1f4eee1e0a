#!/usr/bin/env python3
"""Collects the facts of a cluster from a moto server, a mock of AWS's APIs that others wrote.

Usage: moto.py COLLECTOR BINARY. BINARY is eks-dns-doctor, of which `facts` is run. COLLECTOR is the program of tests/aws/, which prints the facts as JSON where
EKS_DNS_DOCTOR_COLLECT is set. moto is installed into a folder of its own. Everything stays on loopback.

What moto does otherwise than AWS: it gives a cluster no network interfaces (they are made here) and no vpcId, adds a
slash to its endpoint, and answers a call that it does not know with a web page.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request

from shared import free_port, python_with, waited

REGION = "ap-northeast-1"


def installed(folder):
    """The moto server and a Python that has boto3, in a virtual environment."""
    python = python_with(folder, "moto[server]", "boto3", module="moto.server")
    return python, python.parent / "moto_server"


SETUP = '''
import json, sys, boto3
url, region = sys.argv[1:]
client = lambda name: boto3.client(name, endpoint_url=url, region_name=region)
ec2, eks, resolver, route53 = client("ec2"), client("eks"), client("route53resolver"), client("route53")
vpc = ec2.create_vpc(CidrBlock="192.168.0.0/16")["Vpc"]["VpcId"]
for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
    ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
options = ec2.create_dhcp_options(DhcpConfigurations=[
    {"Key": "domain-name-servers", "Values": ["10.0.0.53", "AmazonProvidedDNS"]},
    {"Key": "domain-name", "Values": ["corp.example"]}])["DhcpOptions"]["DhcpOptionsId"]
ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
           for cidr, zone in (("192.168.96.0/19", region + "a"), ("192.168.128.0/19", region + "c"))]
group = ec2.create_security_group(GroupName="inbound", Description="inbound", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
    {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}])
# One cluster: moto gives all of a Region the same endpoint.
eks.create_cluster(name="shared-cluster", roleArn="arn:aws:iam::123456789012:role/eksClusterRole",
                   resourcesVpcConfig={"subnetIds": subnets, "securityGroupIds": [group]})
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
addresses = []
for subnet in subnets:
    for name in ("shared-cluster", "shared-cluster-2"):
        made = ec2.create_network_interface(SubnetId=subnet, Description="Amazon EKS " + name)["NetworkInterface"]
        # Attached to something, as EKS's are: one that is not is a leftover.
        instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]
        ec2.attach_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"],
                                     InstanceId=instance["InstanceId"], DeviceIndex=1)
        if name == "shared-cluster":
            addresses.append(made["PrivateIpAddress"])
# A leftover of the cluster.
ec2.create_network_interface(SubnetId=subnets[0], Description="Amazon EKS shared-cluster")
inbound = resolver.create_resolver_endpoint(
    CreatorRequestId="in", Name="in", Direction="INBOUND", SecurityGroupIds=[group],
    IpAddresses=[{"SubnetId": subnets[0], "Ip": "192.168.96.10"}, {"SubnetId": subnets[1], "Ip": "192.168.128.10"}])
outbound = resolver.create_resolver_endpoint(
    CreatorRequestId="out", Name="out", Direction="OUTBOUND", SecurityGroupIds=[group],
    IpAddresses=[{"SubnetId": subnet} for subnet in subnets])
rule = resolver.create_resolver_rule(
    CreatorRequestId="rule", Name="corp", RuleType="FORWARD", DomainName="corp.example",
    TargetIps=[{"Ip": "10.0.0.53", "Port": 53}],
    ResolverEndpointId=outbound["ResolverEndpoint"]["Id"])["ResolverRule"]["Id"]
resolver.associate_resolver_rule(ResolverRuleId=rule, Name="corp", VPCId=vpc)
route53.create_hosted_zone(Name="corp.example", CallerReference="zone",
                           HostedZoneConfig={"PrivateZone": True, "Comment": ""},
                           VPC={"VPCRegion": region, "VPCId": vpc})
endpoint = eks.describe_cluster(name="shared-cluster")["cluster"]["endpoint"]
print(json.dumps({"vpc": vpc, "options": options, "group": group, "rule": rule, "endpoint": endpoint,
                  "addresses": sorted(addresses), "inbound": inbound["ResolverEndpoint"]["Id"]}))
'''


def collected(collector, environment, **asked):
    """What the collector prints."""
    asked = {f"COLLECT_{name.upper()}": value for name, value in asked.items()}
    output = subprocess.run([collector], env=environment | asked, capture_output=True, check=True, timeout=60)
    return json.loads(output.stdout)


def check(collector, environment, made):
    """What is wrong with the facts."""
    wrong = []

    def same(what, found, expected):
        if found != expected:
            wrong.append(f"{what}: {found!r} instead of {expected!r}")

    host = made["endpoint"].removeprefix("https://").rstrip("/")
    for asked in ({"target": host}, {"target": host, "cluster": "shared-cluster"}):
        said = collected(collector, environment, region=REGION, **asked)
        same("session", said["no_session"], None)
        facts = said["facts"]
        # moto does not know the updates of a cluster: it answers with a web page. Nor does it know Client VPN, DNS
        # Firewall and Profiles: it fails, and what comes after such an answer is not asked.
        same("failed reads", [(one["call"], one["code"]) for one in facts["failed_reads"]],
             [("eks:ListUpdates", "HTTP 404"),
              ("ec2:DescribeClientVpnEndpoints", "HTTP 500"),
              ("route53resolver:ListFirewallRuleGroupAssociations", "HTTP 500"),
              ("route53resolver:ListFirewallRules", None),
              ("route53resolver:ListFirewallDomains", None),
              ("route53resolver:GetFirewallDomainList", None),
              ("route53resolver:GetFirewallConfig", "HTTP 500"),
              ("route53profiles:ListProfileAssociations", "HTTP 500"),
              ("route53profiles:ListProfileResourceAssociations", None)])
        same("cluster", facts["cluster"] and facts["cluster"]["name"], "shared-cluster")
        same("interfaces", sorted(ip for one in facts["interfaces"] or [] for ip in one["addresses"]),
             made["addresses"])
        same("VPC", facts["vpc"] and (facts["vpc"]["id"], facts["vpc"]["cidrs"]), (made["vpc"], ["192.168.0.0/16"]))
        same("attributes", facts["vpc_attributes"], {"dns_support": True, "dns_hostnames": True})
        same("DHCP options", facts["dhcp_options"],
             {"id": made["options"], "domain_name_servers": ["10.0.0.53", "AmazonProvidedDNS"],
              "domain_name": "corp.example"})
        groups = {one["id"]: one["ingress"] for one in facts["security_groups"] or []}
        same("security group", groups.get(made["group"]) and groups[made["group"]][0]["from_port"], 53)
        endpoints = {one["id"]: one for one in facts["resolver_endpoints"] or []}
        inbound = endpoints.get(made["inbound"]) or {}
        same("inbound endpoint", (len(endpoints), sorted(one["ip"] for one in inbound.get("addresses") or [])),
             (2, ["192.168.128.10", "192.168.96.10"]))
        same("rule", [(one["domain"], one["targets"]) for one in facts["resolver_rules"] or []
                      if one["id"] == made["rule"]],
             [("corp.example.", [{"ip": "10.0.0.53", "port": 53}])])
        same("association", [one["vpc_id"] for one in facts["rule_associations"] or []
                             if one["rule_id"] == made["rule"]], [made["vpc"]])
        same("zones", [zone["name"] for one in facts["hosted_zones"] or [] for zone in one["zones"]],
             ["corp.example."])
        same("account", facts["caller"] and facts["caller"]["account"], "123456789012")
        print(f"     collected in {said['elapsed_ms']} ms by {sorted(asked)}")
    said = collected(collector, environment, region=REGION, cluster="shared-clutser")
    absent = said["facts"]["absent_cluster"] or {}
    same("absent cluster", absent.get("present"), ["shared-cluster"])
    return wrong


def check_binary(binary, environment, made):
    """What is wrong with what `facts` prints."""
    command = [binary, "facts", "--cluster", "shared-cluster", "--region", REGION]
    output = subprocess.run(command, env=environment, capture_output=True, timeout=60)
    if output.returncode != 0:
        return [f"facts: exit {output.returncode}: {output.stderr.decode()[:500]}"]
    text = json.dumps(json.loads(output.stdout))
    wanted = [*made["addresses"], "192.168.96.10", "192.168.128.10", made["vpc"], made["options"], made["rule"]]
    return [f"facts: {value} is not in it" for value in wanted if value not in text]


def main():
    collector, binary = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="eks-dns-moto-") as folder:
        python, moto = installed(os.environ.get("MOTO_VENV") or os.path.join(folder, "venv"))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        environment = {
            "HOME": folder, "PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": url,
            "AWS_CONFIG_FILE": os.path.join(folder, "config"),
            "AWS_SHARED_CREDENTIALS_FILE": os.path.join(folder, "credentials"),
        }
        log = open(os.path.join(folder, "moto.log"), "wb")
        server = subprocess.Popen([moto, "-H", "127.0.0.1", "-p", str(port)], env=environment, stdout=log, stderr=log)
        try:
            def answers():
                if server.poll() is not None:
                    raise SystemExit("moto ended: " + open(log.name).read()[-2000:])
                try:
                    return urllib.request.urlopen(url + "/moto-api/data.json", timeout=5).read()
                except OSError:
                    return None

            waited("moto", answers)
            made = subprocess.run([python, "-c", SETUP, url, REGION], env=environment, stdout=subprocess.PIPE, check=True)
            wrong = check(collector, environment | {"EKS_DNS_DOCTOR_COLLECT": "1"}, json.loads(made.stdout))
            wrong += check_binary(binary, environment, json.loads(made.stdout))
        finally:
            server.terminate()
            server.wait()
    for line in wrong:
        print(f"FAIL {line}")
    print("moto: " + ("not as expected" if wrong else "ok"))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
