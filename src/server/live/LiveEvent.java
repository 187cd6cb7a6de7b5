package server.live;

import java.nio.charset.StandardCharsets;

import server.queue.ledger.DurableEvent;
import shared.json.JsonWriter;
import shared.json.Slice;

/// What a subscriber gets: an event, or a word about its subscription. It is encoded once for all who get it, when the
/// first asks; the forms are parts of each other:
///
/// ```
/// id: 7\nevent: task\ndata: {"seq":7,"event":"task",…}\n\n
///                           └────────── json ─────────┘
///                           └────────── line ───────────┘
/// └─────────────────────── block ───────────────────────┘
/// ```
public final class LiveEvent {

    private final long seq;
    private final String kind;
    private final long task;
    /// How much was published up to this event, in bytes, since the hub began. 0 for what only one subscriber gets.
    final long published;

    private DurableEvent source;
    private Slice json;
    private byte[] block;

    LiveEvent(DurableEvent event, long published) {
        seq = event.seq();
        kind = event.kind();
        task = event.task();
        source = event;
        this.published = published;
    }

    private LiveEvent(String kind, long seq, JsonWriter json) {
        this.seq = seq;
        this.kind = kind;
        this.json = new Slice(json.buffer(), 0, json.length());
        task = 0;
        published = 0;
    }

    /// Tells that events between the subscriber's place and `seq` are not to be had any more.
    static LiveEvent reset(long seq, long oldest) {
        return new LiveEvent("reset", seq, new JsonWriter().beginObject().name("seq").number(seq)
                .name("event").string("reset").name("oldest").number(oldest).endObject());
    }

    /// Tells why the subscription ends here. With this sequence number another one takes up where it ends.
    static LiveEvent dropped(long seq, String reason) {
        return new LiveEvent("dropped", seq, new JsonWriter().beginObject().name("seq").number(seq)
                .name("event").string("dropped").name("reason").string(reason).endObject());
    }

    /// The place of a subscriber that has got it.
    public long seq() {
        return seq;
    }

    /// `task`, `cron` or `queue`; `reset`: the subscriber missed events that are not kept, or came from another
    /// journal, and goes on from here; `dropped`: the subscription has ended.
    public String kind() {
        return kind;
    }

    /// The task's id; 0 if it is not a task's.
    public long task() {
        return task;
    }

    /// The event's JSON.
    public Slice json() {
        byte[] whole = whole();
        return new Slice(whole, whole.length - 2 - json.length(), whole.length - 2);
    }

    /// The JSON and a line end.
    public Slice line() {
        byte[] whole = whole();
        return new Slice(whole, whole.length - 2 - json.length(), whole.length - 1);
    }

    /// A server-sent event.
    public Slice block() {
        return Slice.of(whole());
    }

    private synchronized byte[] whole() {
        if (block == null) {
            Slice from = source == null ? json : source.json();
            byte[] head = ("id: " + seq + "\nevent: " + kind + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
            byte[] whole = new byte[head.length + from.length() + 2];
            System.arraycopy(head, 0, whole, 0, head.length);
            System.arraycopy(from.bytes(), from.from(), whole, head.length, from.length());
            whole[whole.length - 2] = '\n';
            whole[whole.length - 1] = '\n';
            json = new Slice(whole, head.length, whole.length - 2);
            source = null;
            block = whole;
        }
        return block;
    }
}
