terraform {
  backend "local" {
    path = "/srv/state/nextcloud.json"
  }
}

resource "terraform_data" "nextcloud" {
  input = {
    namespace = "nextcloud"
    replicas  = 1
    memory    = var.memory
  }
}
