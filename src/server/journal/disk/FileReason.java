package server.journal.disk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;


/// Says why a file could not be used: the messages of some JDK exceptions are only the path.
public final class FileReason {

    private FileReason() {
    }

    /// Returns why an operation on a file failed, for people.
    public static String of(IOException failure) {
        return switch (failure) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "no such file or directory";
            case FileAlreadyExistsException other -> "there is a file of that name, which is not a directory";
            case NotDirectoryException other -> "it is not a directory";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }
}
