# Everything made lies under build/; nothing but a JDK 25 and a shell is needed to build and run.
# `make` alone prints the targets.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help build demo run test test-real sim bench clean FORCE

# The same in every environment: file names and what the tests print are UTF-8.
export LC_ALL = C.UTF-8

ONLY ?=
SEED ?=
ARGS ?=

SHARED := build/modules/ollamaqueue.shared/module-info.class
CLIENT := build/modules/ollamaqueue.client/module-info.class
SERVER := build/modules/ollamaqueue.server/module-info.class
SINGLE := build/single.copied
WEB := $(if $(wildcard web),build/web.copied) $(SINGLE)
MODULES := shared client server
LAUNCHERS := build/bin/ollama-queue-server build/bin/ollama-queue
TESTS := build/test/java.args

# Folders count too: their time changes when a file comes or goes.
sources = $(shell find $(1) -type d -o -name '*.java')
javac = "$$(cat build/jdk)/bin/javac" -Xlint:all -Werror -encoding UTF-8
java = "$$(cat build/jdk)/bin/java"
# $(call tests,ONLY,OPTIONS)
tests = $(java) -Xmx1g -XX:+UseSerialGC -Donly='$(1)' -Dseed='$(SEED)' $(2) @build/test/java.args \
	support.TestRun $(MODULES:%=build/test/%) build/test/rest

help:   ## print the targets
	@echo 'usage: make TARGET [ONLY=part of the tests] [SEED=number] [ARGS=...] [JUNIT_JAR=file]'
	@sed -n 's/^\([a-z-]*\):.*##/  \1\t/p' Makefile | expand -t 14

build: $(LAUNCHERS) $(SHARED) $(CLIENT) $(SERVER) $(WEB)  ## build/bin/ollama-queue-server and build/bin/ollama-queue

demo: build  ## a tour of the main job: submit, stream, kill the server, lose nothing
	@sh test/demo/demo.sh

run: build  ## start the server; ARGS='--port 9000 --ollama-host echo:'
	@exec build/bin/ollama-queue-server $(ARGS)

test: build $(TESTS)  ## all tests, or ONLY=server.journal, ONLY='JournalTest#cut*'; SEED=n where a test takes one
	@$(call tests,$(ONLY))

test-real: build $(TESTS)  ## the product against the real Ollama at OLLAMA_HOST (and OPENAI_BASE_URL, OPENAI_API_KEY)
	@$(call tests,$(ONLY),-Dreal=true)

sim: build $(TESTS)  ## the simulation of the queue again, as SEED=n ran it
	@$(call tests,$(or $(ONLY),server.queue.QueueSimulation*))

bench: build $(TESTS)  ## the benchmarks, minutes in all; ONLY=submit runs one; build/bench.json has the figures too
	@$(java) -Xmx512m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders @build/test/java.args -da bench.Bench $(ONLY)

clean:  ## remove everything made
	rm -rf build

# ---- the JDK

# The first JDK that is new enough. The file changes, and all is built anew, only when another one is found.
build/jdk: FORCE
	@mkdir -p build; \
	path=$$(command -v javac) && path=$$(readlink -f "$$path") && path=$${path%/bin/javac}; \
	for jdk in "$$JAVA_HOME" "$$path" /usr/lib/jvm/* /usr/java/* /opt/* /usr/local/* "$$HOME"/.sdkman/candidates/java/* \
			"$$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do \
		[ -x "$$jdk/bin/javac" ] && [ -f "$$jdk/release" ] || continue; \
		version=$$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$$jdk/release"); \
		[ "$${version:-0}" -ge 25 ] || continue; \
		[ "$$(cat build/jdk 2>/dev/null)" = "$$jdk" ] && exit 0; \
		printf '%s\n' "$$jdk" >build/jdk.part && mv build/jdk.part build/jdk; exit; \
	done; \
	echo 'No JDK 25 or later found in JAVA_HOME, PATH, /usr/lib/jvm, /usr/java, /opt, /usr/local, ~/.sdkman.' >&2; \
	echo 'Install one (Debian and Ubuntu: openjdk-25-jdk or temurin-25-jdk; Fedora: java-25-openjdk-devel; macOS:' >&2; \
	echo 'brew install openjdk@25; SDKMAN: sdk install java 25-tem) or set JAVA_HOME to where it lies.' >&2; \
	exit 1

# ---- the modules: each is compiled beside its place and moved there whole

# $(call module,NAME,OPTIONS)
define module
@echo 'compiling $(1)'
@rm -rf build/part.$(1)
@$(javac) $(2) -d build/part.$(1) $(filter %.java,$^)
@mkdir -p build/modules && rm -rf build/modules/$(1) && mv build/part.$(1) build/modules/$(1)
@touch $@
endef

$(SHARED): build/jdk $(call sources,src/shared)
	$(call module,ollamaqueue.shared,--release 17)

# The single-file client must run on Java 17.
$(CLIENT): build/jdk $(SHARED) $(filter-out src/client/single%,$(call sources,src/client))
	$(call module,ollamaqueue.client,--release 17 -p build/modules)

# Without --release, for sun.misc.Signal is hidden by it.
$(SERVER): build/jdk $(SHARED) $(call sources,src/server)
	$(call module,ollamaqueue.server,-XDignore.symbol.file=true -p build/modules)

build/web.copied: $(SERVER) $(if $(wildcard web),$(shell find web))
	@rm -rf build/part.web build/modules/ollamaqueue.server/web
	@cp -R web build/part.web && mv build/part.web build/modules/ollamaqueue.server/web
	@touch $@

# ---- the client in one file: made by a tool of its own, handed out by the server

build/dist/Client.java: build/jdk src/client/single/head.txt $(call sources,src/client src/shared)
	@echo 'making $@'; mkdir -p build/dist
	@$(java) src/client/single/SingleFile.java $@ src

$(SINGLE): $(SERVER) build/dist/Client.java
	@cp build/dist/Client.java build/modules/ollamaqueue.server/Client.java
	@touch $@

# ---- the launchers

# The heap, the collector and the object headers are those that the benchmarks speak for; they do not delay the start.
# The client lives for a moment: the second compiler would only delay it.
build/bin/ollama-queue-server: FLAGS := -Xmx512m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders
build/bin/ollama-queue-server: MAIN := ollamaqueue.server/server.Main
build/bin/ollama-queue: FLAGS := -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto
build/bin/ollama-queue: MAIN := ollamaqueue.client/client.Client

# Java loses other characters of arguments and file names where the locale is not UTF-8, or named but not installed.
define launcher
#!/bin/sh
self=$$0
while [ -L "$$self" ]; do
  link=$$(readlink "$$self")
  case $$link in
    /*) self=$$link ;;
    *) self=$$(dirname "$$self")/$$link ;;
  esac
done
build=$$(cd "$$(dirname "$$self")/.." && pwd -P) || exit
jdk=$$(cat "$$build/jdk")
if [ ! -x "$$jdk/bin/java" ]; then
  echo "$${0##*/}: the JDK that this was built with, $$jdk, is gone: make build finds another" >&2
  exit 1
fi
[ "$$(locale charmap 2>/dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8
exec "$$jdk/bin/java" $(FLAGS) -p "$$build/modules" $${OLLAMA_QUEUE_JAVA_OPTS-} -m $(MAIN) "$$@"
endef

$(LAUNCHERS): export TEXT = $(launcher)
$(LAUNCHERS): Makefile build/jdk
	@mkdir -p build/bin
	@printf '%s\n' "$$TEXT" >$@.part && chmod +x $@.part && mv $@.part $@

# ---- the tests: in the packages of what they test, so they patch its modules; the rest is on the class path

JUNIT_VERSION := 1.13.4
JUNIT_SHA256 := 3fdfc37e29744a9a67dd5365e81467e26fbde0b7aa204e6f8bbe79eeaa7ae892
JUNIT_NAME := junit-platform-console-standalone
JUNIT := build/lib/$(JUNIT_NAME)-$(JUNIT_VERSION).jar

# From JUNIT_JAR (a host without a network), else by Maven, whose own repository keeps it through a `make clean`.
$(JUNIT): | build/jdk
	@mkdir -p build/lib; part=build/lib/part; rm -rf $$part; mkdir $$part; \
	kept="$$HOME/.m2/repository/org/junit/platform/$(JUNIT_NAME)/$(JUNIT_VERSION)/$(@F)"; \
	if [ -n '$(JUNIT_JAR)' ]; then cp '$(JUNIT_JAR)' $$part/$(@F) || exit; \
	elif [ -f "$$kept" ]; then cp "$$kept" $$part/$(@F) || exit; \
	elif command -v mvn >/dev/null; then \
		echo 'fetching JUnit $(JUNIT_VERSION) by Maven'; \
		mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
			-DoutputDirectory="$$PWD/$$part" -Dartifact=org.junit.platform:$(JUNIT_NAME):$(JUNIT_VERSION) || exit; \
	else \
		echo 'The tests need JUnit: install Maven (mvn), which fetches it, or give JUNIT_JAR=FILE,' >&2; \
		echo 'FILE being $(@F).' >&2; exit 1; \
	fi; \
	sum=$$( (sha256sum $$part/$(@F) 2>/dev/null || shasum -a 256 $$part/$(@F)) | cut -d' ' -f1); \
	if [ "$$sum" != $(JUNIT_SHA256) ]; then \
		echo "$(@F): its SHA-256 is $$sum," >&2; echo 'expected $(JUNIT_SHA256)' >&2; exit 1; \
	fi; \
	mv $$part/$(@F) $@ && rm -rf $$part

TEST_PATH := $(JUNIT):build/modules/ollamaqueue.shared:build/modules/ollamaqueue.client:build/modules/ollamaqueue.server

# Compiled at once, on the class path; then each module's part moves into a folder that patches the module.
$(TESTS): Makefile build/jdk $(JUNIT) $(SHARED) $(CLIENT) $(SERVER) $(call sources,$(wildcard test/*))
	@echo 'compiling the tests'
	@rm -rf build/part.test build/test; mkdir -p build/part.test/rest $(MODULES:%=build/part.test/%)
	@$(javac) -XDignore.symbol.file=true -proc:none -cp $(TEST_PATH) \
		-d build/part.test/rest $(filter test/%.java,$^)
	@cd build/part.test; for m in $(MODULES); do [ ! -d rest/$$m ] || mv rest/$$m $$m/; done
	@{ echo '-ea -p build/modules -cp $(JUNIT):build/test/rest --add-modules ALL-MODULE-PATH'; \
	for m in $(MODULES); do \
		echo "--patch-module ollamaqueue.$$m=build/test/$$m --add-reads ollamaqueue.$$m=ALL-UNNAMED"; \
		for p in $$(cd build && find modules/ollamaqueue.$$m/$$m part.test/$$m/$$m -name '*.class' 2>/dev/null | \
				sed 's,/[^/]*$$,,; s,^modules/[^/]*/,,; s,^part.test/[^/]*/,,; s,/,.,g' | sort -u); do \
			echo "--add-opens ollamaqueue.$$m/$$p=ALL-UNNAMED"; \
		done; \
	done; } >build/part.test/java.args
	@mv build/part.test build/test && touch $@
