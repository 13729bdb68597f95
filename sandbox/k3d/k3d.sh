#!/bin/sh
# Starts (up) and deletes (down) what the stack in Pulumi.local.yaml expects on this machine: the k3d
# cluster eso-aws, and an AWS emulator with the stack's secret in it. Called by make k3d-up and k3d-down.
set -eu

cluster=eso-aws
emulator=eso-aws-localstack
secret=zio-lucene/datadog-api-key
# The last LocalStack that runs without an account.
image=${EMULATOR_IMAGE:-localstack/localstack:4.14.0}
port=${EMULATOR_PORT:-4566}

fail() {
	printf 'k3d.sh: %s\n' "$1" >&2
	exit 1
}

check() {
	command -v docker >/dev/null ||
		fail 'docker is not installed; see https://docs.docker.com/get-docker (make up does not need it)'
	command -v k3d >/dev/null ||
		fail 'k3d is not installed; see https://k3d.io/stable/#installation (make up does not need it)'
	engine=$(docker info --format '{{.OperatingSystem}}') ||
		fail 'the container engine does not respond; start Docker Desktop, or docker (sudo systemctl start docker)'
}

start_cluster() {
	if k3d cluster get "$cluster" >/dev/null 2>&1; then
		k3d cluster start "$cluster"
		k3d kubeconfig merge "$cluster" --kubeconfig-merge-default --kubeconfig-switch-context=false >/dev/null
	else
		k3d cluster create "$cluster" --kubeconfig-switch-context=false
	fi
}

# start_emulator publishes the emulator where the host and the pods look for it, and nowhere else.
# Pods know the host as host.k3d.internal. With Docker Desktop that ends at the host's loopback
# address; elsewhere it is the gateway of the cluster's network, which is an address of the host.
start_emulator() {
	if [ "$(docker container inspect --format '{{.State.Running}}' "$emulator" 2>/dev/null)" = true ]; then
		return
	fi
	remove_emulator # a stopped one has lost its secrets
	set -- --publish "127.0.0.1:$port:4566"
	if [ "$engine" != 'Docker Desktop' ]; then
		gateway=$(docker network inspect --format '{{(index .IPAM.Config 0).Gateway}}' "k3d-$cluster")
		set -- "$@" --publish "$gateway:$port:4566"
	fi
	docker run --detach --name "$emulator" --network "k3d-$cluster" --env SERVICES=secretsmanager,sts \
		"$@" "$image" >/dev/null
	store_secret
}

# store_secret stores the stack's secret, which works as soon as the emulator answers.
store_secret() {
	trap 'give_up interrupted' INT TERM
	deadline=$(($(date +%s) + 120))
	until message=$("$SANDBOX" secret --endpoint "http://127.0.0.1:$port" "$secret" dummy 2>&1); do
		if [ "$(docker container inspect --format '{{.State.Running}}' "$emulator")" != true ]; then
			give_up "the emulator exited unexpectedly"
		elif [ "$(date +%s)" -ge "$deadline" ]; then
			give_up "the emulator does not respond: $message"
		fi
		sleep 1
	done
	trap - INT TERM
	printf '%s\n' "$message"
}

# give_up removes an emulator without the secret, which the next run would take for a ready one.
give_up() {
	printf 'Last lines of the log of %s:\n' "$emulator" >&2
	docker logs --tail 20 "$emulator" >&2 || true
	remove_emulator
	fail "$1"
}

remove_emulator() {
	if docker container inspect "$emulator" >/dev/null 2>&1; then
		docker rm --force --volumes "$emulator" >/dev/null
	fi
}

next() {
	printf '\nThe cluster k3d-%s and the emulator at http://127.0.0.1:%s are ready. Next:\n' "$cluster" "$port"
	cat <<-'EOT'
		  pulumi login --local                 if you are not logged in to a backend
		  pulumi stack select --create local
	EOT
	if [ "$port" != 4566 ]; then
		printf '  pulumi config set --stack local endpoint http://host.k3d.internal:%s\n' "$port"
	fi
	cat <<-EOT
		  pulumi up --stack local
		  kubectl --context k3d-$cluster get externalsecrets,secrets -n zio-lucene
		  pulumi destroy --stack local         before make k3d-down
	EOT
}

up() {
	: "${SANDBOX:?the path of the sandbox command; call this as: make k3d-up}"
	check
	start_cluster
	start_emulator
	next
}

down() {
	check
	remove_emulator # first, since it is on the cluster's network
	if k3d cluster get "$cluster" >/dev/null 2>&1; then
		k3d cluster delete "$cluster"
	fi
}

case ${1-} in
up | down) "$1" ;;
*) fail 'want up or down' ;;
esac
