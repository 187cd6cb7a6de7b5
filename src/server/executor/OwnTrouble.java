package server.executor;

/// Distinguishes this server's own trouble from that of a host or a task: it has no file descriptors, memory or threads
/// left, or could not load a class for lack of these. The words are the operating system's.
public final class OwnTrouble {

    private OwnTrouble() {
    }

    /// Returns whether a failure, or its cause, is of this kind.
    public static boolean is(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String words = t.getMessage() == null ? "" : t.getMessage();
            if (t instanceof LinkageError || t instanceof VirtualMachineError
                    || words.contains("Too many open files") || words.contains("Cannot allocate memory")) {
                return true;
            }
        }
        return false;
    }
}
