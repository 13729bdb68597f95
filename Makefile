# The commands for users. The work is done in Go; the targets for the sandbox call sandbox/cmd/sandbox.
export GOWORK := off
export CGO_ENABLED := 0
# Not expanded: a $ in the value of a secret stays a $.
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

up: sandbox-command ## start the sandbox and deploy a stack in it [STACK=local] [FETCH=1: download Pulumi]
	@$(SANDBOX) up --stack $(STACK) $(if $(FETCH),--fetch)

preview: sandbox-command ## preview the first up of every stack, as Markdown for a pull request [FETCH=1]
	@$(SANDBOX) preview $(if $(FETCH),--fetch)

down: sandbox-command ## stop the sandbox and delete its contents
	@$(SANDBOX) down

verify: sandbox-command ## show the stores and Secrets of a stack, and fail if any is not in sync [STACK=local]
	@eval "$$($(SANDBOX) env 2>/dev/null)" && go run ./cmd/verify --stack $(STACK)

status: sandbox-command ## show the stores and Secrets of the stack that is deployed in the sandbox
	@$(SANDBOX) status

env: sandbox-command ## set up pulumi, kubectl and aws for the sandbox: eval "$(make env)"
	@$(SANDBOX) env

secret: sandbox-command ## store or rotate a secret: NAME=... [VALUE=..., or stdin] [STACK=local sets the region]
	@$(SANDBOX) secret --stack $(STACK) "$$SECRET_NAME" "$$SECRET_VALUE"

explain: ## explain a setting of the stack file [KEY=secrets.data]; without KEY, list all settings
	@go run ./cmd/explain $${EXPLAIN_KEY:+"$$EXPLAIN_KEY"}

test: sandbox-command ## run all tests: unit tests, then end-to-end tests in the sandbox
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

bench: sandbox-command ## compare pulumi up with kubectl in the sandbox
	@$(SANDBOX) build
	cd sandbox && go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./e2e/

lint: ## run golangci-lint (built from its Go module)
	@for m in $(MODULES) cluster; do \
		echo "== $$m" && (cd $$m && go tool -modfile=$(CURDIR)/tools/go.mod golangci-lint run) || exit 1; done

k3d-up: sandbox-command ## start k3d and LocalStack for pulumi up --stack local (needs Docker)
	@SANDBOX=$(CURDIR)/$(SANDBOX) sh sandbox/k3d/k3d.sh up

k3d-down: ## delete the k3d cluster and LocalStack
	@sh sandbox/k3d/k3d.sh down

clean: down ## stop the sandbox and delete everything that was built
	rm -rf .sandbox "$${XDG_CACHE_HOME:-$$HOME/.cache}/eso-aws" "$$HOME/Library/Caches/eso-aws"

sandbox-command:
	@test -x $(SANDBOX) || echo "Building the sandbox command, once (about 30 s) ..." >&2
	@mkdir -p .sandbox && cd sandbox && go build -o ../$(SANDBOX) ./cmd/sandbox
