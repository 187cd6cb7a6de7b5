/// What monitoring is told: `GET /metrics`, in the text format of Prometheus.
///
/// | class | what it writes |
/// |---|---|
/// | `Metrics` | the queue, its work, the journal, HTTP; it gathers all |
/// | `HostMetrics` | each host |
/// | `Machine` | the process and the Java virtual machine |
/// | `Most` | bounds the values of a label |
/// | `Exposition` | the format, and its bound |
///
/// **Rules.** Nothing is counted for monitoring alone where the queue counts it anyway; a scrape takes the queue's lock
/// once, for a look at the kinds of tasks (`queue.index.Totals`), never at the tasks. Values that clients make up are
/// bounded: the 50 most used, the rest is `other`. A metric is named `ollama_queue_`, in base units, and stands in
/// `guide/metrics.md`. Counters begin with the server's start. The first scrape loads `java.lang.management`, not the
/// start.
package server.metrics;
