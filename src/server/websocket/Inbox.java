package server.websocket;

import java.util.ArrayDeque;
import java.util.Queue;

/// The messages and pings of a client that the writing thread has not taken yet. While it is full, the reading thread
/// waits, and so eventually does a client that sends faster than it is answered.
final class Inbox {

    /// A message or a ping.
    record Heard(int opcode, byte[] payload) {
    }

    private static final int COUNT_MAX = 16;

    private final int bytesMax;
    private final Queue<Heard> queue = new ArrayDeque<>();
    private int bytes;
    private boolean closed;

    Inbox(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// Adds an entry, once there is room; does nothing once this is closed.
    synchronized void put(Heard heard) {
        try {
            while (!closed && (queue.size() == COUNT_MAX || bytes > bytesMax)) {
                wait();
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            closed = true;
        }
        if (!closed) {
            queue.add(heard);
            bytes += heard.payload().length;
        }
    }

    /// Removes and returns the next entry; null if there is none.
    synchronized Heard poll() {
        Heard heard = queue.poll();
        if (heard != null) {
            bytes -= heard.payload().length;
            notifyAll();
        }
        return heard;
    }

    /// Closes the inbox: it accepts nothing any more, and nobody waits.
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
