package server.task;

import java.util.List;

import shared.json.Slice;

/// A task, whole: what memory holds and what was read from the journal.
///
/// @param payload  as stored
/// @param preview  the first 80 characters of the prompt
/// @param error    null for none
/// @param attempts all so far
/// @param result   null unless completed
public record TaskDocument(Task task, Slice payload, String preview, String error, List<Attempt> attempts,
        Slice result) {
}
