/// The command line. Compiled for Java 17, because its single-file form must run there.
module ollamaqueue.client {
    requires ollamaqueue.shared;
}
