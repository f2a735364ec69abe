resource "helm_release" "traefik" {
  name      = "traefik"
  namespace = "traefik"
  chart     = "traefik"
}
