# The client in a container, for CI, after `make dist`:
#   docker build -f src/server/deploy/client.Dockerfile -t ollama-queue build/dist
#   docker run --rm -e OLLAMA_QUEUE_CLIENT_SERVER_URL=http://HOST:8080 ollama-queue status
FROM debian:stable-slim
COPY ollama-queue /opt/ollama-queue
RUN ln -s /opt/ollama-queue/bin/ollama-queue /usr/local/bin/
USER 65534:65534
ENTRYPOINT ["ollama-queue"]
