/// The vocabulary of both programs. Compiled for Java 17, because the single-file client is.
module ollamaqueue.shared {
    exports shared;
    exports shared.config;
    exports shared.cron;
    exports shared.json;
}
