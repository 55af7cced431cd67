# A cluster with what belongs to it, as a team writes it in Terraform.

variable "endpoint" {
  type = string
}

variable "account_id" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "kubernetes_version" {
  type = string
}

variable "vpc_cni_version" {
  type = string
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = var.account_id
  secret_key                  = "any"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true

  endpoints {
    eks = var.endpoint
  }
}

resource "aws_eks_cluster" "demo" {
  name                          = "demo"
  version                       = var.kubernetes_version
  role_arn                      = "arn:aws:iam::${var.account_id}:role/eks-cluster"
  bootstrap_self_managed_addons = false
  enabled_cluster_log_types     = ["api", "audit"]
  tags                          = { team = "payments" }

  access_config {
    authentication_mode = "API"
  }

  upgrade_policy {
    support_type = "EXTENDED"
  }

  vpc_config {
    subnet_ids              = var.subnet_ids
    endpoint_private_access = true
  }
}

resource "aws_eks_node_group" "blue" {
  cluster_name    = aws_eks_cluster.demo.name
  version         = aws_eks_cluster.demo.version
  node_group_name = "blue"
  node_role_arn   = "arn:aws:iam::${var.account_id}:role/eks-nodes"
  subnet_ids      = var.subnet_ids
  labels          = { tier = "web" }

  scaling_config {
    min_size     = 1
    max_size     = 2
    desired_size = 1
  }

  taint {
    key    = "dedicated"
    value  = "web"
    effect = "NO_SCHEDULE"
  }

  update_config {
    max_unavailable_percentage = 50
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = aws_eks_cluster.demo.name
  addon_name           = "vpc-cni"
  addon_version        = var.vpc_cni_version
  configuration_values = jsonencode({ env = { WARM_IP_TARGET = "2" } })
}

resource "aws_eks_addon" "coredns" {
  cluster_name = aws_eks_cluster.demo.name
  addon_name   = "coredns"
  depends_on   = [aws_eks_node_group.blue]
}

resource "aws_eks_access_entry" "admins" {
  cluster_name  = aws_eks_cluster.demo.name
  principal_arn = "arn:aws:iam::${var.account_id}:role/admins"
}

resource "aws_eks_access_policy_association" "admins" {
  cluster_name  = aws_eks_cluster.demo.name
  principal_arn = aws_eks_access_entry.admins.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}
