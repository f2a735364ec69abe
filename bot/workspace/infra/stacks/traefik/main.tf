terraform {
  backend "local" {
    path = "/srv/state/traefik.json"
  }
}

resource "terraform_data" "traefik" {
  input = {
    namespace = "traefik"
    replicas  = 2
  }
}
