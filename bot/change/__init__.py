"""Changes to the infra repository: what is to be done, what judges it, who allows it, and how far it is. Pure."""
