# What a user types. Everything real is in Go: sandbox/cmd/sandbox for the targets about the sandbox.
export GOWORK := off
export CGO_ENABLED := 0
# Taken as typed: a $ in a secret's value stays a $.
export SECRET_NAME := $(value NAME)
export SECRET_VALUE := $(value VALUE)
export EXPLAIN_KEY := $(value KEY)
MAKEFLAGS += --no-print-directory

STACK ?= local
SANDBOX := .sandbox/sandbox
MODULES := . sandbox sandbox/node sandbox/modules/pulumi-language-go sandbox/modules/pulumi-resource-aws

.DEFAULT_GOAL := help
.PHONY: help up preview down verify status env secret explain test bench lint k3d-up k3d-down clean sandbox-command

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: sandbox-command ## deploy a stack in the sandbox, from nothing [STACK=local] [FETCH=1: download Pulumi]
	@$(SANDBOX) up --stack $(STACK) $(if $(FETCH),--fetch)

preview: sandbox-command ## print what a first up of each stack would do, as Markdown for a pull request [FETCH=1]
	@$(SANDBOX) preview $(if $(FETCH),--fetch)

down: sandbox-command ## stop the sandbox and all in it
	@$(SANDBOX) down

verify: sandbox-command ## check that a stack's secrets are in its cluster, as declared [STACK=local]
	@eval "$$($(SANDBOX) env 2>/dev/null)" && go run ./cmd/verify --stack $(STACK)

status: sandbox-command ## show the stores and what they have synced
	@$(SANDBOX) status

env: sandbox-command ## print shell lines for working by hand: eval "$(make env)"
	@$(SANDBOX) env

secret: sandbox-command ## store or rotate a secret: NAME=... [VALUE=..., or on standard input] [STACK=local, whose region it is]
	@$(SANDBOX) secret --stack $(STACK) "$$SECRET_NAME" "$$SECRET_VALUE"

explain: ## tell what a key of the stack file is: KEY=secrets.data; without it, which there are
	@go run ./cmd/explain $${EXPLAIN_KEY:+"$$EXPLAIN_KEY"}

test: sandbox-command ## run every test: unit, then end to end in the sandbox
	@for m in $(MODULES); do \
		echo "== $$m: vet, for this system and for macOS" && \
		(cd $$m && go vet ./... && GOOS=darwin GOARCH=arm64 go vet ./...) || exit 1; done
	go test ./...
	cd cluster && go vet ./... && go test ./...
	cd sandbox/node && go test ./...
	cd sandbox/modules/pulumi-language-go && go test ./...
	cd sandbox/modules/pulumi-resource-aws && go test ./...
	@$(SANDBOX) build
	cd sandbox && go test $$(go list ./... | grep -v /e2e)
	cd sandbox && go test -count=1 -timeout 30m -parallel 2 -v ./e2e/...

bench: sandbox-command ## compare an up with kubectl, side by side in the sandbox
	@$(SANDBOX) build
	cd sandbox && go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./e2e/

lint: ## check the code with golangci-lint (built from its module)
	@for m in $(MODULES) cluster; do \
		echo "== $$m" && (cd $$m && go tool -modfile=$(CURDIR)/tools/go.mod golangci-lint run) || exit 1; done

k3d-up: sandbox-command ## start k3d and a pinned LocalStack, for pulumi up --stack local (needs a container engine)
	@SANDBOX=$(CURDIR)/$(SANDBOX) sh sandbox/k3d/k3d.sh up

k3d-down: ## delete what k3d-up has made
	@sh sandbox/k3d/k3d.sh down

clean: down ## stop the sandbox and remove all that was built
	rm -rf .sandbox "$${XDG_CACHE_HOME:-$$HOME/.cache}/eso-aws" "$$HOME/Library/Caches/eso-aws"

sandbox-command:
	@test -x $(SANDBOX) || echo "Building the sandbox's own command, once (about 30 s) ..." >&2
	@mkdir -p .sandbox && cd sandbox && go build -o ../$(SANDBOX) ./cmd/sandbox
