# Fails a plan from where the endpoint's name does not resolve to the cluster's private addresses: before a provider that
# needs it does, and with the reason.
data "external" "eks_dns" {
  program = ["sh", "${path.module}/terraform-external.sh"]
  query = {
    endpoint = var.endpoint
  }

  lifecycle {
    postcondition {
      condition     = self.result.exit_code == "0"
      error_message = self.result.line
    }
  }
}

variable "endpoint" {
  type        = string
  description = "The cluster's endpoint, for example aws_eks_cluster.this.endpoint."
}
