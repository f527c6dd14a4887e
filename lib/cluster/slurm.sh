#!/bin/bash
# A sweep on a Slurm cluster: starts Ray on the nodes of the job, runs the sweep, and ends with it.
#   sbatch --nodes=4 --cpus-per-task=16 lib/cluster/slurm.sh --name wide --learning-rate 0.01,0.1,1
# Submit it from the project's folder, which all nodes must see, after `deno task cluster --setup`.
#SBATCH --job-name=descent
#SBATCH --ntasks-per-node=1
set -euo pipefail
cd "$SLURM_SUBMIT_DIR"
ray=.venv-cluster/bin/ray
cores=${SLURM_CPUS_PER_TASK:-1}
# Only who has the token can use the cluster; srun hands the environment on.
export RAY_AUTH_MODE=token RAY_USAGE_STATS_ENABLED=0
RAY_AUTH_TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
export RAY_AUTH_TOKEN

# Two jobs that share a node take different ports.
port=$((20000 + SLURM_JOB_ID % 20000))
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
address=$(srun --nodes=1 --ntasks=1 --nodelist="$head" hostname --ip-address | cut -d' ' -f1)
on() { srun --overlap --ntasks=1 --nodes=1 --nodelist="$1" "${@:2}"; }

on "$head" "$ray" start --head --block --disable-usage-stats --include-dashboard=false \
  --node-ip-address="$address" --port="$port" --num-cpus="$cores" &
until on "$head" "$ray" health-check --address "$address:$port" 2>/dev/null; do sleep 2; done
scontrol show hostnames "$SLURM_JOB_NODELIST" | tail -n +2 | while read -r node; do
  on "$node" "$ray" start --block --address="$address:$port" --num-cpus="$cores" &
done

on "$head" npx --yes deno@2.9.6 task sweep --cluster "$address:$port" "$@"
