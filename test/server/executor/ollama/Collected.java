package server.executor.ollama;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import server.executor.Pieces;

/// Keeps the pieces of an answer.
final class Collected implements Pieces {

    final List<String> texts = new ArrayList<>();
    final List<String> thoughts = new ArrayList<>();
    final CountDownLatch first = new CountDownLatch(1);

    @Override
    public synchronized void text(String piece) {
        texts.add(piece);
        first.countDown();
    }

    @Override
    public synchronized void thinking(String piece) {
        thoughts.add(piece);
        first.countDown();
    }

    synchronized String text() {
        return String.join("", texts);
    }
}
