package server.api;

import server.http.Answer;
import server.http.WebRequest;
import server.journal.compaction.CompactionReport;
import server.queue.Compaction;
import shared.json.JsonWriter;

/// The requests that are about the journal.
final class JournalApi {

    private final Compaction compaction;

    JournalApi(Compaction compaction) {
        this.compaction = compaction;
    }

    /// Compacts, and answers when it is done. Who does not wait for the answer does not end it.
    Answer compact(WebRequest request) {
        CompactionReport done = compaction.now();
        JsonWriter out = new JsonWriter().beginObject();
        out.name("files_before").number(done.filesBefore());
        out.name("files_after").number(done.filesAfter());
        out.name("bytes_before").number(done.bytesBefore());
        out.name("bytes_after").number(done.bytesAfter());
        out.name("events_dropped").number(done.eventsDropped());
        return Answer.json(200, out.endObject());
    }
}
