package exitbox.recorder;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Ends the program: a message for the person at the terminal (what, where, why, what to do) and the exit status.
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final int USAGE = 2;
    static final int INTERNAL = 70;
    static final int BPF_REFUSED = 70;
    static final int CANNOT_CREATE = 73;
    static final int CANNOT_WRITE = 74;
    static final int NOT_PRIVILEGED = 77;

    // With a command, as env(1) has them: its own statuses lie below, or are 128 and the signal's number.
    static final int OWN = 125;
    static final int NOT_EXECUTABLE = 126;
    static final int NOT_FOUND = 127;

    private final int status;

    Failure(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /// Whether it is the command's, not the recorder's.
    boolean isCommands() {
        return status == NOT_EXECUTABLE || status == NOT_FOUND;
    }

    int status() {
        return status;
    }

    /// Why an operation on a file failed, without the file's name: the caller has said it.
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "Permission denied";
            case FileAlreadyExistsException exists -> "File exists";
            case NoSuchFileException missing when missing.getReason() == null -> "No such file or directory";
            case FileSystemException fs when fs.getReason() != null -> fs.getReason();
            case IOException other when other.getMessage() != null -> other.getMessage();
            default -> e.getClass().getSimpleName();
        };
    }
}
