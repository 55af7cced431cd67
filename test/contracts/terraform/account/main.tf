# What a workload account needs before a cluster can be made in it, as its owners write it in Terraform.

variable "endpoint" {
  type = string
}

variable "account_id" {
  type = string
}

provider "aws" {
  region     = "eu-west-1"
  access_key = var.account_id
  secret_key = "any"

  endpoints {
    ec2 = var.endpoint
    iam = var.endpoint
    kms = var.endpoint
    sts = var.endpoint
    eks = var.endpoint
    sqs = var.endpoint
  }

  default_tags {
    tags = { made-by = "terraform" }
  }
}

data "aws_caller_identity" "me" {}

data "aws_region" "here" {}

data "aws_availability_zones" "all" {
  state = "available"
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

data "aws_subnet" "each" {
  for_each = toset(data.aws_subnets.default.ids)
  id       = each.value
}

data "aws_security_group" "default" {
  vpc_id = data.aws_vpc.default.id
  name   = "default"
}

data "aws_iam_policy_document" "eks_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "cluster" {
  name                 = "eks-cluster"
  description          = "The role of the clusters"
  assume_role_policy   = data.aws_iam_policy_document.eks_trust.json
  max_session_duration = 7200
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_policy" "reader" {
  name = "cluster-reader"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["eks:Describe*", "eks:List*"], Resource = "*" }]
  })
}

resource "aws_iam_role" "access" {
  name = "slipway-access"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::000000000000:root" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = "an-external-id" } }
    }]
  })
}

resource "aws_iam_role_policy" "access" {
  name = "slipway-access"
  role = aws_iam_role.access.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.cluster.arn }]
  })
}

resource "aws_iam_role_policy_attachment" "access" {
  role       = aws_iam_role.access.name
  policy_arn = aws_iam_policy.reader.arn
}

resource "aws_vpc" "own" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "own" }
}

resource "aws_subnet" "own" {
  count             = 2
  vpc_id            = aws_vpc.own.id
  cidr_block        = cidrsubnet(aws_vpc.own.cidr_block, 4, count.index)
  availability_zone = data.aws_availability_zones.all.names[count.index]
  tags              = { Name = "own-${count.index}" }
}

resource "aws_security_group" "own" {
  name        = "own"
  description = "Reaches the clusters"
  vpc_id      = aws_vpc.own.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.20.0.0/16"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_launch_template" "nodes" {
  name          = "nodes"
  instance_type = "m6i.large"

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
}

resource "aws_kms_key" "secrets" {
  description = "Secrets of the clusters"
}

output "account" {
  value = data.aws_caller_identity.me.account_id
}

output "subnets" {
  value = length(data.aws_subnets.default.ids)
}

output "zone_ids" {
  value = sort([for subnet in data.aws_subnet.each : subnet.availability_zone_id])
}
