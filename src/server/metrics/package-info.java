/// Metrics for monitoring: `GET /metrics`, in the text format of Prometheus.
///
/// | class | what it writes |
/// |---|---|
/// | `Metrics` | the queue, its work, the journal, HTTP; combines all |
/// | `HostMetrics` | each host |
/// | `Machine` | the process and the Java virtual machine |
/// | `Most` | bounds the values of a label |
/// | `Exposition` | the format, and its bound |
///
/// **Rules.** Nothing that the queue already counts is counted again for monitoring; a scrape takes the queue's lock
/// once, to read the totals (`queue.index.Totals`), never the tasks. Values chosen by clients are bounded: the 50 most
/// used, the rest is `other`. A metric's name begins with `ollama_queue_`, its units are base units, and
/// `guide/metrics.md` lists it. Counters begin with the server's start. The first scrape loads `java.lang.management`,
/// not the server's start.
package server.metrics;
