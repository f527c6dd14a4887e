"""A real Ray cluster of several nodes on this machine, for the tests: one JSON line in, one out."""

import json
import os
import shutil
import sys

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
# A dead node is noticed within a second; one that is slow because the machine is busy is not dead.
os.environ["RAY_health_check_period_ms"] = "500"
os.environ["RAY_health_check_timeout_ms"] = "10000"
os.environ["RAY_health_check_failure_threshold"] = "2"

from ray.cluster_utils import Cluster

cluster = Cluster(
    initialize_head=True,
    head_node_args={"num_cpus": 0, "include_dashboard": True},
)
nodes = {}


def answer(value):
    print(json.dumps(value), flush=True)


def living_actors():
    from ray.util.state import list_actors

    return len(list_actors(address=cluster.address, filters=[("state", "!=", "DEAD")], limit=10000))


answer(cluster.address)
for line in sys.stdin:
    command, argument = json.loads(line)
    if command == "add":
        node = cluster.add_node(num_cpus=1, env_vars=argument)
        nodes[node.node_id] = node
        answer(node.node_id)
    elif command == "remove":
        cluster.remove_node(nodes.pop(argument), allow_graceful=False)
        answer(argument)
    elif command == "behead":
        cluster.head_node.kill_gcs(check_alive=False)
    elif command == "actors":
        answer(living_actors())
folder = cluster.head_node.get_session_dir_path()
for node in [*nodes.values(), cluster.head_node]:
    cluster.remove_node(node, allow_graceful=False)
shutil.rmtree(folder, ignore_errors=True)
