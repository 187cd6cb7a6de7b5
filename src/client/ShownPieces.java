package client;

import shared.Controls;

/// Makes the pieces of a text safe to show on a terminal ([Controls]), as if they were one piece: a CR at the end of a
/// piece is held back until it is known whether an LF follows.
final class ShownPieces {

    private boolean held;

    /// Returns what can be shown so far.
    String next(String piece) {
        if (piece.isEmpty()) {
            return "";
        }
        String whole = held ? "\r" + piece : piece;
        held = whole.endsWith("\r");
        return Controls.shown(held ? whole.substring(0, whole.length() - 1) : whole, true);
    }

    /// Returns what was held back, after the last piece.
    String end() {
        String rest = held ? Controls.shown("\r", true) : "";
        held = false;
        return rest;
    }
}
