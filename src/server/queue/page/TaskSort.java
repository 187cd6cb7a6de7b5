package server.queue.page;

/// The order of a listing. Tasks with equal values are sorted newest first. By status: in the order of a task's life.
/// By duration: of the last attempt; tasks that never ran, or are running, count as the shortest.
public enum TaskSort { CREATED_AT, PRIORITY, STATUS, MODEL, DURATION }
