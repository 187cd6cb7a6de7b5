/// A model that needs no machine, at `echo:`: it repeats the prompt and embeds by hashing words, with the same answer
/// for the same request each time. It lets a newcomer, a test or a dry run work without Ollama, and is used only if
/// requested. It accepts calls of Ollama's API and of OpenAI's completions and embeddings, and answers their
/// clients' first questions: its version, its models.
package server.executor.echo;
