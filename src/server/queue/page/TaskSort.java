package server.queue.page;

/// The order of a listing. Within one value of the others the newest comes first. By status: as a task goes through
/// them. By duration: of the last attempt; tasks that never ran, or run, are the shortest.
public enum TaskSort { CREATED_AT, PRIORITY, STATUS, MODEL, DURATION }
