# Everything made lies under build/; nothing but a JDK 25 and a shell is needed to build and run.
# `make` alone prints the targets.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help build dist tools images demo run test check proof test-real sim bench screenshots \
	install uninstall clean FORCE

# The same in every environment: file names and what the tests print are UTF-8.
export LC_ALL = C.UTF-8

ONLY ?=
SEED ?=
LANES ?=
LOG ?=
ARGS ?=
PREFIX ?= /usr/local
DESTDIR ?=

SHARED := build/modules/ollamaqueue.shared/module-info.class
CLIENT := build/modules/ollamaqueue.client/module-info.class
SERVER := build/modules/ollamaqueue.server/module-info.class
SINGLE := build/single.copied
WEB := $(if $(wildcard web),build/web.copied) $(SINGLE)
MODULES := shared client server
PROGRAMS := ollama-queue-server ollama-queue
LAUNCHERS := $(PROGRAMS:%=build/bin/%)
IMAGES := build/images.made
HELLOS := $(PROGRAMS:%=build/hello/%)
DEPLOY := src/server/deploy
TESTS := build/test/java.args
# A part of the tests does without them, unless it is their own; benchmarks time what users start.
TIMED_HELLOS := $(if $(ONLY),$(if $(filter startup,$(ONLY)),$(HELLOS)),$(HELLOS))
TESTED_IMAGES := $(if $(ONLY),$(if $(findstring dist,$(ONLY)),$(IMAGES)),$(IMAGES))

# Folders count too: their time changes when a file comes or goes.
sources = $(shell find $(1) -path $(DEPLOY) -prune -o \( -type d -o -name '*.java' \) -print)
# The compiler lives for seconds: the second-level compiler would take more processor time than it saves.
BRIEF := -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
javac = "$$(cat build/jdk)/bin/javac" $(BRIEF:%=-J%) -Xlint:all -Werror -encoding UTF-8
java = "$$(cat build/jdk)/bin/java"
# $(call tests,ONLY,PART)
tests = umask 022; $(java) -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Donly='$(1)' -Dpart=$(2) -Dseed='$(SEED)' \
	$(if $(SECONDS),-Dseconds=$(SECONDS)) $(if $(MINUTES),-Dminutes=$(MINUTES)) \
	$(if $(LANES),-Dlanes=$(LANES)) $(if $(LOG),-Dlog=true) -cp build/test/rest \
	support.run.TestRun $(MODULES:%=build/test/%) build/test/rest </dev/null

help:   ## print the targets
	@echo 'usage: make TARGET [ONLY=part of the tests] [SEED=number] [ARGS=...] [JUNIT_JAR=file]'
	@sed -n 's/^\([a-z-]*\):.*##/  \1\t/p' Makefile | expand -t 14

build: $(LAUNCHERS) $(SHARED) $(CLIENT) $(SERVER) $(WEB)  ## build/bin/ollama-queue-server and build/bin/ollama-queue

dist: tools build/dist/SHA256SUMS build/dist/Client.java  ## build/dist: all that users get; needs xz, tar, strip

images: $(IMAGES)  ## the images alone

demo: $(IMAGES)  ## a tour of the main job: submit, stream, kill the server, lose nothing
	@sh test/demo/demo.sh

run: build  ## start the server; ARGS='--port 9000 --ollama-host echo:'
	@exec build/bin/ollama-queue-server $(ARGS)

test: build $(TESTS) $(TESTED_IMAGES)  ## all tests, or ONLY=server.journal, ONLY='JournalTest#cut*'; SEED=n
	@$(call tests,$(ONLY),test)

check: build $(TESTS)  ## the tests that need no process, browser or image
	@$(call tests,$(ONLY),check)

proof: build $(TESTS)  ## the long forms of what make test does in short, minutes each: ONLY=...
	@$(call tests,$(ONLY),proof)

# One class at a time: there is one Ollama, and it answers one request at a time.
test-real: LANES := $(or $(LANES),1)
test-real: build $(TESTS)  ## the product against the real Ollama at OLLAMA_HOST (and OPENAI_BASE_URL, OPENAI_API_KEY)
	@$(call tests,$(ONLY),real)

sim: build $(TESTS)  ## the simulation of the queue again, as SEED=n ran it
	@$(call tests,$(or $(ONLY),server.queue.QueueSimulation*),test)

bench: build $(TESTS) $(IMAGES) $(TIMED_HELLOS)  ## the benchmarks, minutes in all; ONLY=submit: one; build/bench.json
	@$(java) -Xmx512m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders @build/test/java.args -da bench.Bench $(ONLY)

screenshots: build $(TESTS)  ## each view of the page in Chromium, wide and narrow, light and dark: build/screenshots/
	@$(java) -Xmx256m -XX:+UseSerialGC @build/test/java.args webui.Screenshots build/screenshots $(ONLY)

install:  ## the images of make dist and the systemd unit; PREFIX=/usr/local DESTDIR=
	@sh $(DEPLOY)/install.sh install '$(DESTDIR)' '$(PREFIX)'

uninstall:  ## remove what make install put there
	@sh $(DEPLOY)/install.sh uninstall '$(DESTDIR)' '$(PREFIX)'

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

build/web.copied: $(SERVER) $(DEPLOY)/page.sh $(if $(wildcard web),$(shell find web))
	@rm -rf build/part.web build/modules/ollamaqueue.server/web
	@cp -R web build/part.web && cd build/part.web && sh ../../$(DEPLOY)/page.sh
	@mv build/part.web build/modules/ollamaqueue.server/web
	@touch $@

# ---- the client in one file: made by a tool of its own, handed out by the server

build/dist/Client.java: build/jdk src/client/single/head.txt $(call sources,src/client src/shared)
	@echo 'making $@'; mkdir -p build/dist
	@$(java) $(BRIEF) src/client/single/SingleFile.java $@ src

$(SINGLE): $(SERVER) build/dist/Client.java
	@cp build/dist/Client.java build/modules/ollamaqueue.server/Client.java
	@touch $@

# ---- the launchers

# The heap, the collector and the object headers are those that the benchmarks speak for; they do not delay the start,
# and fixed they keep the class archive in use on a machine of any size. The client lives for a moment: the second
# compiler would only delay it. What the JVM has to say must not get into stdout; that it does without the class archive
# (for another main class than ours, or by OLLAMA_QUEUE_JAVA_OPTS) is nothing to say.
JVM := -XX:-UsePerfData -Xlog:disable -Xlog:all=error,cds=off:stderr
# What a server does for the first time it often does a thousand times at once: the first-level compiler begins after 20
# calls, not 200. The start takes as long; a burst on a server that has just started is over in a quarter of the time.
EARLY := -XX:Tier0InvokeNotifyFreqLog=4 -XX:Tier3MinInvocationThreshold=10 -XX:Tier3InvocationThreshold=20 \
	-XX:Tier3CompileThreshold=200
# A server that is out of memory ends, for a supervisor starts it again, and nothing that was acknowledged is lost.
# What is still there after two collections is a waiting task: to copy it up to 15 times only makes the pauses longer.
# While a thousand streams begin, a collection copies all that came since the last one: a ninth of the heap for that, in
# place of a third, halves the pause, and so do two processors that copy. The whole heap is there from the start, so
# that this holds on any machine. All classes are needed until the end: looking for needless ones takes a quarter of a
# full collection.
# Relayed calls are faster by a twentieth if compiled code lies close together: less is inlined that is compiled anyway,
# and a quarter of the usual space, of which a third is used, is not divided by kinds of code.
%/ollama-queue-server: FLAGS := -Xmx512m -XX:+UseParallelGC -XX:-UseAdaptiveSizePolicy -XX:InitialRAMPercentage=25 \
	-XX:NewRatio=8 -XX:MaxTenuringThreshold=1 -XX:-ClassUnloading -XX:InlineSmallCode=1500 \
	-XX:ReservedCodeCacheSize=64m $(EARLY) -XX:+ExitOnOutOfMemoryError -XX:+UseCompactObjectHeaders \
	--enable-native-access=ollamaqueue.server $(JVM)
%/ollama-queue-server: MODULE := ollamaqueue.server
%/ollama-queue-server: MAIN := ollamaqueue.server/server.Main
%/ollama-queue: FLAGS := -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 $(JVM)
%/ollama-queue: MODULE := ollamaqueue.client
%/ollama-queue: MAIN := ollamaqueue.client/client.Client

# What others set for their Java is not meant for this one. Java loses other characters of arguments and file names
# where the locale is not UTF-8, or named but not installed. What the system says of an error has to be in English: the
# programs know "Broken pipe", "Too many open files" and a few more by their words.
define launcher
#!/bin/sh
self=$$0
case $$self in */*) ;; *) self=./$$self ;; esac
while [ -L "$$self" ]; do
  link=$$(readlink "$$self" 2>&-) || break
  case $$link in
    /*) self=$$link ;;
    *) self=$${self%/*}/$$link ;;
  esac
done
$(1)
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS
export LANGUAGE=C
case $${LC_ALL:-$${LC_CTYPE:-$${LANG-}}} in
  C.UTF-8 | C.utf8) ;;
  '' | C | POSIX) export LC_ALL=C.UTF-8 ;;
  *) [ "$$(locale charmap 2>&-)" = UTF-8 ] || export LC_ALL=C.UTF-8 ;;
esac
exec $(2) $${OLLAMA_QUEUE_JAVA_OPTS-} -m $(MAIN) "$$@"
endef

# On the JDK, with the modules of the checkout.
define on-jdk
build=$$(cd "$${self%/*}/.." && pwd -P) || exit
jdk=$$(cat "$$build/jdk")
if [ ! -x "$$jdk/bin/java" ]; then
  echo "$${0##*/}: the JDK that this was built with, $$jdk, is gone: make build finds another" >&2
  exit 1
fi
endef

# In the image; a copy of the launcher alone finds it where it is usually installed.
define in-image
for home in "$${self%/*}/.." "$${self%/*}/../lib/$(@F)" /usr/local/lib/$(@F) /usr/lib/$(@F) /opt/$(@F) ''; do
  [ ! -f "$$home/lib/modules" ] || break
done
if [ -z "$$home" ]; then
  [ ! -L "$$self" ] || echo "$(@F): $$self is a link, and there is no readlink to follow it" >&2
  echo "$(@F): the rest of it is neither at $${self%/*}/.. nor in /usr/local/lib/$(@F) or /opt/$(@F)" >&2
  exit 1
fi
# without /proc the libraries do not find each other
[ -e /proc/self/exe ] || export LD_LIBRARY_PATH="$$home/lib:$$home/lib/server"
endef

$(LAUNCHERS): export TEXT = $(call launcher,$(on-jdk),"$$jdk/bin/java" $(FLAGS) -p "$$build/modules")
$(LAUNCHERS): Makefile build/jdk
	@mkdir -p build/bin
	@printf '%s\n' "$$TEXT" >$@.part && chmod +x $@.part && mv $@.part $@

# ---- the images: linked, then trained, for their class archives must be made anew with them

LINKED := $(PROGRAMS:%=build/image/%)

# What strips the libraries, if there is something; another one makes the images anew.
build/strip: FORCE
	@mkdir -p build; command -v strip >$@.part || echo none >$@.part; cmp -s $@.part $@ || cp $@.part $@; rm $@.part

$(LINKED): export TEXT = $(call launcher,$(in-image),"$$home/bin/java")
$(LINKED): Makefile $(DEPLOY)/link.sh build/strip $(SHARED) $(CLIENT) $(SERVER) $(WEB)
	@echo 'linking $(@F)'
	@sh $(DEPLOY)/link.sh "$$(cat build/jdk)" build/modules $(MODULE) '$(FLAGS)' $@
	@printf '%s\n' "$$TEXT" >$@/bin/$(@F) && chmod +x $@/bin/$(@F)

$(IMAGES): $(LINKED) $(DEPLOY)/train.sh $(DEPLOY)/archive.sh
	@echo 'training the images'
	@sh $(DEPLOY)/train.sh "$$(cat build/jdk)" $(LINKED)
	@mkdir -p build/dist && rm -rf $(PROGRAMS:%=build/dist/%) && cp -R $(LINKED) build/dist && \
		chmod -R u=rwX,go=rX $(PROGRAMS:%=build/dist/%)
	@touch $@

# What the start-up of each is held against: its image, its flags, but a program that only says hello.
$(HELLOS): test/bench/hello.sh $(LINKED)
	@echo 'linking what says hello like $(@F)'
	@sh test/bench/hello.sh "$$(cat build/jdk)" $(MODULE) '$(FLAGS)' $@

# The same commit gives the same bytes: names sorted, one owner, one time, which is the commit's.
EPOCH = $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),0)
PACKED := $(PROGRAMS:%=build/dist/%.tar.xz)
# What makes machine code pack better, if xz is sure to know it.
BRANCHES := $(if $(filter x86_64,$(shell uname -m)),--x86)

tools:
	@missing=; for tool in xz tar strip; do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	if [ -n "$$missing" ]; then \
		echo "make dist needs$$missing (Debian and Ubuntu: apt-get install xz-utils tar binutils;" >&2; \
		echo 'Fedora: dnf install xz tar binutils). The images alone, not stripped: make images' >&2; exit 1; \
	fi

$(PACKED): $(IMAGES)
	@echo 'packing $(@F)'
	@tar -C build/dist --sort=name --mtime=@$(EPOCH) --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
		-cf $@.tar $(@F:.tar.xz=) && xz -T1 $(BRANCHES) --lzma2=preset=9e <$@.tar >$@.part && mv $@.part $@; \
	status=$$?; rm -f $@.tar; exit $$status

build/dist/SHA256SUMS: $(PACKED) build/dist/Client.java
	@cd build/dist && { sha256sum $(^F) 2>/dev/null || shasum -a 256 $(^F); } >../sums.part && mv ../sums.part $(@F)

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
	echo '--enable-native-access=ALL-UNNAMED'; \
	for m in $(MODULES); do \
		echo "--patch-module ollamaqueue.$$m=build/test/$$m --add-reads ollamaqueue.$$m=ALL-UNNAMED,java.management"; \
		for p in $$(cd build && find modules/ollamaqueue.$$m/$$m part.test/$$m/$$m -name '*.class' 2>/dev/null | \
				sed 's,/[^/]*$$,,; s,^modules/[^/]*/,,; s,^part.test/[^/]*/,,; s,/,.,g' | sort -u); do \
			echo "--add-opens ollamaqueue.$$m/$$p=ALL-UNNAMED"; \
		done; \
	done; } >build/part.test/java.args
	@mv build/part.test build/test && touch $@
