"""A pretend cluster on the wire."""

from bot.workspace.kubernetes.api import KubernetesApi as KubernetesApi
from bot.workspace.kubernetes.cluster import Cluster as Cluster
from bot.workspace.kubernetes.sample import sample_cluster as sample_cluster
