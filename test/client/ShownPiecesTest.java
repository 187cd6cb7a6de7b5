package client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import shared.Controls;

final class ShownPiecesTest {

    /// However a text is cut, what is shown is the same.
    @Test
    void next_everyCutOfAText_showsTheSame() {
        String text = "a\r\nb\r\r\n\u001b[2J\r\tc\r";
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                ShownPieces pieces = new ShownPieces();
                assertEquals(Controls.shown(text, true), pieces.next(text.substring(0, first))
                        + pieces.next(text.substring(first, second)) + pieces.next(text.substring(second))
                        + pieces.end(), first + " " + second);
            }
        }
    }

    @Test
    void end_isTheEnd() {
        ShownPieces pieces = new ShownPieces();
        assertEquals("a", pieces.next("a\r"));
        assertEquals("\\u000d", pieces.end());
        assertEquals("", pieces.end());
    }
}
