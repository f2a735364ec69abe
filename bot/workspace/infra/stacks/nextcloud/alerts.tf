# A rule each: an expression of Prometheus, and how long it has to hold.
resource "terraform_data" "alert_down" {
  input = {
    name     = "NextcloudDown"
    expr     = "probe_success{service=\"nextcloud\"} == 0"
    for      = "5m"
    severity = "critical"
  }
}
