# The server in a container, after `make dist`:
#   docker build -f src/server/deploy/server.Dockerfile -t ollama-queue-server build/dist
#   docker run -d -p 8080:8080 -v ollama-data:/data -e OLLAMA_HOST=http://HOST:11434 ollama-queue-server
# The base is there for its C library and its shell.
FROM debian:stable-slim
COPY ollama-queue-server /opt/ollama-queue-server
RUN ln -s /opt/ollama-queue-server/bin/ollama-queue-server /usr/local/bin/ && mkdir /data && chown 65534:65534 /data
USER 65534:65534
WORKDIR /data
ENV OLLAMA_QUEUE_SERVER_HOST=0.0.0.0 OLLAMA_QUEUE_STORAGE_PATH=/data
VOLUME /data
EXPOSE 8080 8081
# One write, by cat: printf writes each line for itself, and by the second TLS may have refused the first and closed.
HEALTHCHECK --start-period=5m --interval=10s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${OLLAMA_QUEUE_SERVER_PORT:-8080} && cat >&3 <<<'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r' && head -c 12 <&3 | LC_ALL=C grep -aqE $'^(HTTP/1.1 200|\\x15\\x03)'"]
ENTRYPOINT ["ollama-queue-server"]
