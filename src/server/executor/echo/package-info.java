/// A model that needs no machine, at `echo:`: it repeats the prompt and embeds by hashing words, with the same answer
/// for the same request each time. It lets a newcomer, a test or a dry run work without Ollama, and serves only where
/// it was asked for.
package server.executor.echo;
