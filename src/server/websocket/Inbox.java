package server.websocket;

import java.util.ArrayDeque;
import java.util.Queue;

/// What a client has said and the writing thread has not taken yet. While it is full the reading thread waits, and so,
/// by and by, does a client that says more than it lets itself be answered.
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

    /// Waits until there is room; does nothing once this is closed.
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

    /// Null if there is nothing.
    synchronized Heard poll() {
        Heard heard = queue.poll();
        if (heard != null) {
            bytes -= heard.payload().length;
            notifyAll();
        }
        return heard;
    }

    /// From now on takes no more.
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
