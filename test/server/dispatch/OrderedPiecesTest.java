package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import server.executor.Pieces;
import shared.json.Slice;

final class OrderedPiecesTest {

    private final List<String> handed = new ArrayList<>();
    private final OrderedPieces pieces = new OrderedPieces(new Pieces() {
        @Override
        public void text(String piece) {
            handed.add(piece);
        }

        @Override
        public void thinking(String piece) {
            handed.add("~" + piece);
        }
    }, () -> { }, new OrderedPieces.AnswerProgress(), count -> { }, InstantSource.system());

    @Test
    void halvesOfACharacter_comeAsOne() {
        pieces.text("a\ud83d");
        pieces.text("\ude00");
        pieces.text("");
        pieces.text(" ok");
        pieces.end();
        assertEquals(List.of("a", "\ud83d\ude00", " ok"), handed);
    }

    @Test
    void halfThatStaysAlone_comesWithWhatFollowsOrAtTheEnd() {
        pieces.text("\ud83d");
        pieces.text("x");
        pieces.text("\ud83d");
        assertEquals(List.of("\ud83dx"), handed);
        pieces.end();
        assertEquals(List.of("\ud83dx", "\ud83d"), handed);
    }

    @Test
    void halfBeforeAChangeOfKind_waitsForItsOwnKind() {
        pieces.text("\ud83d");
        pieces.thinking("hm");
        pieces.text("\ude00");
        assertEquals(List.of("~hm", "\ud83d\ude00"), handed);
        assertEquals("{}", order(), "thinking came first");
    }

    @Test
    void order_isAddedWhereTextAndThinkingAlternate() {
        pieces.thinking("AAAA");
        pieces.text("b");
        pieces.text("é");
        assertEquals("{}", order());
        pieces.thinking("CC\ud83d\ude00");
        pieces.text("dd");
        assertEquals("{\"a\":1,\"runs\":[4,3,6,2]}",
                pieces.withOrder(Slice.of("{\"a\":1}".getBytes(StandardCharsets.US_ASCII))).text());
    }

    @Test
    void order_textFirst_beginsWithNoThinking() {
        pieces.text("a");
        assertEquals("{}", order());
        pieces.thinking("b");
        assertEquals("{,\"runs\":[0,1,1]}", order());
    }

    private String order() {
        return pieces.withOrder(Slice.of("{}".getBytes(StandardCharsets.US_ASCII))).text();
    }
}
