"""A Ray cluster of two nodes on this machine, one processor each, that ends with its standard input.

Prints its address; the line `lose` kills the second node, with whatever it is doing.
"""

import sys

from ray.cluster_utils import Cluster

if __name__ == "__main__":
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = cluster.add_node(num_cpus=1)
    print(cluster.address, flush=True)
    for line in sys.stdin:
        if line.strip() == "lose":
            cluster.remove_node(second, allow_graceful=False)
    cluster.shutdown()
