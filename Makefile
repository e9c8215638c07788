# Everything below needs Go; what else a target needs it installs when it is missing (see .ci/setup).

GO ?= go
# Flags of the benchmark program, for example BENCHFLAGS='-only cpu,memory -markdown'.
BENCHFLAGS ?=
# Flags of the program that kills servers, for example CRASHFLAGS='-for 1h -policies always' or '-money 1m'.
CRASHFLAGS ?=
# Seconds of fuzzing for each package, shared by its targets.
FUZZTIME ?= 10
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: build test race fuzz bench crash lint format-check vet staticcheck cross clean setup

# Static binaries in bin/.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/ ./cmd/...

# Tests start servers that are built from the tree, which Go's cache of results does not see: -count=1.
test: setup vet
	$(GO) test -count=1 -timeout 12m ./...

setup:
	.ci/setup test

# The packages in the race detector. Those below test/ only drive server processes.
race:
	.ci/setup race
	CGO_ENABLED=1 $(GO) test -race -count=1 -timeout 12m $$($(GO) list ./... | grep -v '^radish/test/')

fuzz:
	GO='$(GO)' .ci/fuzz $(FUZZTIME)

# The table of the README: ours beside redis-server.
bench:
	$(GO) build -o bin/bench ./bench
	bin/bench $(BENCHFLAGS)

# Kills a server again and again while clients write to it, and looks at what is left: see test/crash/doc.go.
crash:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/ ./cmd/radish-server
	$(GO) build -o bin/crash ./test/crash
	bin/crash -server bin/radish-server $(CRASHFLAGS)

lint: format-check vet staticcheck

format-check:
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt would change:" >&2; echo "$$out" >&2; exit 1; fi

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) run $(STATICCHECK) ./...

# What is not run here must at least compile, tests included: the portable event loop and another CPU.
cross:
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(GO) vet ./...
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/radish-server
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 $(GO) vet ./...
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/radish-server

clean:
	rm -rf bin
