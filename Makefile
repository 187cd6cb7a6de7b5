# SKELETON: the build's owner replaces this
JDK := /usr/lib/jvm/temurin-25-jdk-amd64
build:
	mkdir -p build/modules
	$(JDK)/bin/javac --release 17 -Xlint:all -Werror -d build/modules/ollamaqueue.shared $$(find src/shared -name '*.java')
	$(JDK)/bin/javac --release 17 -Xlint:all -Werror -p build/modules -d build/modules/ollamaqueue.client $$(find src/client -name '*.java')
	$(JDK)/bin/javac -XDignore.symbol.file=true -Xlint:all -Werror -p build/modules -d build/modules/ollamaqueue.server $$(find src/server -name '*.java')
.PHONY: build
