package server.http;

/// What `/api/status` tells of the dispatcher: how many tasks it runs, and how many more it could.
public interface Workers {

    int active();

    int idle();
}
