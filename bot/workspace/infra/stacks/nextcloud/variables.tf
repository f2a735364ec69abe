variable "memory" {
  description = "What one replica may use."
  type        = string
  default     = "2Gi"
}
