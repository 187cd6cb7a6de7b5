package support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import server.executor.Pieces;

/// Keeps the pieces of an answer.
public final class Collected implements Pieces {

    public final List<String> texts = new ArrayList<>();
    public final List<String> thoughts = new ArrayList<>();
    public final CountDownLatch first = new CountDownLatch(1);

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

    public synchronized String text() {
        return String.join("", texts);
    }
}
