resource "helm_release" "nextcloud" {
  name      = "nextcloud"
  namespace = "nextcloud"
  chart     = "nextcloud"

  set {
    name  = "resources.limits.memory"
    value = var.memory
  }
}
