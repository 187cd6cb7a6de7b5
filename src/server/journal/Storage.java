package server.journal;

/// The files under a journal, so that a test can make them fail. (SKELETON: the journal's owner fills this in.)
public interface Storage {
}
