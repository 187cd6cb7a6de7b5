package server.api;

import java.io.IOException;

import server.http.LiveOutput;
import server.live.Item;
import shared.json.Slice;

/// Writes items as lines of JSON; an empty line is a ping.
final class LineEncoder implements ItemEncoder {

    private static final byte[] LINE_END = {'\n'};

    @Override
    public boolean write(Item item, LiveOutput out) throws IOException {
        Slice json = switch (item) {
            case Item.Change change -> change.event().json();
            case Item.Reset reset -> ItemEncoder.json(reset);
            case Item.Dropped dropped -> ItemEncoder.json(dropped);
            case Item.Piece piece -> ItemEncoder.json(piece);
            case Item.End end -> ItemEncoder.json(end);
        };
        out.write(json);
        out.write(LINE_END);
        return !(item instanceof Item.Dropped);
    }

    @Override
    public void ping(long seq, LiveOutput out) throws IOException {
        out.write(LINE_END);
    }
}
